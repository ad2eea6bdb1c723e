import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minimumOf } from "../../../src/maintenance/moving/health.js";
import type { MarathonApp, MarathonLook } from "../../../src/maintenance/moving/marathon-view.js";
import { beginMove, movedOn, openMove, withMove } from "../../../src/maintenance/moving/moves.js";
import { planMoves } from "../../../src/maintenance/moving/plan.js";
import { moveStep, whyOver } from "../../../src/maintenance/moving/steps.js";
import type { Move } from "../../../src/maintenance/record/move.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { runs } from "../../support/fast-check.js";
import { appMove, moveOf } from "../../support/moving.js";
import {
  agent,
  batchOf,
  HOUR,
  machine,
  NOW,
  policyOf,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import { marathonApp, marathonTask, seen } from "./views.js";

const HOSTS = ["web-01", "web-02", "web-03", "web-04", "web-05"];

/** The machines that are drained, each in a maintenance of its own. */
const OURS = ["web-01", "web-02"];

const policy = policyOf({
  frameworks: [{ by: "name", value: "marathon", family: "marathon", marathon: true }],
});

/** One instance in the simulated Marathon; times are steps. */
interface Instance {
  readonly id: string;
  readonly host: string;
  readonly isRunning: boolean;
  readonly isHealthy: boolean;
  /** In so many steps it is gone, runs, or is healthy. */
  readonly dies: number | null;
  readonly settles: number;
}

type Event =
  | { readonly kind: "nothing" | "lock" | "unlock" | "away" | "back" }
  /** `hides`: master and Marathon leave it out of one look, and show it again. */
  | { readonly kind: "ill" | "well" | "dies" | "hides"; readonly at: number }
  /** What becomes of the next kill. */
  | { readonly kind: "kills"; readonly how: "done" | "dropped" | "unanswered" };

const event: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: fc.constant<Event>({ kind: "nothing" }), weight: 8 },
  fc.constantFrom<Event>({ kind: "lock" }, { kind: "unlock" }, { kind: "away" }, { kind: "back" }),
  fc.record({ kind: fc.constantFrom("ill", "well", "dies", "hides"), at: fc.nat(9) }) as fc.Arbitrary<Event>,
  fc.record({
    kind: fc.constant("kills"),
    how: fc.constantFrom("done", "dropped", "unanswered"),
  }) as fc.Arbitrary<Event>,
);

const course = fc.record({
  hosts: fc.array(fc.constantFrom(...HOSTS), { minLength: 2, maxLength: 9 }),
  share: fc.constantFrom(0, 0.2, 0.5, 0.6, 0.8, 0.9),
  hasHealthChecks: fc.boolean(),
  relaunchTakes: fc.integer({ min: 1, max: 4 }),
  killTakes: fc.integer({ min: 1, max: 4 }),
  healthTakes: fc.integer({ min: 1, max: 4 }),
  /** On which hosts copies are started. */
  places: fc.array(fc.constantFrom(...HOSTS), { minLength: 4, maxLength: 4 }),
  events: fc.array(event, { minLength: 60, maxLength: 60 }),
  /** From one step to the next. */
  stepMs: fc.constantFrom(1_000, 10_000, 60_000),
});

type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

/** Two maintenances move tasks of one app while all goes wrong around them; what is killed is checked at each kill. */
function play(with_: Course, check: (kill: { task: string; staying: number; minimum: number }) => void) {
  const { share: minimumHealthCapacity, hasHealthChecks } = with_;
  let instances: readonly Instance[] = with_.hosts.map((host, at) => ({
    id: `t${at}`,
    host,
    isRunning: true,
    isHealthy: true,
    dies: null,
    settles: 0,
  }));
  let made = instances.length;
  let isLocked = false;
  let isAway = false;
  let kills: "done" | "dropped" | "unanswered" = "done";
  let hidden: string | null = null;
  const coming: { in: number }[] = [];
  const killed: string[] = [];

  const shown = () => instances.filter(({ id }) => id !== hidden);
  const app = (): MarathonApp =>
    marathonApp(
      shown().map(({ id, host, isRunning, isHealthy }) => marathonTask(id, host, { isRunning, isHealthy })),
      { instances: with_.hosts.length, minimumHealthCapacity, hasHealthChecks, isDeploying: isLocked },
    );
  const look = (): MarathonLook =>
    isAway ? { kind: "unseen", frameworkId: "marathon", why: "It is away." } : seen([app()]);
  const world = () =>
    worldOf({
      agents: HOSTS.map((host) => agent(host)),
      windows: [windowOn(OURS, NOW, 4 * HOUR)],
      tasks: shown().map(({ id, host }) => task(id, "marathon", host)),
    });

  let records: readonly Maintenance[] = OURS.map((host, at) => {
    const batch = batchOf({ machines: [machine(host)] });
    const move = planMoves(world(), batch, [look()], policy);
    const approval = { id: "b1a1", expiresAtMs: NOW + 100 * HOUR, move };
    const record = recordOf({ id: `m-aaa${at}`, batches: [batch] });
    return beginMove(record, batch, approval as Parameters<typeof beginMove>[2], "U0BOB", NOW);
  });
  const approved = new Set(
    records.flatMap(({ moves }) =>
      moves.flatMap(({ apps }) => apps.flatMap(({ tasks }) => tasks.map((t) => t.id))),
    ),
  );

  with_.events.forEach((what, step) => {
    const at = "at" in what ? instances[what.at % Math.max(1, instances.length)]?.id : undefined;
    hidden = what.kind === "hides" ? (at ?? null) : null;
    if (what.kind === "lock") isLocked = true;
    if (what.kind === "unlock") isLocked = false;
    if (what.kind === "away") isAway = true;
    if (what.kind === "back") isAway = false;
    if (what.kind === "kills") kills = what.how;
    instances = instances.map((one) => {
      if (one.id !== at) return one;
      if (what.kind === "dies") return { ...one, dies: 0 };
      if (what.kind === "hides") return one;
      return { ...one, isHealthy: what.kind === "well" && one.isRunning };
    });
    const gone = instances.filter(({ dies }) => dies !== null && dies <= 0);
    for (const _ of gone) coming.push({ in: with_.relaunchTakes });
    instances = instances
      .filter((one) => !gone.includes(one))
      .map((one) => ({ ...one, dies: one.dies === null ? null : one.dies - 1 }))
      .map((one) => {
        if (one.settles === 0) return one;
        const settles = one.settles - 1;
        return { ...one, settles, isRunning: settles < with_.healthTakes, isHealthy: settles === 0 };
      });
    for (const one of coming.splice(0)) {
      if (one.in > 0) {
        coming.push({ in: one.in - 1 });
        continue;
      }
      const host = with_.places[made % with_.places.length] ?? "web-05";
      const fresh = { isRunning: false, isHealthy: false, dies: null, settles: 2 * with_.healthTakes };
      instances = [...instances, { id: `t${made}`, host, ...fresh }];
      made += 1;
    }

    for (const record of records) {
      const [batch] = record.batches;
      const move = openMove(record, "b1");
      if (move === null || batch === undefined) continue;
      const open = records;
      const scene = { batch, world: world(), looks: [look()], open, nowMs: NOW + step * with_.stepMs };
      const next = moveStep(move, scene);
      for (const id of next.kills.flatMap(({ tasks }) => tasks)) {
        expect(approved).toContain(id);
        expect(killed).not.toContain(id);
        killed.push(id);
        const counts = ({ isRunning, isHealthy }: Instance) => isRunning && (isHealthy || !hasHealthChecks);
        const staying = instances.filter((one) => counts(one) && one.dies === null && one.id !== id).length;
        check({ task: id, staying, minimum: minimumOf(app()) });
        // One that is dropped or not answered may be carried out or not: here it is not, and still counts.
        const isDone = kills === "done" && !isLocked;
        instances = instances.map((one) =>
          one.id === id && isDone ? { ...one, dies: with_.killTakes } : one,
        );
      }
      // One after the other, as in the lane of a cluster.
      records = records.map((one) => (one === record ? withMove(record, next.move) : one));
    }
  });
  return { killed, records, instances };
}

describe("moving tasks of an app", () => {
  test("no kill takes an app below its minimum, no task is killed twice, and none that was not approved", () => {
    let seenKills = 0;
    fc.assert(
      fc.property(course, (with_) => {
        play(with_, ({ staying, minimum }) => {
          seenKills += 1;
          expect(staying).toBeGreaterThanOrEqual(minimum);
        });
      }),
      { numRuns: runs(150) },
    );
    // A simulation in which nothing is ever killed would prove nothing.
    expect(seenKills).toBeGreaterThan(150);
  });

  const calm: Course = {
    hosts: ["web-01", "web-01", "web-02", "web-03"],
    share: 0.5,
    hasHealthChecks: true,
    relaunchTakes: 1,
    killTakes: 1,
    healthTakes: 1,
    places: ["web-03", "web-04", "web-05", "web-03"],
    events: Array.from({ length: 60 }, () => ({ kind: "nothing" })),
    stepMs: 10_000,
  };

  test("a killed task that is out of sight for one look and then there again is not gone: nothing else is killed meanwhile", () => {
    const web01 = ["web-01", "web-01", "web-01"];
    const takes = { relaunchTakes: 1, killTakes: 2, healthTakes: 1 };
    const events = [{ kind: "nothing" }, { kind: "hides", at: 0 }, { kind: "nothing" }] as const;
    const about = { hosts: web01, share: 0.6, hasHealthChecks: false, places: web01, stepMs: 1_000 } as const;
    play({ ...about, ...takes, events: [...events] }, ({ staying, minimum }) => {
      expect(staying).toBeGreaterThanOrEqual(minimum);
    });
  });

  test("where nothing goes wrong all of them are moved, and it is over", () => {
    const { killed, instances, records } = play(calm, () => {});
    expect([...killed].sort()).toEqual(["t0", "t1", "t2"]);
    expect(instances.map(({ host }) => host).filter((host) => OURS.includes(host))).toEqual([]);
    for (const record of records) {
      const move = openMove(record, "b1");
      if (move === null) return expect.unreachable();
      const [batch = batchOf()] = record.batches;
      const world = worldOf();
      const shown = marathonApp(instances.map(({ id, host }) => marathonTask(id, host)));
      const scene = { batch, world, looks: [seen([shown])], open: records, nowMs: NOW };
      expect(whyOver(move, scene)).toBe("None of them is left on these machines.");
    }
  });

  test("after two copies on machines with windows nothing more of the app is killed", () => {
    const hosts = ["web-01", "web-01", "web-01", "web-03", "web-04"];
    const { killed, records } = play({ ...calm, hosts, places: OURS }, () => {});
    expect(killed).toHaveLength(2);
    expect(openMove(records[0] ?? recordOf(), "b1")?.apps[0]).toMatchObject({
      relaunched: ["t5", "t6"],
      stopped: expect.stringContaining("came back to machines with a window"),
    });
  });

  test("a task that still runs long after its kill ends the moving of its app", () => {
    const events: Event[] = [{ kind: "kills", how: "dropped" }, ...calm.events.slice(1)];
    const { killed, records } = play({ ...calm, events }, () => {});
    expect(killed.filter((id) => id !== "t2")).toHaveLength(1);
    expect(openMove(records[0] ?? recordOf(), "b1")?.apps[0]?.stopped).toMatch(
      /t0 was to be killed 5 m ago, and it still runs/,
    );
  });

  /** Of an app with a task on web-01, which is approved to be moved, and one on web-03. */
  function begun() {
    const batch = batchOf();
    const hosts = ["web-01", "web-03"];
    const agents = hosts.map((host) => agent(host));
    const tasks = hosts.map((host, at) => task(`t${at}`, "marathon", host));
    const world = worldOf({ agents, tasks });
    const app = marathonApp(hosts.map((host, at) => marathonTask(`t${at}`, host)));
    const looks = [seen([app])];
    const approval = { id: "b1a1", expiresAtMs: NOW + HOUR, move: planMoves(world, batch, looks, policy) };
    const record = recordOf({ batches: [batch] });
    const as = approval as Parameters<typeof beginMove>[2];
    const open = beginMove(record, batch, as, "U0BOB", NOW);
    const move = openMove(open, "b1");
    if (move === null) throw new Error("There is no move.");
    return { move, app, agents, tasks, scene: { batch, world, looks, open: [open], nowMs: NOW } };
  }

  test("a task that Marathon or the master still shows is left, though an agent is away for a look (invariant 13)", () => {
    const { move, app, agents, tasks, scene } = begun();
    const away = worldOf({ agents: agents.slice(1), tasks: tasks.slice(1) });
    const behind = [seen([{ ...app, tasks: app.tasks.slice(1) }])];
    expect(moveStep(move, { ...scene, world: away }).kills).toEqual([]);
    expect(whyOver(move, { ...scene, world: away })).toBeNull();
    expect(moveStep(move, { ...scene, looks: behind }).kills).toEqual([]);
    expect(whyOver(move, { ...scene, looks: behind })).toBeNull();
    expect(whyOver(move, { ...scene, world: away, looks: behind })).toContain("None of them is left");
  });

  describe("a Marathon that can be looked at and not asked for a kill", () => {
    const { move, scene } = begun();
    const unasked = "It cannot be reached.";

    test("stays away until it has answered to one", () => {
      const apps = move.apps.map((one) => ({ ...one, unasked }));
      const step = moveStep({ ...move, away: unasked, apps }, scene);
      expect(step.kills).toHaveLength(1);
      expect(step.move.away).toBe(unasked);
      expect(moveStep({ ...move, away: unasked }, scene).move.away).toBeNull();
    });

    test("nor one that is away is told of, once nothing more of its apps is moved", () => {
      const apps = move.apps.map((one) => ({ ...one, unasked, stopped: "It is over." }));
      expect(moveStep({ ...move, away: unasked, apps }, scene).move.away).toBeNull();
      const away = [{ kind: "unseen", frameworkId: "marathon", why: unasked }] as const;
      expect(moveStep({ ...move, apps }, { ...scene, looks: away }).move.away).toBeNull();
      expect(moveStep(move, { ...scene, looks: away }).move.away).toBe(unasked);
    });

    test("is not said to answer again where nothing more is moved", () => {
      const was = moveOf({ away: unasked });
      const notes = (after: Move) =>
        movedOn(recordOf({ moves: [was] }), was, after, NOW).events.filter(({ kind }) => kind === "note");
      expect(notes(moveOf())).toHaveLength(1);
      expect(notes(moveOf({ apps: [appMove({ stopped: "It refuses." })] }))).toEqual([]);
    });
  });
});
