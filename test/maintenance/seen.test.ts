import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seenNow, watchedMachines } from "../../src/maintenance/approval.js";
import type { Seen } from "../../src/maintenance/picture.js";
import { worseThan } from "../../src/maintenance/seen.js";
import { lookAt } from "../../src/maintenance/verdicts.js";
import type { Answer, Task } from "../../src/maintenance/world.js";
import { answer, batchOf, framework, NOW, task, windowOn } from "../support/world.js";
import { APPROVE, asked, click, drainingWorld, first } from "./flow.js";

const batch = batchOf();
function seen(parts: Parameters<typeof drainingWorld>[0]): Seen {
  const world = drainingWorld(parts);
  return seenNow(world, batch, lookAt(world, watchedMachines(batch), null));
}

const t1 = task("t1", "marathon", "web-01");

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
      ["task t2 of marathon is now on web-01"],
    ],
    [
      "one task for another",
      { ...shown, tasks: [task("t2", "marathon", "web-01")] },
      ["task t2 of marathon is now on web-01"],
    ],
    [
      "the task on the other machine",
      { ...shown, tasks: [task("t1", "marathon", "web-02")] },
      ["task t1 of marathon is now on web-02"],
    ],
    [
      "a task of the same id of another framework",
      { ...shown, tasks: [t1, task("t1", "kafka", "web-01")] },
      ["task t1 of kafka is now on web-01"],
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
  ])("%s", (_, parts, changes) => {
    expect(
      worseThan(seen(shown), seen({ frameworks: [framework("marathon"), framework("kafka")], ...parts })),
    ).toEqual(changes);
  });

  test("a refusal that turned into silence or a promise is not", () => {
    const refused = seen({ tasks: [t1], answers: { "web-01": [answer("marathon", "decline")] } });
    expect(worseThan(refused, seen({ tasks: [t1] }))).toEqual([]);
    expect(worseThan(refused, seen(shown))).toEqual([]);
  });
});

const someTasks = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom("t1", "t2", "t3"),
    frameworkId: fc.constantFrom("marathon", "kafka"),
    host: fc.constantFrom("web-01", "web-02"),
  }),
  { maxLength: 5, selector: (t) => `${t.frameworkId} ${t.id}` },
);
const someAnswers = fc.array(
  fc.tuple(
    fc.constantFrom("web-01", "web-02"),
    fc.constantFrom("marathon", "kafka"),
    fc.constantFrom("accept" as const, "decline" as const),
  ),
  { maxLength: 4 },
);
const situation = fc.tuple(someTasks, someAnswers).map(([tasks, answers]) => {
  const byHost: Record<string, Answer[]> = {};
  for (const [host, id, says] of answers) {
    const given = byHost[host] ?? [];
    byHost[host] = given.some((a) => a.frameworkId === id) ? given : [...given, answer(id, says)];
  }
  return { tasks: tasks.map((t): Task => task(t.id, t.frameworkId, t.host)), answers: byHost };
});

test("nothing that was not shown is ever approved: every task at a grant was on the question, with a verdict no worse (invariant 5)", () => {
  const rank = { empty: 0, promised: 1, silent: 2, refused: 3 };
  fc.assert(
    fc.property(situation, situation, (before, after) => {
      const open = asked(drainingWorld(before));
      const world = drainingWorld(after);
      const { record } = click(open, APPROVE, { world });
      if (first(record).phase !== "taking_down") return;
      const question = first(open).approvals[0]?.seen;
      const shown = new Set(question?.tasks.map((t) => `${t.framework} ${t.id} ${t.machine.split("|")[0]}`));
      for (const t of after.tasks)
        expect(shown).toContain(`${t.frameworkId} ${t.id} ${t.agentId.replace("-S0", "")}`);
      const verdicts = new Map(
        question?.verdicts.map((row) => [`${row.machine} ${row.frameworkId}`, row.verdict]),
      );
      for (const row of lookAt(world, watchedMachines(batch), null).verdicts) {
        const was = verdicts.get(`${row.machine} ${row.frameworkId}`) ?? "empty";
        expect(rank[row.verdict]).toBeLessThanOrEqual(rank[was]);
      }
    }),
  );
});

test("what has not changed is never called worse", () => {
  fc.assert(
    fc.property(situation, (parts) => {
      const shuffled = { ...parts, tasks: [...parts.tasks].reverse() };
      expect(worseThan(seen(parts), seen(shuffled))).toEqual([]);
      expect(seen(parts).digest).toBe(seen(shuffled).digest);
    }),
  );
});
