import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isEmpty, lookAt } from "../../../src/maintenance/answers/verdicts.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import {
  type Picture,
  type Verdict,
  type VerdictRow,
  verdictRow,
} from "../../../src/maintenance/record/picture.js";
import { sightOf } from "../../../src/maintenance/sight/sight.js";
import { agent, answer, framework, machine, NOW, task, windowOn, worldOf } from "../../support/world.js";
import { drainingWorld } from "../support/flow.js";

const watched = [
  { machine: machine("web-01"), agentIds: [] },
  { machine: machine("web-02"), agentIds: [] },
];

const t1 = task("t1", "marathon", "web-01");

const offered = framework("marathon", { inverseOffers: [{ agentId: "web-01-S0" }] });

function verdictsOf(world: World): [string, Verdict][] {
  return lookAt(world, watched, null).verdicts.map((row) => [row.framework, row.verdict]);
}

describe("the verdict on a framework on a machine", () => {
  test.each<[string, Parameters<typeof drainingWorld>[0], [string, Verdict][]]>([
    [
      "tasks, accepted: a promise, not emptiness",
      { tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } },
      [["marathon", "promised"]],
    ],
    [
      "tasks, declined",
      { tasks: [t1], answers: { "web-01": [answer("marathon", "decline")] } },
      [["marathon", "refused"]],
    ],
    ["tasks, asked, no answer", { tasks: [t1], frameworks: [offered] }, [["marathon", "silent"]]],
    ["tasks, not asked, no answer", { tasks: [t1] }, [["marathon", "silent"]]],
    [
      "no tasks, accepted: it merely held an offer",
      { answers: { "web-01": [answer("aurora", "accept")] } },
      [["aurora", "empty"]],
    ],
    ["no tasks, declined", { answers: { "web-01": [answer("aurora", "decline")] } }, [["aurora", "empty"]]],
    ["no tasks, asked, no answer", { frameworks: [offered] }, [["marathon", "empty"]]],
    ["nothing of it there", { frameworks: [framework("marathon")] }, []],
    [
      "tasks of a framework the master does not list",
      { tasks: [t1], frameworks: [] },
      [["marathon", "silent"]],
    ],
    ["tasks on a machine that is not ours", { tasks: [task("t9", "marathon", "web-03")] }, []],
  ])("the verdict follows from tasks and answers: %s", (_, parts, expected) => {
    expect(verdictsOf(drainingWorld(parts))).toEqual(expected);
  });
});

test("several agents on one machine count together", () => {
  const world = drainingWorld({
    agents: [agent("web-01"), agent("web-01", { id: "second" })],
    tasks: [t1, task("t2", "marathon", "web-01", { agentId: "second" })],
  });
  expect(lookAt(world, watched, null).machines[0]).toMatchObject({ mode: "draining", agents: 2, tasks: 2 });
});

test("tasks of an agent that has left the list still count, for they may run on", () => {
  const world = drainingWorld({ agents: [], tasks: [t1] });
  const view = lookAt(world, [{ machine: machine("web-01"), agentIds: ["web-01-S0"] }], null).machines[0];
  expect(view).toMatchObject({ agents: 0, tasks: 1 });
});

test("the status lower-cases host names and the schedule does not: both are the same machine", () => {
  const shouting = { hostname: "WEB-01", ip: "10.0.0.1" };
  const world = worldOf({ windows: [windowOn([shouting], NOW, null)] });
  expect(lookAt(world, [{ machine: shouting, agentIds: [] }], null).machines[0]?.mode).toBe("draining");
  expect(sightOf(world)).toEqual({ kind: "windows" });
});

describe("answers that the master has erased", () => {
  const promised = drainingWorld({
    tasks: [t1],
    answers: { "web-01": [answer("marathon", "accept", NOW - 5_000)] },
  });
  const erased = drainingWorld({ tasks: [t1] });
  const first = lookAt(promised, watched, null);
  const second = lookAt(erased, watched, first);

  test("erased answers are kept beside the verdict as erased, never counted (invariant 3)", () => {
    expect(second.verdicts[0]).toMatchObject({
      verdict: "silent",
      answeredAtMs: null,
      erased: { answer: "accept", answeredAtMs: NOW - 5_000 },
    });
  });

  test("erased answers stay known until the framework answers again", () => {
    const third = lookAt({ ...erased, observedAtMs: NOW + 60_000 }, watched, second);
    expect(third.verdicts[0]?.erased).toEqual({
      answer: "accept",
      answeredAtMs: NOW - 5_000,
      erasedAtMs: NOW,
      why: "unknown",
    });
    expect(lookAt(promised, watched, third).verdicts[0]).toMatchObject({ verdict: "promised", erased: null });
  });
});

describe("agents that have not registered again after a fail-over", () => {
  const before = lookAt(
    drainingWorld({ tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } }),
    watched,
    null,
  );
  const failedOver = drainingWorld({
    agents: [agent("web-02")],
    recoveredAgents: [agent("web-01")],
    leaderId: "leader-2",
  });
  const after = lookAt(failedOver, watched, before);

  test("machines whose agents are not back are not empty, and what was known of them stays (invariant 2)", () => {
    expect(after.machines[0]).toMatchObject({ agents: 0, recovering: 1, tasks: 1 });
    expect(after.machines.map(isEmpty)).toEqual([false, true]);
  });

  test("agents that are not back have lost their answers with the old leader", () => {
    const erased = { answer: "accept", why: "fail_over" };
    expect(after.verdicts).toMatchObject([{ verdict: "silent", tasks: 1, erased }]);
  });
});

describe("frameworks that cannot be asked (a fail-over, point 10)", () => {
  const busy = { tasks: [t1], agents: [agent("web-01"), agent("web-02")] };
  const row = (parts: Parameters<typeof drainingWorld>[0]) =>
    lookAt(drainingWorld({ ...busy, ...parts }), watched, null).verdicts[0];

  test.each<[string, Parameters<typeof drainingWorld>[0], VerdictRow["unasked"]]>([
    ["connected, agent registered: it can be asked", {}, null],
    [
      "a framework that is not connected",
      { frameworks: [framework("marathon", { connected: false, active: false })] },
      "framework_disconnected",
    ],
    [
      "a framework that takes no offers now",
      { frameworks: [framework("marathon", { active: false })] },
      "framework_inactive",
    ],
    [
      "any framework on a deactivated agent",
      { agents: [agent("web-01", { active: false, deactivated: true })] },
      "agent_deactivated",
    ],
    [
      "any framework on an agent that is not connected",
      { agents: [agent("web-01", { active: false })] },
      "agent_disconnected",
    ],
  ])("a row says why nobody is asked: %s", (_, parts, unasked) => {
    expect(row(parts)).toMatchObject({ verdict: "silent", unasked });
  });

  test("one of two agents that hold its tasks is enough to be asked", () => {
    const agents = [agent("web-01", { active: false, deactivated: true }), agent("web-01", { id: "second" })];
    const tasks = [t1, task("t2", "marathon", "web-01", { agentId: "second" })];
    expect(row({ agents, tasks })?.unasked).toBeNull();
  });

  test("the last answer of a framework that is not connected stays, and the row says that it is not connected", () => {
    const frameworks = [framework("marathon", { connected: false, active: false })];
    const answers = { "web-01": [answer("marathon", "accept")] };
    expect(row({ frameworks, answers })).toMatchObject({
      verdict: "promised",
      unasked: "framework_disconnected",
    });
  });

  test("nothing is to be asked of a framework without tasks", () => {
    const frameworks = [framework("marathon", { connected: false, active: false })];
    const answers = { "web-01": [answer("marathon", "accept")] };
    expect(row({ frameworks, answers, tasks: [] })).toMatchObject({ verdict: "empty", unasked: null });
  });

  test("nobody is asked for an agent that has not registered again since the fail-over", () => {
    const before = lookAt(drainingWorld(busy), watched, null);
    const after = drainingWorld({ agents: [], recoveredAgents: [agent("web-01")], leaderId: "leader-2" });
    expect(lookAt(after, watched, before).verdicts).toMatchObject([
      { verdict: "silent", unasked: "agent_away" },
    ]);
  });

  test("the rows of a record of 0.1.0 say nothing of it", () => {
    const { unasked, ...old } = row({}) ?? {};
    expect(unasked).toBeNull();
    expect(verdictRow.parse(old).unasked).toBeNull();
  });
});

const HOSTS = ["web-01", "web-02", "web-03"] as const;

const NAMES = ["marathon", "aurora"] as const;

const everyHost = HOSTS.map((host) => ({ machine: machine(host), agentIds: [`${host}-S0`] }));

/** What stands between one framework and one machine. */
const relation = fc.record({
  tasks: fc.integer({ min: 0, max: 3 }),
  answer: fc.constantFrom("accept", "decline", null),
  offered: fc.boolean(),
});

const cluster = fc.record({
  cells: fc.array(relation, { minLength: 6, maxLength: 6 }),
  leaderId: fc.constantFrom("leader-1", "leader-2"),
});

type Cluster = typeof cluster extends fc.Arbitrary<infer T> ? T : never;

const cellsOf = ({ cells }: Cluster) =>
  HOSTS.flatMap((host, h) => NAMES.map((name, n) => ({ host, name, ...cells[h * NAMES.length + n] })));

function worldFrom(drawn: Cluster, atMs: number) {
  const cells = cellsOf(drawn);
  const world = worldOf({
    leaderId: drawn.leaderId,
    windows: [windowOn([...HOSTS], NOW, null)],
    tasks: cells.flatMap(({ host, name, tasks = 0 }) =>
      Array.from({ length: tasks }, (_, n) => task(`${name}-${host}-${n}`, name, host)),
    ),
    frameworks: NAMES.map((name) =>
      framework(name, {
        inverseOffers: cells
          .filter((cell) => cell.name === name && cell.offered)
          .map(({ host }) => ({ agentId: `${host}-S0` })),
      }),
    ),
    answers: Object.fromEntries(
      HOSTS.map((host) => [
        host,
        cells.flatMap((cell) =>
          cell.host === host && cell.answer ? [answer(cell.name, cell.answer, atMs)] : [],
        ),
      ]),
    ),
  });
  return { ...world, observedAtMs: atMs };
}

const rowOf = (picture: Picture, host: string, name: string) =>
  picture.verdicts.find((row) => row.machine.startsWith(`${host}|`) && row.framework === name);

test("a verdict says what tasks and the standing answer say, whatever was before", () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 1, maxLength: 5 }), (life) => {
      let picture: Picture | null = null;
      let answeredBefore = new Set<string>();
      life.forEach((drawn, step) => {
        const seen: Picture = lookAt(worldFrom(drawn, NOW + step), everyHost, picture);
        const answeredNow = new Set<string>();
        for (const { host, name, tasks = 0, answer: said } of cellsOf(drawn)) {
          const row = rowOf(seen, host, name);
          const key = `${host} ${name}`;
          if (said) answeredNow.add(key);
          if (tasks === 0) {
            // Nothing runs there: an accept costs nothing, and no row at all is as good as empty.
            expect(row?.verdict ?? "empty").toBe("empty");
          } else if (said) {
            expect(row).toMatchObject({
              tasks,
              verdict: said === "accept" ? "promised" : "refused",
              erased: null,
            });
          } else {
            // An answer that is gone never counts; one that was given on tasks is remembered as erased.
            expect(row).toMatchObject({ tasks, verdict: "silent", answeredAtMs: null });
            const before: ReturnType<typeof rowOf> =
              picture === null ? undefined : rowOf(picture, host, name);
            const wasGiven =
              before !== undefined && (answeredBefore.has(key) ? before.tasks > 0 : before.erased !== null);
            expect(row?.erased !== null).toBe(wasGiven);
          }
        }
        expect(seen.machines.reduce((sum, view) => sum + view.tasks, 0)).toBe(
          drawn.cells.reduce((sum, { tasks }) => sum + tasks, 0),
        );
        expect(seen.tasksMost).toBeGreaterThanOrEqual(picture?.tasksMost ?? 0);
        picture = seen;
        answeredBefore = answeredNow;
      });
    }),
  );
});

test("looking twice at the same world sees the same", () => {
  fc.assert(
    fc.property(cluster, cluster, (before, now) => {
      const old = lookAt(worldFrom(before, NOW), everyHost, null);
      const world = worldFrom(now, NOW + 1);
      const once = lookAt(world, everyHost, old);
      expect(lookAt(world, everyHost, once)).toEqual(once);
    }),
  );
});
