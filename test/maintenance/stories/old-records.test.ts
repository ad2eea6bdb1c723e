import { describe, expect, test } from "vitest";
import { openApproval } from "../../../src/maintenance/approval/question.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import {
  decodeMaintenance,
  encodeMaintenance,
  type Maintenance,
} from "../../../src/maintenance/record/record.js";
import { withRunAsked } from "../../../src/maintenance/record/runs.js";
import { withWatch } from "../../../src/maintenance/record/watched.js";
import {
  batchOf,
  framework,
  HOUR,
  MINUTE,
  NOW,
  policyOf,
  recordOf,
  task,
  windowOn,
  worldOf,
} from "../../support/world.js";
import {
  APPROVE,
  approved,
  asked,
  askedToKill,
  click,
  downWorld,
  drainingWorld,
  first,
  goneWorld,
  inPhase,
  OURS,
  tick,
} from "../support/flow.js";

const POLICY = policyOf();

const { unwatchedAfterMs } = POLICY;

const WHERE = { kind: "batch" } as const;

const RUNBOOK = { name: "kernel-update", digest: "d", where: WHERE, timeLimitMs: HOUR, then: "ask" } as const;

const jobs = [task("t1", "chronos", "web-01")];

/** What was stored of a maintenance in each phase, in which it was last looked after now. */
const COPIES: Readonly<Record<string, Maintenance>> = {
  "not looked up": recordOf(),
  "scheduled, not posted": inPhase("scheduled", { drainingSinceMs: null }),
  "scheduled and posted": inPhase("scheduled", { drainingSinceMs: null, postedAtMs: NOW }),
  "to be kill-drained": askedToKill(goneWorld({ tasks: jobs })),
  "being kill-drained": granted(askedToKill(goneWorld({ tasks: jobs })), goneWorld({ tasks: jobs })),
  draining: inPhase("draining"),
  "being extended": inPhase("draining", { movingFrom: OURS, window: windowOn([], NOW, 5 * HOUR) }),
  "awaiting approval": asked(),
  "taking down": approved(drainingWorld({ tasks: jobs })),
  "down, before its runbook": withRunbook(approved(drainingWorld())),
  "down, with a run that waits": withRunAsked(
    withRunbook(approved(drainingWorld())),
    "b1",
    RUNBOOK,
    { approval: "b1a1" },
    NOW,
  ),
  "bringing up": inPhase("bringing_up"),
  up: inPhase("up"),
};

function granted(record: Maintenance, world: World): Maintenance {
  return click(record, APPROVE, { world }).record;
}

/** Down under an approval that showed a runbook, and nothing of a run is known. */
function withRunbook(record: Maintenance): Maintenance {
  const batch = first(tick(record, downWorld()).record);
  const approvals = first(record).approvals.map((one) => ({ ...one, runbook: RUNBOOK }));
  const down = batchOf({ phase: "down", approvals });
  const event = { seq: 90, atMs: NOW, kind: "down" as const, batch: batch.id, machines: 2, tasksLost: 0 };
  const wanted = { ...record.wanted, run: RUNBOOK.name };
  return { ...record, wanted, batches: [down], events: [...record.events, event], seq: 90 };
}

/** What the master shows of it by now. */
const WORLDS: Readonly<Record<string, World>> = {
  "ended long ago": worldOf(),
  "its window stands": drainingWorld({ tasks: jobs }),
  "its machines are Down": downWorld(),
  "somebody else has them": worldOf({ windows: [windowOn(["web-01", "web-02"], NOW + HOUR, HOUR)] }),
};

const TAKING = ["start_maintenance", "drain_agent", "kill_tasks", "look_up_hosts"];

/** Stored, and read back by a worker that comes to it so much later; some looks in a row. */
function later(copy: Maintenance, world: World, ms: number, looks = 4) {
  let record = decodeMaintenance(
    JSON.parse(JSON.stringify(encodeMaintenance({ ...copy, watchedAtMs: NOW }))),
  );
  const taken: string[] = [];
  for (let at = 0; at < looks; at += 1) {
    const nowMs = NOW + ms + at * 20_000;
    record = withWatch(record, nowMs, unwatchedAfterMs);
    const step = tick(record, { ...world, observedAtMs: nowMs }, nowMs);
    for (const effect of step.effects) {
      if (effect.kind === "update_schedule" ? effect.edit.kind !== "remove" : TAKING.includes(effect.kind))
        taken.push(effect.kind);
    }
    record = step.record;
  }
  return { record, taken };
}

describe("a record that nobody has looked after for long (invariant 13)", () => {
  const cases = Object.keys(COPIES).flatMap((copy) =>
    Object.keys(WORLDS).map((world) => [copy, world] as const),
  );

  test.each(cases)("of one that was %s takes nothing out of service, when %s", (name, at) => {
    const [copy, world] = [COPIES[name], WORLDS[at]];
    if (copy === undefined || world === undefined) throw new Error("There is no such case.");
    const { record, taken } = later(copy, world, HOUR);
    expect(taken).toEqual([]);
    expect(record.runs).toEqual(copy.runs);
    if (["bringing up", "up"].includes(name)) expect(record.unwatched).toBeNull();
    const isToRun = name.startsWith("down,") && at === "its machines are Down";
    if (isToRun) expect(record.unwatched).not.toBeNull();
  });

  test("what was looked after a moment ago goes on: the same cases take machines out of service", () => {
    const going = cases.filter(([name, at]) => {
      const [copy, world] = [COPIES[name], WORLDS[at]];
      if (copy === undefined || world === undefined) return false;
      const { record, taken } = later(copy, world, MINUTE);
      return taken.length > 0 || record.runs.length > copy.runs.length;
    });
    const names = new Set(going.map(([name]) => name));
    expect(names).toEqual(
      new Set([
        ...["not looked up", "scheduled, not posted", "scheduled and posted", "to be kill-drained"],
        ...["being kill-drained", "being extended", "taking down", "down, before its runbook"],
      ]),
    );
  });

  const busy = drainingWorld({ tasks: jobs });

  test("cannot be approved until a person says Go on, and can then", () => {
    const { record } = later(asked(busy), busy, 10 * MINUTE);
    expect(record.unwatched).toEqual({ sinceMs: NOW, noticedAtMs: NOW + 10 * MINUTE });
    const nowMs = NOW + 12 * MINUTE;
    const { id } = openApproval(first(record)) ?? { id: "" };
    const approve = { kind: "approve", batch: "b1", approval: id } as const;
    const no = click(record, approve, { world: busy, nowMs });
    expect(no.reply).toMatchObject({
      tone: "refused",
      notDone: "Nothing was taken down; the question stays open.",
    });
    expect(no.reply.text).toContain("nobody had looked after it from");
    const on = click(no.record, { kind: "go_on", batch: null }, { nowMs });
    expect(on.reply.tone).toBe("done");
    expect(first(click(on.record, approve, { world: busy, nowMs }).record).phase).toBe("taking_down");
  });

  test("does not go on by a Go on that was meant for something else: a pause, an earlier time, a command from before", () => {
    const { record } = later(asked(busy), busy, HOUR);
    const { noticedAtMs = 0 } = record.unwatched ?? {};
    const go = { kind: "go_on", batch: null } as const;
    const press = (about: { sinceMs?: number; noticedAtMs?: number }, nowMs: number) =>
      click(record, { ...go, ...about }, { nowMs });
    for (const { record: after, reply } of [
      press({ sinceMs: NOW }, NOW + HOUR),
      press({ noticedAtMs: NOW }, NOW + HOUR),
      press({}, noticedAtMs - 1),
    ]) {
      expect(reply).toMatchObject({ tone: "info", notDone: "Nothing was changed." });
      expect(reply.next).toContain("Look at the card");
      expect(after.unwatched).not.toBeNull();
    }
    expect(press({ noticedAtMs }, noticedAtMs - 1).record.unwatched).toBeNull();
    const paused = {
      rule: "others_down",
      batch: "b1",
      saw: "s",
      about: [],
      sinceMs: noticedAtMs,
      isOver: false,
    };
    const another = { ...record, unwatched: null, paused };
    expect(click(another, { ...go, noticedAtMs }, { nowMs: NOW + HOUR }).record.paused).not.toBeNull();
  });

  test("gives machines back as before: a cancel, and an Up", () => {
    const { record } = later(COPIES.draining ?? recordOf(), busy, HOUR);
    const cancelled = click(record, { kind: "cancel" }, { nowMs: NOW + HOUR }).record;
    const step = tick(withWatch(cancelled, NOW + HOUR, unwatchedAfterMs), busy, NOW + HOUR);
    expect(step.effects).toMatchObject([{ edit: { kind: "remove" } }]);
    const up = later(COPIES["bringing up"] ?? recordOf(), downWorld(), HOUR, 1).record;
    expect(tick(up, downWorld(), NOW + HOUR).effects).toMatchObject([{ kind: "stop_maintenance" }]);
  });

  test("is told once, and waits for the requester, an approver or an admin", () => {
    const { record } = later(asked(busy), busy, HOUR);
    expect(record.events.filter(({ kind }) => kind === "unwatched")).toHaveLength(1);
    const policy = policyOf({ approvers: ["U0CAROL"] });
    const no = click(record, { kind: "go_on", batch: null }, { policy, by: "U0BOB", nowMs: NOW + HOUR });
    expect(no.reply.tone).toBe("refused");
    expect(no.record.unwatched).not.toBeNull();
  });
});

describe("the button of a question that is lost with the queue", () => {
  const world = drainingWorld({
    tasks: [task("t1", "chronos", "web-01")],
    frameworks: [framework("chronos")],
  });
  const kill = { kind: "ask_kill_drain", batch: null, graceMs: null } as const;
  const shownBy = (record: Maintenance) => ({
    ...APPROVE,
    kind: "approve" as const,
    batch: "b1",
    approval: "b1a1",
    questionAtMs: openApproval(first(record))?.askedAtMs,
  });

  test.each([
    ["about more tasks", asked(world, NOW - MINUTE)],
    [
      "about a kill-drain of the very same",
      click(inPhase("draining"), kill, { world, nowMs: NOW - MINUTE }).record,
    ],
  ])("%s approves no other question that has got its id since (invariant 5)", (_, lost) => {
    const many = drainingWorld({
      frameworks: [framework("chronos")],
      tasks: [task("t1", "chronos", "web-01"), task("t2", "chronos", "web-02")],
    });
    const now = lost.batches[0]?.approvals[0]?.about === "down" ? many : world;
    const another = asked(now);
    expect(openApproval(first(another))?.id).toBe(openApproval(first(lost))?.id);
    const old = click(another, shownBy(lost), { world: now });
    expect(old.reply.text).toContain("a question that is not on record any more");
    expect(first(old.record).phase).toBe("awaiting_approval");
    expect(first(click(another, shownBy(another), { world: now }).record).phase).toBe("taking_down");
  });
});
