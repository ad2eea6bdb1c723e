import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { machineKey } from "../../src/maintenance/cluster/machine.js";
import type { Window } from "../../src/maintenance/cluster/schedule.js";
import type { Decision } from "../../src/maintenance/decisions/table.js";
import type { Maintenance } from "../../src/maintenance/record/record.js";
import { placeMachines, removeMachines, windowOf } from "../../src/maintenance/window/edit.js";
import { parseButton } from "../../src/slack/render/button-value.js";
import { cardButtons } from "../../src/slack/render/card/buttons.js";
import { approvalButtons } from "../../src/slack/render/question/buttons.js";
import { first } from "../maintenance/support/flow.js";
import { runs } from "../support/fast-check.js";
import { HOUR, MINUTE, NOW } from "../support/world.js";
import { ANSWERED, HOSTS, RehearsedBot, type Step } from "./model/rehearsed-bot.js";
import type { Weather } from "./model/watched-master.js";

const [web01, web02, db01] = HOSTS;

const host = fc.constantFrom(web01, web02);

const FOREIGN_TIME = { start: 1795195128662822401n, duration: null };

/** A step whose name appears in a counter-example. */
const step = (name: string, run: Step): Step => Object.assign(run, { toString: () => name });

/** Other people's edits, as they make them: read, change, post. */
const foreign: Record<string, Step> = {
  removesOurs: ({ master }) =>
    void master.post(removeMachines(master.schedule, [web01, web02], [...master.down.values()])),
  movesWeb01: ({ master }) => void master.post(placeMachines(master.schedule, [web01], FOREIGN_TIME)),
  addsDb01: ({ master }) => void master.post(placeMachines(master.schedule, [db01], FOREIGN_TIME)),
  addsDb01AtOurTime: ({ master, record }) =>
    void master.post(placeMachines(master.schedule, [db01], first(record).window)),
  addsNameOnly: ({ master }) => {
    const entry: Window = { machines: [{ hostname: "WEB-01" }], start: -5n, duration: 0n };
    if (windowOf(master.schedule, { hostname: "web-01" }) === null)
      master.post({ windows: [...master.schedule.windows, entry] });
  },
  takesWeb01Down: ({ master }) => void master.start([web01]),
  bringsAllUp: ({ master }) => void master.stop([...master.down.values()]),
};

const foreignEdit = fc.constantFrom(...Object.keys(foreign)).map((name) =>
  step(`somebody ${name}`, (bot) => {
    if (!bot.isPostUnderWay) foreign[name]?.(bot);
  }),
);

const weather: fc.Arbitrary<Weather> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(ANSWERED) },
  { weight: 2, arbitrary: fc.record({ calls: fc.constantFrom("lost" as const, "late" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ calls: fc.constant("crash" as const), at: fc.nat(12), late: fc.boolean() }),
  },
);

const tick = fc
  .tuple(weather, fc.option(foreignEdit, { freq: 6 }))
  .map(([how, between]) =>
    step(`tick ${fc.stringify(how)}${between === null ? "" : `, ${between} in between`}`, (bot) =>
      bot.tick(how, () => void between?.(bot)),
    ),
  );

const sleep = fc
  .constantFrom(500, 5_000, 16_000, 10 * MINUTE, HOUR, 5 * HOUR)
  .map((ms) => step(`sleep ${ms}`, (bot) => bot.sleep(ms)));

const kinds = fc.constantFrom<Decision["kind"]>(
  "approve",
  "approve",
  "approve",
  "deny",
  "ask_down",
  "ask_down",
  "cancel",
  "up",
  "up",
  "retry",
  "hold",
  "release",
  "release",
  "extend",
  "ready",
  "override",
  "go_on",
  "skip",
  "leave_behind",
);

const decision = fc
  .tuple(kinds, fc.constantFrom("U0BOB", "U0BOB", "U0CAROL", "U0ALICE", "U0OWNER"), fc.nat(3))
  .map(([kind, by, age]) =>
    step(`${by} ${kind}`, (bot) => {
      // Mostly the newest question, sometimes the button of an old one.
      const approvals = first(bot.record).approvals;
      const approval = (age === 3 ? approvals[0] : approvals.at(-1))?.id ?? "b1a1";
      bot.decide(decisionOf(kind, approval), by);
    }),
  );

function decisionOf(kind: Decision["kind"], approval: string): Decision {
  switch (kind) {
    case "approve":
      return { kind, batch: "b1", approval };
    case "deny":
      return { kind, batch: "b1", approval, reason: null };
    case "ask_down":
      return { kind, batch: "b1" };
    case "hold":
      return { kind, reason: null };
    case "extend":
      return { kind, byMs: HOUR };
    case "override":
      return { kind, reason: "now" };
    case "ask_move":
    case "go_on":
    case "skip":
    case "leave_behind":
      return { kind, batch: "b1" };
    case "ask_kill_drain":
      return { kind, batch: "b1", graceMs: null };
    case "retry_run":
    case "stop_run":
    case "leave_down":
      return { kind, run: null };
    default:
      return { kind };
  }
}

/** One vote or two, hours or none, a deadline or none; marathon has an owner. */
const bots = fc
  .record({
    votes: fc.constantFrom(1, 2),
    calendar: fc.constantFrom([], [{ days: [0, 1, 2, 3, 4, 5, 6], from: 720, to: 840, timeZone: "UTC" }]),
    allowForce: fc.boolean(),
    then: fc.option(fc.constantFrom("release" as const, "ask" as const, "force" as const)),
  })
  .map(({ then, ...policy }) => {
    const owners = [{ match: "marathon", owners: ["U0OWNER"] }];
    const deadline = then === null ? null : { atMs: NOW + 20 * MINUTE, then, met: false };
    return { make: () => new RehearsedBot({ ...policy, owners }, deadline) };
  });

const life = fc.oneof(
  fc
    .tuple(host, fc.constantFrom("marathon", "kafka"), fc.constantFrom("accept" as const, "decline" as const))
    .map(([m, id, says]) =>
      step(`${id} ${says} ${m.hostname}`, (bot) => bot.master.answer(m, id, says, bot.nowMs)),
    ),
  fc
    .tuple(fc.constantFrom(...HOSTS), fc.constantFrom("t1", "t2", "t3"))
    .map(([m, id]) => step(`task ${id} on ${m.hostname}`, ({ master }) => master.launch(id, m.hostname))),
  fc.constant(step("tasks end", ({ master }) => master.endTasks())),
  fc.constant(step("fail-over", ({ master }) => master.failOver())),
  fc.constant(step("agents that are not back are dropped", ({ master }) => master.dropAgents())),
  fc.constant(step("agents register", ({ master }) => master.register())),
  host.map((m) => step(`${m.hostname} is cut off`, ({ master }) => master.cutOff(m))),
  fc
    .tuple(host, fc.boolean())
    .map(([m, anew]) =>
      step(`${m.hostname} is back${anew ? " as a new agent" : ""}`, ({ master }) => master.comeBack(m, anew)),
    ),
);

const look = step("tick", (bot) => bot.tick(ANSWERED));

/** U0CAROL on the newest question. */
const says = (kind: Decision["kind"]) =>
  step(`U0CAROL ${kind}`, (bot) =>
    bot.decide(decisionOf(kind, first(bot.record).approvals.at(-1)?.id ?? "b1a1"), "U0CAROL"),
  );

/** Another worker goes on meanwhile, because the lock has run out. */
const lateWorker = fc
  .tuple(
    fc.constantFrom("proof" as const, "connection" as const),
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(look) },
        { weight: 3, arbitrary: decision },
        { weight: 2, arbitrary: life },
        { weight: 1, arbitrary: foreignEdit },
      ),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([of, run]) =>
    step(`tick whose ${of} takes 20 s, meanwhile [${run.join(", ")}]`, (bot) =>
      bot.tick(ANSWERED, () => undefined, { of, run }),
    ),
  );

/** Ways that chance alone seldom goes. */
const beginnings = {
  "Down is approved": [look, look, says("approve")],
  "Down is approved beside an agent that is cut off": [
    step("a task on web-01", ({ master }) => master.launch("t1", web01.hostname)),
    look,
    step("web-01 is cut off", ({ master }) => master.cutOff(web01)),
    look,
    says("ask_down"),
    look,
    says("approve"),
  ],
};

const beginning = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step[]>([]) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(beginnings)) },
);

const steps = fc
  .tuple(
    beginning,
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: tick },
        { weight: 2, arbitrary: lateWorker },
        { weight: 2, arbitrary: sleep },
        { weight: 4, arbitrary: decision },
        { weight: 1, arbitrary: foreignEdit },
        { weight: 3, arbitrary: life },
      ),
      { minLength: 5, maxLength: 40 },
    ),
  )
  .map(([first, then]) => [...first, ...then]);

describe("whatever people, frameworks, other tools and crashes do", () => {
  test("Down happens at most once per approval and on what was seen, under no hold and in the right hours, nothing leaves on an old proof, an agent that is away is never empty, nobody else's window changes, every maintenance wakes or ends (invariants 1, 5, 6, 7, 8, 11, 12, 13)", async () => {
    await fc.assert(
      fc.asyncProperty(bots, steps, async ({ make }, run) => {
        const bot = make();
        for (const one of run) {
          if (bot.record.end !== null) break;
          await one(bot);
        }
      }),
      { numRuns: runs(600) },
    );
  });

  test("there is a way to the end, with nothing of ours left at the master (invariant 11)", async () => {
    await fc.assert(
      fc.asyncProperty(bots, steps, async ({ make }, run) => {
        const bot = make();
        for (const one of run) {
          if (bot.record.end !== null) return;
          await one(bot);
        }
        bot.sleep(HOUR);
        await bot.driveToEnd();
      }),
      { numRuns: runs(300) },
    );
  });
});

test("a button that is shown is never answered with 'not possible' on the same record and world", async () => {
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const bot = new RehearsedBot({ owners: [{ match: "marathon", owners: ["U0OWNER"] }] });
      for (const one of run) {
        if (bot.record.end !== null) return;
        await one(bot);
      }
      // A look that leads to a call is followed by another one before anybody reads the card.
      for (let looks = 0; looks < 3; looks++) await bot.tick(ANSWERED);
      const before = bot.record;
      for (const decision of decisionsOn(before)) {
        shown++;
        const { record, reply } = bot.decided(decision, whoMay(decision, before), before);
        // Approve stays while agents register again: whoever clicks is told to click again then.
        const waits = decision.kind === "approve" && (before.picture?.recovering ?? 0) > 0;
        const nothing = record === before && reply.tone !== "done" && !waits;
        expect(nothing ? [decision.kind, reply.text] : []).toEqual([]);
      }
    }),
    { numRuns: runs(200) },
  );
  expect(shown).toBeGreaterThan(300);
});

/** Somebody whom no rule about people keeps from this. */
function whoMay({ kind }: Decision, { held, batches }: Maintenance): string {
  if (kind === "ready") return "U0OWNER";
  const notBy = batches.flatMap(({ approvals }) => approvals.at(-1)?.notBy ?? []);
  const free = ["U0BOB", "U0CAROL", "U0DAVE", "U0ERIN"].find((user) => !notBy.includes(user)) ?? "U0FRANK";
  return held?.by ?? free;
}

/** What the buttons of the card and of the open questions would decide. */
function decisionsOn(record: Maintenance): Decision[] {
  const questions = record.batches.flatMap((batch) =>
    batch.approvals
      .filter(({ outcome }) => outcome === null)
      .flatMap((approval) => approvalButtons(record, batch, approval)),
  );
  return [...cardButtons(record), ...questions].flatMap(({ value }) => {
    const button = parseButton(value);
    return button !== null && "decision" in button ? [button.decision] : [];
  });
}

test("the rehearsed bot goes all the way when nothing goes wrong", async () => {
  const bot = new RehearsedBot();
  bot.master.post({ windows: [{ machines: [{ hostname: "Old.Example" }], ...FOREIGN_TIME }] });
  const before = bot.master.schedule;
  await bot.tick(ANSWERED);
  await bot.tick(ANSWERED);
  expect(first(bot.record).phase).toBe("awaiting_approval");
  bot.decide({ kind: "approve", batch: "b1", approval: "b1a1" }, "U0BOB");
  await bot.tick(ANSWERED);
  expect([...bot.master.down.keys()]).toEqual([machineKey(web01), machineKey(web02)]);
  bot.sleep(1_000);
  await bot.tick(ANSWERED);
  bot.decide({ kind: "up" }, "U0ALICE");
  await bot.tick(ANSWERED);
  bot.sleep(1_000);
  bot.master.register();
  await bot.tick(ANSWERED);
  expect(bot.record.end).toBeNull();
  // The window has to stay away for a poll.
  bot.sleep(30_000);
  await bot.tick(ANSWERED);
  expect(bot.record.end).toMatchObject({ phase: "up" });
  expect(bot.master.schedule).toEqual(before);
  expect(bot.nowMs).toBe(NOW + 32_000);
});
