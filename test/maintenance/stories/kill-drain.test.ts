import { describe, expect, test } from "vitest";
import { advance } from "../../../src/maintenance/advance.js";
import { openApproval } from "../../../src/maintenance/approval/question.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { whyNotPossible } from "../../../src/maintenance/decisions/table.js";
import { outNow } from "../../../src/maintenance/policy/out-now.js";
import { withAgentsSeen } from "../../../src/maintenance/record/last-seen.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import {
  agent,
  batchOf,
  framework,
  HOUR,
  MINUTE,
  machine,
  NOW,
  policyOf,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import {
  ASK,
  asked,
  askedToKill,
  click,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  OURS,
  tick,
} from "../support/flow.js";

const TASKS = [task("t1", "chronos", "web-01"), task("t2", "chronos", "web-02")];

const FRAMEWORKS = [framework("chronos")];

/** Nothing of ours in the schedule; agents drain as said. */
function outside(drains: Record<string, "draining" | "drained"> = {}, tasks = TASKS): World {
  const agents = ["web-01", "web-02", "web-03"].map((name) =>
    agent(name, { drain: drains[name] ?? null, deactivated: name in drains }),
  );
  return worldOf({
    windows: [windowOn(["web-03"], NOW + HOUR, null)],
    agents,
    frameworks: FRAMEWORKS,
    tasks,
  });
}

const events = ({ events: log }: Maintenance) => log.map(({ kind }) => kind);

const BY_ONE = { rule: { kind: "count", count: 1 }, canary: null } as const;

const APPROVE_IT = (record: Maintenance) =>
  ({ kind: "approve", batch: "b1", approval: openApproval(first(record))?.id ?? "" }) as const;

const drained = { "web-01": "drained", "web-02": "drained" } as const;

const draining = { "web-01": "draining", "web-02": "draining" } as const;

describe("a drain with --kill", () => {
  const question = askedToKill(outside());

  test("asks to kill what runs there and posts no window (invariant 5)", () => {
    const step = tick(askedToKill(outside()), outside());
    expect(step.effects).toEqual([]);
    expect(openApproval(first(question))).toMatchObject({
      about: "kill_drain",
      graceMs: null,
      askedBy: null,
    });
    expect(openApproval(first(question))?.seen).toMatchObject({
      tasks: [{ id: "t1" }, { id: "t2" }],
      verdicts: [],
    });
  });

  test("is killed agent by agent once approved, and each call is written down before it is made", () => {
    const granted = click(question, APPROVE_IT(question), { world: outside() }).record;
    const step = tick(granted, outside());
    expect(step.effects).toEqual([
      { kind: "drain_agent", batch: "b1", agentId: "web-01-S0", graceMs: null },
      { kind: "drain_agent", batch: "b1", agentId: "web-02-S0", graceMs: null },
    ]);
    expect(first(step.record).drained).toMatchObject([
      { agentId: "web-01-S0", approvalId: "b1a1", tasks: 1 },
      { agentId: "web-02-S0", approvalId: "b1a1", tasks: 1 },
    ]);
    expect(tick(step.record, outside(draining), NOW + 1_000).effects).toEqual([]);
  });

  test("posts its window when all its agents are drained, and Down takes an approval of its own", () => {
    const granted = click(question, APPROVE_IT(question), { world: outside() }).record;
    const sent = tick(granted, outside()).record;
    const done = tick(sent, outside(drained, []), NOW + MINUTE);
    expect(first(done.record).phase).toBe("scheduled");
    expect(done.effects).toMatchObject([{ kind: "update_schedule", edit: { kind: "place" } }]);
    const standing = tick(
      done.record,
      drainingWorld({ agents: outside(drained, []).agents }),
      NOW + 2 * MINUTE,
    );
    expect(first(standing.record).phase).toBe("awaiting_approval");
    expect(openApproval(first(standing.record))).toMatchObject({ about: "down", id: "b1a2" });
    expect(standing.effects).toEqual([]);
  });

  test("and with a runbook is asked about that with the Down, and not with the kill-drain", () => {
    const where = { kind: "batch" } as const;
    const terms = {
      name: "kernel-update",
      digest: "d",
      who: ["U0ALICE"],
      where,
      timeLimitMs: HOUR,
      then: "ask",
    } as const;
    const policy = policyOf({ runbooks: [terms] });
    const wanted = { ...question.wanted, run: "kernel-update" };
    const kill = tick(
      inPhase("kill_draining", { drainingSinceMs: null }, { wanted }),
      outside(),
      NOW,
      policy,
    ).record;
    expect(openApproval(first(kill))).not.toHaveProperty("runbook");
    const granted = click(kill, APPROVE_IT(kill), { world: outside(), policy }).record;
    const sent = tick(granted, outside(), NOW, policy).record;
    const done = tick(sent, outside(drained, []), NOW + MINUTE, policy).record;
    const world = drainingWorld({ agents: outside(drained, []).agents });
    const asking = tick(done, world, NOW + 2 * MINUTE, policy).record;
    expect(openApproval(first(asking))).toMatchObject({ about: "down", runbook: { name: "kernel-update" } });
  });

  test("drains as others do when it is denied, or nobody answers in time", () => {
    const { id } = openApproval(first(question)) ?? { id: "" };
    const denied = click(question, { kind: "deny", batch: "b1", approval: id, reason: null }).record;
    expect(tick(denied, outside()).effects).toMatchObject([{ edit: { kind: "place" } }]);
    const expired = tick(question, outside(), NOW + 2 * HOUR);
    expect(events(expired.record)).toContain("approval_expired");
    expect(first(expired.record).phase).toBe("scheduled");
  });

  test("kills nothing where nothing runs", () => {
    const step = tick(
      inPhase("kill_draining", { drainingSinceMs: null }, { wanted: question.wanted }),
      outside({}, []),
    );
    expect(step.effects).toMatchObject([{ edit: { kind: "place" } }]);
    expect(first(step.record).approvals).toEqual([]);
  });

  test("waits for an agent that is not registered: the master cannot drain it (invariant 13)", () => {
    const waits = inPhase("kill_draining", { drainingSinceMs: null }, { wanted: question.wanted });
    const away = { ...outside(), agents: outside().agents.filter(({ id }) => id !== "web-02-S0") };
    const { record } = tick(waits, away);
    expect(first(record).approvals).toEqual([]);
    expect(record.trouble).toMatchObject({ code: "kill_drain_waits" });
  });

  test("asks a little before its window begins, and not earlier", () => {
    const wanted = { ...question.wanted, startMs: NOW + HOUR };
    const window = { start: OURS.start + BigInt(HOUR) * 1_000_000n, duration: OURS.duration };
    const later = inPhase("kill_draining", { drainingSinceMs: null, window }, { wanted });
    expect(first(tick(later, outside()).record).approvals).toEqual([]);
    expect(tick(later, outside()).wakeAtMs).toBe(NOW + policyOf().pollMs);
    expect(first(tick(later, outside(), NOW + 45 * MINUTE).record).approvals).toHaveLength(1);
  });

  test("is not asked for once its window is over: nobody expects the machines to go away then", () => {
    const waits = inPhase("kill_draining", { drainingSinceMs: null }, { wanted: question.wanted });
    const { record, effects } = tick(waits, outside(), NOW + 4 * HOUR);
    expect(effects).toEqual([]);
    expect(first(record).approvals).toEqual([]);
    expect(record.trouble).toMatchObject({ code: "window_over" });
  });

  test("what is not possible yet names what is: the question, and going on without the kill-drain", () => {
    const next = (record: Maintenance) => whyNotPossible(record, { kind: "ask_move", batch: "b1" })?.next;
    const waits = inPhase("kill_draining", { drainingSinceMs: null }, { wanted: question.wanted });
    const granted = click(question, APPROVE_IT(question), { world: outside() }).record;
    expect(next(waits)).toContain("Wait until its window stands");
    expect(next(waits)).toContain("without the kill-drain: /mesos down m-7k3q");
    expect(next(question)).toContain("Approve or deny the question");
    expect(next(tick(granted, outside()).record)).toContain("without waiting for that: /mesos down m-7k3q");
  });

  test.each([
    [
      "not asked yet, because an agent is away",
      inPhase("kill_draining", { drainingSinceMs: null }, { wanted: question.wanted }),
    ],
    ["asked about", question],
    ["approved, and nothing was sent", click(question, APPROVE_IT(question), { world: outside() }).record],
  ])("Down can be asked for without it while it is %s: nothing is killed any more", (_, waits) => {
    const { record, reply } = click(waits, ASK, { world: outside(), by: "U0CAROL" });
    expect(reply).toMatchObject({ tone: "done", notDone: "Nothing was killed under its approval." });
    expect(first(record).phase).toBe("scheduled");
    expect(first(record).approvals.at(-1)?.outcome).not.toMatchObject({ kind: "granted" });
    expect(tick(record, outside()).effects).toMatchObject([
      { kind: "update_schedule", edit: { kind: "place" } },
    ]);
  });

  test("agents that all go away once it is approved are told, and nothing is sent before it is known again what runs there (invariants 5, 13)", () => {
    const granted = click(question, APPROVE_IT(question), { world: outside() }).record;
    const away = { ...outside(), agents: outside().agents.filter(({ id }) => id === "web-03-S0") };
    const waits = tick(granted, away, NOW + MINUTE);
    expect(waits.effects).toEqual([]);
    expect(waits.record.trouble).toMatchObject({ code: "tasks_unknown" });
    const back = tick(waits.record, outside(), NOW + 2 * MINUTE);
    expect(back.effects.map(({ kind }) => kind)).toEqual(["drain_agent", "drain_agent"]);
  });

  test("one that ends after the window does is not posted until somebody extends it", () => {
    const granted = click(question, APPROVE_IT(question), { world: outside() }).record;
    const sent = tick(granted, outside()).record;
    const late = tick(sent, outside(drained, []), NOW + 5 * HOUR);
    expect(late.effects).toEqual([]);
    expect(late.record.trouble).toMatchObject({ code: "window_over" });
    expect(late.record.trouble?.next).toContain("/mesos extend m-7k3q 2h");
    const longer = click(late.record, { kind: "extend", byMs: 2 * HOUR }, { nowMs: NOW + 5 * HOUR }).record;
    expect(tick(longer, outside(drained, []), NOW + 5 * HOUR).effects).toMatchObject([
      { edit: { kind: "place", time: { duration: 6n * 3_600_000_000_000n } } },
    ]);
  });
});

describe("a kill-drain of machines that drain in our window", () => {
  const world = drainingWorld({ frameworks: FRAMEWORKS, tasks: TASKS });
  const ask = { kind: "ask_kill_drain", batch: null, graceMs: 5 * MINUTE } as const;
  const question = click(inPhase("draining"), ask, { world, by: "U0ALICE" }).record;
  const granted = click(question, APPROVE_IT(question), { world }).record;

  test("is asked by a person, who cannot approve it (invariant 6)", () => {
    expect(openApproval(first(question))).toMatchObject({
      about: "kill_drain",
      graceMs: 5 * MINUTE,
      askedBy: "U0ALICE",
    });
    const own = click(question, APPROVE_IT(question), { world, by: "U0ALICE" });
    expect(own.reply).toMatchObject({ tone: "refused", notDone: "Nothing was killed." });
    expect(first(own.record).phase).toBe("awaiting_approval");
  });

  test("takes the machines out of our window first, then drains their agents with the grace that was approved", () => {
    const out = tick(granted, world);
    expect(out.effects).toMatchObject([{ kind: "update_schedule", edit: { kind: "remove" } }]);
    expect(first(out.record).drained).toEqual([]);
    const sent = tick(out.record, outside());
    expect(sent.effects).toMatchObject([
      { kind: "drain_agent", agentId: "web-01-S0", graceMs: 5 * MINUTE },
      { kind: "drain_agent", agentId: "web-02-S0", graceMs: 5 * MINUTE },
    ]);
  });

  test("sends nothing when a task came that nobody was shown, and asks anew (invariant 5)", () => {
    const more = outside({}, [...TASKS, task("t3", "chronos", "web-02")]);
    const step = tick(granted, more);
    expect(step.effects).toEqual([]);
    expect(first(step.record).drained).toEqual([]);
    expect(events(step.record)).toContain("approval_outdated");
    expect(openApproval(first(step.record))).toMatchObject({
      about: "kill_drain",
      askedBy: "U0ALICE",
      graceMs: 5 * MINUTE,
    });
    expect(openApproval(first(step.record))?.seen.tasks).toHaveLength(3);
  });

  test("sends nothing while it is held", () => {
    const held = click(granted, { kind: "hold", reason: null }, { by: "U0CAROL" }).record;
    expect(tick(held, outside()).effects).toEqual([]);
  });

  test("is withdrawn when the tasks have gone by themselves, and Down is asked for", () => {
    const { record } = tick(question, drainingWorld({ frameworks: FRAMEWORKS }), NOW + MINUTE);
    expect(first(record).approvals).toMatchObject([
      { about: "kill_drain", outcome: { kind: "withdrawn", why: "empty" } },
      { about: "down", outcome: null },
    ]);
  });

  test("a question about Down that stood is withdrawn for it, and the other way round", () => {
    const down = asked(world);
    const kill = click(down, ask, { world, by: "U0CAROL" }).record;
    expect(first(kill).approvals).toMatchObject([
      { about: "down", outcome: { kind: "withdrawn" } },
      { about: "kill_drain" },
    ]);
    const again = click(kill, { kind: "ask_down", batch: "b1" }, { world, by: "U0CAROL" }).record;
    expect(first(again).approvals.at(-1)).toMatchObject({ about: "down", outcome: null });
  });

  test("an approval of it takes nothing down", () => {
    expect(first(granted).phase).toBe("kill_draining");
    const steps = [tick(granted, world), tick(granted, outside())];
    expect(steps.flatMap(({ effects }) => effects).map(({ kind }) => kind)).not.toContain(
      "start_maintenance",
    );
  });

  test("a master before 1.9 cannot do it, which is said", () => {
    const { record, reply } = click(inPhase("draining"), ask, {
      world: { ...world, version: "1.8.1" },
      by: "U0ALICE",
    });
    expect(first(record).approvals).toEqual([]);
    expect(reply.text).toContain("DRAIN_AGENT exists since 1.9.0");
  });
});

describe("once the master was asked", () => {
  const world = drainingWorld({ frameworks: FRAMEWORKS, tasks: TASKS });
  const ask = { kind: "ask_kill_drain", batch: null, graceMs: MINUTE } as const;
  const question = click(inPhase("draining"), ask, { world, by: "U0ALICE" }).record;
  const granted = click(question, APPROVE_IT(question), { world }).record;
  const sent = tick(granted, outside()).record;

  test("a call that came to nothing is made again under the same approval, once it can no longer be under way (invariant 7)", () => {
    expect(tick(sent, outside({ "web-01": "draining" }), NOW + 5_000).effects).toEqual([]);
    const again = tick(sent, outside({ "web-01": "draining" }), NOW + 20_000);
    expect(again.effects).toMatchObject([{ kind: "drain_agent", agentId: "web-02-S0" }]);
  });

  test("what holds a drain that does not end is told, with the way on", () => {
    const stuck = outside({ "web-01": "drained", "web-02": "draining" }, [
      TASKS[1] ?? task("t2", "chronos", "web-02"),
    ]);
    const { record } = tick(sent, stuck, NOW + 10 * MINUTE);
    expect(record.trouble).toMatchObject({ code: "kill_drain_stuck" });
    expect(record.trouble?.what).toContain("web-02: 1 task (chronos 1) that their executors do not end");
    expect(record.trouble?.next).toContain("/mesos down m-7k3q");
    const acknowledging = tick(
      sent,
      outside({ "web-01": "drained", "web-02": "draining" }, []),
      NOW + 10 * MINUTE,
    );
    expect(acknowledging.record.trouble?.what).toContain("has not acknowledged the end of one");
  });

  test("Down can be asked for without waiting: the window is posted, and the question follows", () => {
    const { record, reply } = click(
      sent,
      { kind: "ask_down", batch: "b1" },
      { world: outside(draining), by: "U0CAROL" },
    );
    expect(reply.tone).toBe("done");
    expect(tick(record, outside(draining)).effects).toMatchObject([{ edit: { kind: "place" } }]);
    const standing = drainingWorld({
      frameworks: FRAMEWORKS,
      tasks: TASKS,
      agents: outside(draining).agents,
    });
    const stands = tick(record, standing, NOW + MINUTE).record;
    const asking = tick(stands, standing, NOW + MINUTE).record;
    expect(openApproval(first(asking))).toMatchObject({ about: "down", askedBy: "U0CAROL" });
  });

  test("a cancel gives the machines back and reactivates their agents when they are drained, before it ends", () => {
    const cancelled = click(sent, { kind: "cancel" });
    expect(cancelled.reply.notDone).toContain("Mesos cannot");
    const gone = { agents: outside(draining).agents, tasks: TASKS, frameworks: FRAMEWORKS };
    const waits = tick(cancelled.record, goneWorld(gone), NOW + MINUTE);
    expect(first(waits.record).phase).toBe("cancelled");
    expect(waits.record.end).toBeNull();
    const later = { ...goneWorld({ agents: outside(drained).agents }), observedAtMs: NOW + 3 * MINUTE };
    const back = tick(waits.record, later, NOW + 3 * MINUTE);
    expect(back.effects).toEqual([
      { kind: "reactivate_agent", batch: "b1", agentId: "web-01-S0" },
      { kind: "reactivate_agent", batch: "b1", agentId: "web-02-S0" },
    ]);
    expect(back.record.end).toBeNull();
    const done = tick(back.record, { ...goneWorld({}), observedAtMs: NOW + 5 * MINUTE }, NOW + 5 * MINUTE);
    expect(done.record.end).toMatchObject({ phase: "cancelled" });
  });

  describe("and it was cancelled", () => {
    const cancelled = click(sent, { kind: "cancel" }).record;
    const at = (minutes: number, agents: World["agents"], windows?: readonly []) => ({
      ...(windows === undefined ? goneWorld({ agents }) : worldOf({ agents, windows })),
      observedAtMs: NOW + minutes * MINUTE,
    });
    const follow = (record: Maintenance, ...worlds: World[]) =>
      worlds.reduce((next, shown) => tick(next, shown, shown.observedAtMs).record, record);
    const only = (name: string, drains: Parameters<typeof outside>[0]) =>
      outside(drains).agents.filter(({ id }) => id !== name);
    const drainOf = (name: string, drain: "drained" | null) =>
      outside(drain === null ? {} : { [name]: drain }).agents;

    test("an agent that is not registered may still be drained: the maintenance stays open, says so, and reactivates it (invariant 13)", () => {
      const away = only("web-02-S0", { "web-01": "drained" });
      const back = only("web-02-S0", {});
      const waits = follow(cancelled, at(1, away), at(2, away), at(4, back), at(8, back));
      expect(waits.end).toBeNull();
      expect(waits.trouble).toMatchObject({ code: "still_drained" });
      expect(waits.trouble?.what).toContain("web-02 is not registered");
      const registered = tick(waits, at(9, drainOf("web-02", "drained")), NOW + 9 * MINUTE);
      expect(registered.effects).toEqual([{ kind: "reactivate_agent", batch: "b1", agentId: "web-02-S0" }]);
      const done = follow(
        registered.record,
        at(10, drainOf("web-02", null)),
        at(12, drainOf("web-02", null)),
      );
      expect(done.end).toMatchObject({ phase: "cancelled" });
    });

    test("it ends without an agent in whose place another one runs at its address", () => {
      const at5051 = (parts: Partial<World["agents"][number]> = {}) =>
        agent("web-02", { port: 5051, ...parts });
      const known = {
        ...sent,
        batches: sent.batches.map((batch) => withAgentsSeen(batch, { ...outside(), agents: [at5051()] })),
      };
      const taken = withAgentsSeen(first(known), { ...outside(), agents: [at5051({ id: "new-S7" })] });
      const open = { ...cancelled, batches: [{ ...first(cancelled), agents: taken.agents }] };
      const agents = [agent("web-01"), at5051({ id: "new-S7" })];
      expect(follow(open, at(1, agents), at(4, agents), at(8, agents)).end).toMatchObject({
        phase: "cancelled",
      });
    });

    test("a drain that is still within the grace of its tasks is not late", () => {
      const long = {
        ...question,
        batches: question.batches.map((batch) => ({
          ...batch,
          approvals: batch.approvals.map((one) => ({ ...one, graceMs: 30 * MINUTE })),
        })),
      };
      const killed = tick(click(long, APPROVE_IT(long), { world }).record, outside()).record;
      const back = click(killed, { kind: "cancel" }).record;
      const busy = outside(draining).agents;
      expect(follow(back, at(1, busy), at(10, busy)).trouble).toBeNull();
      expect(follow(back, at(1, busy), at(40, busy)).trouble).toMatchObject({ code: "still_drained" });
    });

    test("what is Down is named beside what was killed", () => {
      const down = batchOf({ id: "b0", phase: "down", machines: [machine("web-03")] });
      const { reply } = click({ ...sent, batches: [down, ...sent.batches] }, { kind: "cancel" });
      expect(reply.notDone).toMatch(
        /kill-drain of web-01, web-02 is not taken back.* web-03: Down, and stays so/,
      );
      expect(reply.next).toContain("/mesos up m-7k3q");
    });

    test("it ends without an agent that was marked gone", () => {
      const away = only("web-02-S0", {});
      const gone = { ...at(8, away), goneAgents: ["web-02-S0"] };
      expect(follow(cancelled, at(1, away), at(4, away), gone).end).toMatchObject({ phase: "cancelled" });
    });

    test("a second cancel closes it with an agent that never comes back, and says what is left to do", () => {
      const away = only("web-02-S0", {});
      const waits = follow(cancelled, at(1, away), at(4, away), at(8, away));
      const { record, reply } = click(waits, { kind: "cancel" }, { nowMs: NOW + 9 * MINUTE });
      expect(record.end).toMatchObject({
        phase: "cancelled",
        why: "closed without the agents of web-02 being reactivated",
      });
      expect(reply.next).toContain("The agents of web-02 may take no tasks until somebody reactivates them");
    });

    test("agents are reactivated although the master shows no window of anybody; a second cancel names those that are left", () => {
      const stood = {
        ...cancelled,
        batches: cancelled.batches.map((batch) => ({ ...batch, seenSinceMs: NOW })),
      };
      const dark = (minutes: number, drains: Parameters<typeof outside>[0]) =>
        at(minutes, outside(drains).agents, []);
      const step = tick(stood, dark(1, { "web-01": "drained", "web-02": "draining" }), NOW + MINUTE);
      expect(step.record.trouble).toMatchObject({ code: "cancel_unseen" });
      expect(step.effects).toEqual([{ kind: "reactivate_agent", batch: "b1", agentId: "web-01-S0" }]);
      const next = follow(step.record, dark(2, { "web-02": "draining" }));
      const { record, reply } = click(next, { kind: "cancel" }, { nowMs: NOW + 3 * MINUTE });
      expect(record.end?.why).toContain("and the agents of web-02 being reactivated");
      expect(reply.next).toContain("The agents of web-02 may take no tasks");
    });

    test("what somebody else drains after our drain was over is theirs (invariant 12)", () => {
      const over = follow(cancelled, at(1, outside().agents));
      const theirs = tick(over, at(1.5, outside(drained).agents), NOW + 1.5 * MINUTE);
      expect(theirs.effects).toEqual([]);
    });
  });

  test("machines that somebody has taken into another window by then are given back, and their agents reactivated", () => {
    const theirs = worldOf({
      windows: [windowOn(["web-01", "web-02"], NOW + HOUR, HOUR)],
      agents: outside(drained).agents,
    });
    const none = { machines: [], matchedNothing: [], unknown: [], literals: [] };
    const hosts = { kind: "found" as const, resolution: none, others: [] };
    const look = { world: theirs, policy: policyOf(), nowMs: NOW + MINUTE, hosts, others: null };
    const step = advance(sent, look);
    expect(first(step.record).phase).toBe("cancelled");
    expect(step.record.end).toBeNull();
    const later = tick(step.record, { ...theirs, observedAtMs: NOW + 2 * MINUTE }, NOW + 2 * MINUTE);
    expect(later.effects.map(({ kind }) => kind)).toEqual(["reactivate_agent", "reactivate_agent"]);
    const back = { ...theirs, agents: worldOf().agents, observedAtMs: NOW + 3 * MINUTE };
    expect(tick(later.record, back, NOW + 3 * MINUTE).record.end).toMatchObject({ phase: "cancelled" });
  });

  test("the window that still stands while it is made longer is taken out all the same", () => {
    const { record } = click(granted, { kind: "extend", byMs: HOUR });
    expect(tick(record, world).effects).toMatchObject([
      { kind: "update_schedule", edit: { kind: "remove" } },
    ]);
  });

  test("the windows of batches that wait for their kill-drain move along, and nothing is to be moved at the master", () => {
    const wanted = { startMs: null, durationMs: HOUR, kill: { graceMs: null }, roll: BY_ONE };
    const second = windowOn(["web-02"], NOW + HOUR, HOUR);
    const batches = [
      batchOf({ machines: [machine("web-01")], window: windowOn(["web-01"], NOW, HOUR) }),
      batchOf({
        id: "b2",
        phase: "kill_draining",
        drainingSinceMs: null,
        machines: [machine("web-02")],
        window: second,
      }),
    ];
    const { record } = tick(recordOf({ wanted, batches }), outside(), NOW + 2 * HOUR);
    expect(record.batches[1]?.window.start).not.toBe(second.start);
    expect(record.batches[1]?.movingFrom).toBeNull();
  });

  test("the window can be made longer while it lasts, and is posted so", () => {
    const { record } = click(sent, { kind: "extend", byMs: HOUR });
    const done = tick(record, outside(drained, []), NOW + MINUTE);
    expect(done.effects).toMatchObject([{ edit: { time: { duration: 5n * 3_600_000_000_000n } } }]);
  });

  test("a second kill-drain is one of its own: what an earlier one sent does not count for it", () => {
    const again = click(
      sent,
      { kind: "ask_down", batch: "b1" },
      { world: outside(draining), by: "U0CAROL" },
    ).record;
    const stood = tick(again, drainingWorld({ frameworks: FRAMEWORKS, tasks: TASKS }), NOW + MINUTE).record;
    const world2 = drainingWorld({ frameworks: FRAMEWORKS, tasks: TASKS });
    const second = click(
      stood,
      { kind: "ask_kill_drain", batch: null, graceMs: null },
      { world: world2, by: "U0ALICE" },
    );
    const approve = {
      kind: "approve",
      batch: "b1",
      approval: openApproval(first(second.record))?.id ?? "",
    } as const;
    const twice = click(second.record, approve, { world: world2 }).record;
    expect(first(twice).drained).toHaveLength(2);
    expect(whyNotPossible(twice, { kind: "ask_down", batch: "b1" })).toBeNull();
    const back = click(twice, { kind: "cancel" }).record;
    expect(first(back).approvals.at(-1)?.outcome).toMatchObject({ kind: "withdrawn", why: "cancelled" });
  });

  test("its machines count as out of service for the budgets of others", () => {
    const other = inPhase(
      "draining",
      { machines: [{ hostname: "web-03", ip: "10.0.0.3" }] },
      { id: "m-other" },
    );
    const out = outNow(other, first(other), [sent], outside(draining));
    expect(out.map(({ machine }) => machine.hostname)).toEqual(["web-01", "web-02"]);
  });
});
