import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lookAt } from "../../../src/maintenance/answers/verdicts.js";
import { seenNow } from "../../../src/maintenance/approval/question.js";
import { worseThan } from "../../../src/maintenance/approval/seen.js";
import type { Task } from "../../../src/maintenance/cluster/task.js";
import type { AgentResources, Answer } from "../../../src/maintenance/cluster/world.js";
import { watchedMachines } from "../../../src/maintenance/record/batch.js";
import type { Seen } from "../../../src/maintenance/record/picture.js";
import { agent, answer, batchOf, framework, NOW, names, task, windowOn } from "../../support/world.js";
import { APPROVE, asked, click, drainingWorld, first, OURS } from "../support/flow.js";

const batch = batchOf();

function seen(parts: Parameters<typeof drainingWorld>[0]): Seen {
  const world = drainingWorld(parts);
  return seenNow(world, batch, lookAt(world, watchedMachines(batch), null));
}

const t1 = task("t1", "marathon", "web-01");

const lastCopy = (app: string, of: string) =>
  `the last running copy of ${app} of ${of} is now on these machines`;

describe("what is worse than what was shown (invariant 5)", () => {
  const shown = { tasks: [t1], answers: { "web-01": [answer("marathon", "accept")] } };
  test.each<[string, Parameters<typeof drainingWorld>[0], string[]]>([
    ["the same", shown, []],
    [
      "asked again, so a later answer",
      { ...shown, answers: { "web-01": [answer("marathon", "accept", NOW + 9)] } },
      [],
    ],
    ["tasks gone", { tasks: [], answers: shown.answers }, []],
    [
      "one more task",
      { ...shown, tasks: [t1, task("t2", "marathon", "web-01")] },
      ["task t2 of marathon is now on web-01", lastCopy("t2", "marathon")],
    ],
    [
      "one task for another",
      { ...shown, tasks: [task("t2", "marathon", "web-01")] },
      ["task t2 of marathon is now on web-01", lastCopy("t2", "marathon")],
    ],
    [
      "the task on the other machine",
      { ...shown, tasks: [task("t1", "marathon", "web-02")] },
      ["task t1 of marathon is now on web-02"],
    ],
    [
      "a task of the same id of another framework",
      { ...shown, tasks: [t1, task("t1", "kafka", "web-01")] },
      ["task t1 of kafka is now on web-01", lastCopy("t1", "kafka")],
    ],
    ["a task on a machine that is not ours", { ...shown, tasks: [t1, task("t3", "marathon", "web-03")] }, []],
    [
      "a promise withdrawn",
      { ...shown, answers: { "web-01": [answer("marathon", "decline")] } },
      ["marathon on web-01: was promised, is now refused"],
    ],
    ["an answer gone", { tasks: [t1] }, ["marathon on web-01: was promised, is now silent"]],
    [
      "another start",
      { ...shown, windows: [windowOn(["web-01", "web-02"], NOW + 1, 4 * 3_600_000)] },
      ["the window at the master is another one"],
    ],
    [
      "no end any more",
      { ...shown, windows: [windowOn(["web-01", "web-02"], NOW, null)] },
      ["the window at the master is another one"],
    ],
    [
      "one machine out of the window",
      { ...shown, windows: [windowOn(["web-01"], NOW, 4 * 3_600_000)] },
      ["the window at the master is another one"],
    ],
  ])("exactly what got worse is named: %s", (_, parts, changes) => {
    expect(
      worseThan(
        seen(shown),
        seen({ frameworks: [framework("marathon"), framework("kafka")], ...parts }),
        names,
      ),
    ).toEqual(changes);
  });

  const copies = (host: string) => [t1, task("t9", "marathon", host, { app: "t1" })];
  const volume = { id: "data", role: "kafka", sizeMb: 100 };
  const room = (free: number): AgentResources => ({
    total: { cpus: free, memMb: free },
    reservations: [],
    volumes: [],
  });
  const rack = { attributes: [{ name: "rack", value: "r1" }] };
  test.each<[string, Parameters<typeof drainingWorld>[0], Parameters<typeof drainingWorld>[0], RegExp]>([
    [
      "the copy elsewhere has died, so that ours is the last",
      { tasks: copies("web-03") },
      { tasks: [t1] },
      /^the last running copy of t1 of marathon is now on these machines$/,
    ],
    [
      "somebody else drains the machine of the copy elsewhere",
      { tasks: copies("web-03") },
      { tasks: copies("web-03"), windows: [OURS, windowOn(["web-03"], NOW, null)] },
      /^the last running copy of t1 of marathon/,
    ],
    [
      "a volume was made on one of the machines",
      {},
      {
        agents: [
          agent("web-01", { resources: { ...room(0), volumes: [volume] } }),
          agent("web-02"),
          agent("web-03"),
        ],
      },
      /^persistent volume data of kafka is now on web-01$/,
    ],
    [
      "the only other agent of the rack has left",
      { agents: [agent("web-01", rack), agent("web-02"), agent("web-03", rack)] },
      { agents: [agent("web-01", rack), agent("web-02"), agent("web-03")] },
      /^rack r1 would now lose all its machines$/,
    ],
    [
      "the others have no room any more",
      {
        tasks: [...copies("web-03").map((t) => ({ ...t, uses: { cpus: 1, memMb: 1 } }))],
        agents: [agent("web-01"), agent("web-02"), agent("web-03", { resources: room(4) })],
      },
      {
        tasks: [...copies("web-03").map((t) => ({ ...t, uses: { cpus: 1, memMb: 1 } }))],
        agents: [agent("web-01"), agent("web-02"), agent("web-03", { resources: room(0.5) })],
      },
      /no longer fits on the others/,
    ],
  ])("the picture is worse when %s", (_, before, after, change) => {
    const changes = worseThan(seen(before), seen(after), names);
    expect(changes).toEqual([expect.stringMatching(change)]);
    // The other way round it got better.
    expect(worseThan(seen(after), seen(before), names)).toEqual([]);
  });

  describe("a framework is known by its id, not by its name", () => {
    const driver = (id: string) => framework(id, { name: "etl" });
    const first0 = task("0", "F1", "web-01");
    const shown = { frameworks: [driver("F1")], tasks: [first0] };

    test.each<[string, Parameters<typeof drainingWorld>[0], readonly [string, string]]>([
      [
        "in the place of the one shown",
        { frameworks: [driver("F2")], tasks: [task("0", "F2", "web-01")] },
        ["another framework etl (F2)", "etl"],
      ],
      [
        "beside the one shown",
        { frameworks: [driver("F1"), driver("F2")], tasks: [first0, task("0", "F2", "web-01")] },
        ["etl (F2)", "etl (F2)"],
      ],
    ])(
      "a task of the same id of another framework of that name, %s, is worse",
      (_, after, [ofTask, ofCopy]) => {
        const changes = worseThan(seen(shown), seen(after), names);
        expect(changes).toEqual([`task 0 of ${ofTask} is now on web-01`, lastCopy("0", ofCopy)]);
        const { record, reply } = click(asked(drainingWorld(shown)), APPROVE, {
          world: drainingWorld(after),
        });
        expect(first(record).phase).toBe("awaiting_approval");
        expect(reply.notDone).toBe("Nothing was taken down.");
      },
    );
  });

  test("a framework that is called otherwise because another of its name came is the one that was shown", () => {
    const tasks = [task("0", "F1", "web-01")];
    const before = seen({ frameworks: [framework("F1", { name: "etl" })], tasks });
    const both = [framework("F1", { name: "etl" }), framework("F2", { name: "etl" })];
    const after = seen({ frameworks: both, tasks });
    expect(after.tasks[0]?.framework).toBe("etl (F1)");
    expect(after.digest).toBe(before.digest);
    expect(worseThan(before, after, names)).toEqual([]);
  });

  test("a refusal that turned into silence or a promise is no worse", () => {
    const refused = seen({ tasks: [t1], answers: { "web-01": [answer("marathon", "decline")] } });
    expect(worseThan(refused, seen({ tasks: [t1] }), names)).toEqual([]);
    expect(worseThan(refused, seen(shown), names)).toEqual([]);
  });
});

const someTasks = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("t1", "t2", "t3"),
    frameworkId: fc.constantFrom("marathon", "kafka"),
    host: fc.constantFrom("web-01", "web-02", "web-03"),
    app: fc.constantFrom("billing", "search"),
  }),
  { maxLength: 6, selector: (t) => `${t.frameworkId} ${t.id}` },
);

const someAnswers = fc.array(
  fc.tuple(
    fc.constantFrom("web-01", "web-02"),
    fc.constantFrom("marathon", "kafka"),
    fc.constantFrom("accept" as const, "decline" as const),
  ),
  { maxLength: 4 },
);

const someVolumes = fc.subarray(["web-01", "web-02", "web-03"]);

const situation = fc.tuple(someTasks, someAnswers, someVolumes).map(([tasks, answers, volumes]) => {
  const byHost: Record<string, Answer[]> = {};
  for (const [host, id, says] of answers) {
    const given = byHost[host] ?? [];
    byHost[host] = given.some((a) => a.frameworkId === id) ? given : [...given, answer(id, says)];
  }
  const agents = ["web-01", "web-02", "web-03"].map((host) =>
    agent(host, {
      resources: {
        total: { cpus: 1, memMb: 1 },
        reservations: [],
        volumes: volumes.includes(host) ? [{ id: "data", role: "kafka", sizeMb: 1 }] : [],
      },
    }),
  );
  return {
    tasks: tasks.map((t): Task => task(t.id, t.frameworkId, t.host, { app: t.app })),
    answers: byHost,
    agents,
  };
});

test("nothing that was not shown is ever approved: every task, last copy and volume at a grant was on the question, with a verdict no worse (invariant 5)", () => {
  const rank = { empty: 0, promised: 1, silent: 2, refused: 3 };
  fc.assert(
    fc.property(situation, situation, (before, after) => {
      const open = asked(drainingWorld(before));
      const world = drainingWorld(after);
      const { record } = click(open, APPROVE, { world });
      if (first(record).phase !== "taking_down") return;
      const question = first(open).approvals[0]?.seen;
      const shown = new Set(question?.tasks.map((t) => `${t.framework} ${t.id} ${t.machine.split("|")[0]}`));
      const isOurs = (t: Task) => t.agentId !== "web-03-S0";
      for (const t of after.tasks.filter(isOurs))
        expect(shown).toContain(`${t.frameworkId} ${t.id} ${t.agentId.replace("-S0", "")}`);
      const verdicts = new Map(
        question?.verdicts.map((row) => [`${row.machine} ${row.frameworkId}`, row.verdict]),
      );
      for (const row of lookAt(world, watchedMachines(batch), null).verdicts) {
        const was = verdicts.get(`${row.machine} ${row.frameworkId}`) ?? "empty";
        expect(rank[row.verdict]).toBeLessThanOrEqual(rank[was]);
      }
      const lastShown = new Set(question?.blast?.lastCopies.map((c) => `${c.framework} ${c.app}`));
      for (const t of after.tasks.filter(isOurs)) {
        const isLast = !after.tasks.some(
          (o) => !isOurs(o) && o.app === t.app && o.frameworkId === t.frameworkId,
        );
        if (isLast) expect(lastShown).toContain(`${t.frameworkId} ${t.app}`);
      }
      const volumesShown = new Set(question?.blast?.volumes.map((v) => v.machine.split("|")[0]));
      for (const a of after.agents) {
        const hasVolume = (a.resources?.volumes.length ?? 0) > 0;
        if (a.id !== "web-03-S0" && hasVolume) expect(volumesShown).toContain(a.machine.hostname);
      }
    }),
  );
});

test("what has not changed is never called worse", () => {
  fc.assert(
    fc.property(situation, (parts) => {
      const shuffled = { ...parts, tasks: [...parts.tasks].reverse() };
      expect(worseThan(seen(parts), seen(shuffled), names)).toEqual([]);
      expect(seen(parts).digest).toBe(seen(shuffled).digest);
    }),
  );
});
