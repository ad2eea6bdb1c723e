import { describe, expect, test } from "vitest";
import type { MaySend } from "../../../src/base/write-connection.js";
import type { Cluster } from "../../../src/engine/cluster/cluster.js";
import { tick } from "../../../src/engine/control/tick.js";
import { type Proof, proveOwned } from "../../../src/engine/store/owned.js";
import type { StoreJob } from "../../../src/engine/store/store.js";
import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { NONE_STORED } from "../../../src/maintenance/record/unreadable.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { mesosError, refusal } from "../../../src/mesos/errors/errors.js";
import type { Master } from "../../../src/mesos/master.js";
import { approved, drainingWorld, inPhase, stored } from "../../maintenance/support/flow.js";
import {
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

const { settleMs, pollMs } = policyOf();

const HELD: Proof = { holds: () => true };

/** One tick against a master that answers as told; what was posted, and what was stored in between. */
async function ticked(
  record: Maintenance,
  parts: {
    readonly world?: World;
    /** What a whole reading shows; the same if it is left out. */
    readonly whole?: World;
    readonly now?: () => number;
    readonly scheduleOf?: Master["scheduleOf"];
    readonly updateSchedule?: (next: Schedule) => Promise<void>;
    readonly fence?: () => Promise<Proof>;
    readonly whenConnected?: (maySend: MaySend) => Promise<void>;
    readonly ageMs?: () => number;
    readonly waiting?: readonly Maintenance[];
    readonly finished?: readonly Maintenance[];
    readonly leader?: string;
    readonly hasCredentials?: boolean;
  },
) {
  const { world = worldOf(), now = () => NOW, fence = async () => HELD } = parts;
  const { whenConnected = async () => undefined } = parts;
  const posts: Schedule[] = [];
  const starts: unknown[] = [];
  const stops: unknown[] = [];
  const saved: Maintenance[] = [];
  const storedAtPost: (readonly Maintenance[])[] = [];
  const purposes: string[] = [];
  const cluster = {
    name: "prod",
    policy: policyOf({ hasCredentials: parts.hasCredentials ?? false }),
    async worldFor(_: string, purpose: Parameters<Cluster["worldFor"]>[1]) {
      purposes.push(purpose);
      return purpose === "look" ? world : (parts.whole ?? world);
    },
    forget() {},
    ageMs: parts.ageMs ?? (() => now() - world.observedAtMs),
    pauseMs: () => 0,
    withDrivers: async (seen: World) => seen,
    resolve: async () => ({ machines: [], literals: [], matchedNothing: [], unknown: [] }),
    master: {
      leader: () => parts.leader ?? world.leader,
      scheduleOf: parts.scheduleOf ?? (async () => world.schedule),
      async updateSchedule(next: Schedule, maySend: MaySend) {
        await whenConnected(maySend);
        posts.push(next);
        storedAtPost.push([...saved]);
        await parts.updateSchedule?.(next);
      },
      async startMaintenance(machines: unknown, maySend: MaySend) {
        await whenConnected(maySend);
        starts.push(machines);
      },
      async stopMaintenance(machines: unknown, maySend: MaySend) {
        await whenConnected(maySend);
        stops.push(machines);
      },
    },
  } as unknown as Cluster;
  const outcome = tick(record, {
    cluster,
    save: async (next) => void saved.push(next),
    fence: async (next) => {
      saved.push(next);
      return await fence();
    },
    others: async () => NONE_STORED,
    waiting: async () =>
      (parts.waiting ?? []).map((waits) => ({ record: waits, save: async (next) => void saved.push(next) })),
    finished: async () => parts.finished ?? [],
    now,
  });
  const settled = await outcome.catch((error: Error) => error);
  return { outcome: settled, posts, starts, stops, saved, storedAtPost, purposes };
}

/** As far as it was stored, or the error that cut the tick off. */
function recordOfOutcome(outcome: Awaited<ReturnType<typeof ticked>>["outcome"]): Maintenance {
  if (outcome instanceof Error) throw outcome;
  return outcome.record;
}

/** Its window is to be posted; that others have one proves that we see windows. */
const scheduled = recordOf({ batches: [batchOf({ phase: "scheduled", drainingSinceMs: null })] });

const others = worldOf({ windows: [windowOn(["db-01"], NOW, HOUR)] });

describe("a tick", () => {
  test("a tick keeps the effects after a call without an answer back, so that the open call is not taken for settled (invariant 7)", async () => {
    // Cancelled in the middle of an extension: one machine stands at the old time, one at the new, so two posts are due.
    const world = worldOf({
      windows: [windowOn(["web-01"], NOW, HOUR), windowOn(["web-02"], NOW, 2 * HOUR)],
    });
    const time = (hours: number) => ({ start: millisToNanos(NOW), duration: millisToNanos(hours * HOUR) });
    const record = recordOf({
      batches: [batchOf({ phase: "draining", window: time(2), movingFrom: time(1) })],
      cancel: { by: "U0ALICE", atMs: NOW },
    });
    const { outcome, posts, saved } = await ticked(record, {
      world,
      updateSchedule: async () => {
        throw mesosError("connection_lost", { cluster: "prod" }, { sent: "maybe" });
      },
    });
    expect(posts).toHaveLength(1);
    expect(recordOfOutcome(outcome).unsettledUntilMs).toBe(NOW + settleMs);
    expect(saved.at(-1)?.unsettledUntilMs).toBe(NOW + settleMs);
  });

  test("a tick writes down that a post may be under way before it posts, so that after a crash nobody takes the world for its outcome (invariant 7)", async () => {
    const { storedAtPost } = await ticked(scheduled, { world: others });
    const stored = storedAtPost[0]?.at(-1);
    if (stored === undefined) throw new Error("Nothing was stored before the post.");
    expect(stored.unsettledUntilMs).toBe(NOW + settleMs);
    // The worker that takes over from there waits.
    const next = await ticked(stored, { world: others, now: () => NOW + settleMs - 1 });
    expect(next.posts).toEqual([]);
    const now = () => NOW + settleMs;
    // A view from before does not show the outcome, however late it is looked at.
    expect((await ticked(stored, { world: others, now })).posts).toEqual([]);
    const after = await ticked(stored, { world: { ...others, observedAtMs: now() }, now });
    expect(after.posts).not.toEqual([]);
  });

  test("a tick that finds all machines in other windows before its post asks the other maintenances whose they are (invariant 12)", async () => {
    const left = windowOn(["web-01", "web-02"], NOW - HOUR, 4 * HOUR);
    const window = { start: left.start, duration: left.duration };
    const end = { phase: "up" as const, atMs: NOW, why: null };
    const old = recordOf({ id: "m-old1", batches: [batchOf({ phase: "up", window })], end });
    const { outcome, posts } = await ticked(scheduled, {
      world: worldOf({ windows: [left] }),
      finished: [old],
    });
    expect(posts).toEqual([]);
    expect(recordOfOutcome(outcome).end).toMatchObject({
      phase: "failed",
      why: expect.stringContaining(
        "2 machines (web-01, web-02) are already draining, in the window of m-old1, which has ended",
      ),
    });
  });

  test("a question is asked on a whole reading, also where the look before it was kept from events (invariant 5)", async () => {
    const record = inPhase("draining");
    const kept = drainingWorld({ wholeAtMs: NOW - 1 });
    // Nothing was left on the machines, as the event stream told it.
    const whole = drainingWorld({ tasks: [task("t1", "marathon", "web-01")] });
    const { outcome, purposes } = await ticked(record, { world: kept, whole });
    expect(recordOfOutcome(outcome).events.map(({ kind }) => kind)).not.toContain("approval_asked");
    expect(purposes).toEqual(["look", "decide"]);
    const same = await ticked(record, { world: kept, whole: drainingWorld() });
    expect(recordOfOutcome(same.outcome).events.map(({ kind }) => kind)).toContain("approval_asked");
  });

  test("while nothing is decided a kept look is enough, except where agents are being drained by the master", async () => {
    const kept = drainingWorld({ wholeAtMs: NOW - 1, tasks: [task("t1", "marathon", "web-01")] });
    const draining = inPhase("draining");
    expect((await ticked(draining, { world: kept })).purposes).toEqual(["look"]);
    expect((await ticked(inPhase("kill_draining"), { world: kept })).purposes[0]).toBe("look_whole");
  });

  test("a tick does nothing at the master once it no longer owns the record (invariant 8)", async () => {
    const lost = new Error("lost");
    const { outcome, posts } = await ticked(scheduled, {
      world: others,
      fence: async () => {
        throw lost;
      },
    });
    expect(outcome).toBe(lost);
    expect(posts).toEqual([]);
  });

  test("a tick posts nothing onto the list of another leader than the one it decided on (invariants 1 and 2)", async () => {
    const { outcome, posts } = await ticked(scheduled, { world: others, scheduleOf: async () => null });
    expect(posts).toEqual([]);
    expect(recordOfOutcome(outcome)).toMatchObject({ trouble: null, unsettledUntilMs: null });
  });

  test("a tick sends nothing on an old view, says so, and leaves an overloaded master in peace (invariants 2 and 10)", async () => {
    const later = NOW + 31_000;
    const { outcome, posts, purposes } = await ticked(scheduled, { world: others, now: () => later });
    expect(posts).toEqual([]);
    expect(outcome).toMatchObject({
      record: { trouble: { code: "view_too_old", what: expect.stringContaining("31 s") } },
      wakeAtMs: later + pollMs,
    });
    expect(purposes.filter((purpose) => purpose === "look")).toHaveLength(1);
  });

  test("a tick sends neither what was decided on another leader's view nor on an old one (invariant 2)", async () => {
    const record = recordOf({ batches: [batchOf({ phase: "bringing_up" })] });
    const world = worldOf({
      windows: [windowOn(["web-01", "web-02"], NOW, 4 * HOUR)],
      down: ["web-01", "web-02"],
    });
    expect((await ticked(record, { world })).stops).not.toEqual([]);
    expect((await ticked(record, { world, leader: "10.0.0.101:5050" })).stops).toEqual([]);
    expect((await ticked(record, { world, now: () => NOW + 31_000 })).stops).toEqual([]);
  });

  test("a tick posts nothing when reading the schedule again took too long (invariant 2)", async () => {
    let nowMs = NOW;
    const { posts } = await ticked(scheduled, {
      world: others,
      now: () => nowMs,
      scheduleOf: async () => {
        nowMs += 31_000;
        return others.schedule;
      },
    });
    expect(posts).toEqual([]);
  });

  test("a tick does not repeat at once what the master refused, also when it refuses again", async () => {
    const refuse = async () => {
      throw refusal(403, "Forbidden", { cluster: "prod" });
    };
    const first = await ticked(scheduled, { world: others, updateSchedule: refuse });
    const again = await ticked(recordOfOutcome(first.outcome), { world: others, updateSchedule: refuse });
    for (const { outcome, posts } of [first, again]) {
      expect(posts).toHaveLength(1);
      expect(outcome).toMatchObject({ wakeAtMs: NOW + pollMs });
    }
  });

  test.each([
    [
      true,
      "counts as posted where a view can be filtered: it is not posted again before a window is shown",
      NOW,
    ],
    [false, "is posted again where everybody is shown everything", null],
  ])(
    "with credentials (%s) a window that got no answer %s (invariant 2)",
    async (hasCredentials, _, posted) => {
      const { outcome } = await ticked(scheduled, {
        world: others,
        hasCredentials,
        updateSchedule: async () => {
          throw mesosError("connection_lost", { cluster: "prod" }, { sent: "maybe" });
        },
      });
      expect(stored(recordOfOutcome(outcome)).postedAtMs).toBe(posted);
    },
  );
});

describe("a proof has an age (invariants 5, 8 and 13)", () => {
  const ours = [windowOn(["web-01", "web-02"], NOW, 4 * HOUR)];
  const draining = worldOf({ windows: ours });
  const down = worldOf({ windows: ours, down: ["web-01", "web-02"] });

  const WRITES = [
    { of: "a post", record: scheduled, world: others },
    { of: "Down", record: approved(draining), world: draining },
    { of: "Up", record: recordOf({ batches: [batchOf({ phase: "bringing_up" })] }), world: down },
  ] as const;

  /** A lock whose proof takes so long to arrive, on a clock of its own. */
  function lock(travelsMs: number) {
    let elapsedMs = 0;
    const lost = new AbortController();
    const job = {
      async extendLock() {
        elapsedMs += travelsMs;
        return 1;
      },
    } as unknown as StoreJob;
    return {
      fence: () => proveOwned(job, "token", lost.signal, () => elapsedMs),
      pass: (ms: number) => {
        elapsedMs += ms;
      },
      lose: () => lost.abort(),
    };
  }

  const sent = ({ posts, starts, stops }: Awaited<ReturnType<typeof ticked>>) =>
    posts.length + starts.length + stops.length;

  test.for(WRITES)(
    "$of is sent on a proof that arrived at once, and not on one that travelled 5 s",
    async ({ record, world }) => {
      expect(sent(await ticked(record, { world, fence: lock(0).fence }))).toBeGreaterThan(0);
      const late = await ticked(record, { world, fence: lock(5_000).fence });
      expect(sent(late)).toBe(0);
      expect(recordOfOutcome(late.outcome)).toMatchObject({
        unsettledUntilMs: null,
        trouble: { code: "proof_too_old", notDone: "Nothing was sent." },
      });
      expect(stored(recordOfOutcome(late.outcome)).intent).toBeNull();
    },
  );

  test.for(WRITES)("$of is not sent once the lock is known to be lost", async ({ record, world }) => {
    const held = lock(0);
    const fence = async () => {
      const proof = await held.fence();
      held.lose();
      return proof;
    };
    expect(sent(await ticked(record, { world, fence }))).toBe(0);
  });

  test.for(WRITES)(
    "$of asks for the proof once more when its connection stands, and says so when nothing was sent",
    async ({ record, world }) => {
      const held = lock(0);
      const whenConnected = async (maySend: () => boolean) => {
        expect(maySend()).toBe(true);
        held.pass(5_000);
        expect(maySend()).toBe(false);
        throw mesosError("withdrawn", { cluster: "prod" }, { sent: "no" });
      };
      const late = await ticked(record, { world, fence: held.fence, whenConnected });
      expect(recordOfOutcome(late.outcome)).toMatchObject({
        unsettledUntilMs: null,
        trouble: { code: "proof_too_old", notDone: "Nothing was sent." },
      });
      expect(stored(recordOfOutcome(late.outcome)).intent).toBeNull();
    },
  );

  test("a post is not sent when reading the schedule again outlasted the proof", async () => {
    const held = lock(0);
    const scheduleOf = async () => {
      held.pass(5_000);
      return others.schedule;
    };
    expect(sent(await ticked(scheduled, { world: others, fence: held.fence, scheduleOf }))).toBe(0);
  });

  test("a view that is 40 s old is not written on, though the time of day was set back meanwhile", async () => {
    const late = await ticked(scheduled, { world: others, now: () => NOW - HOUR, ageMs: () => 40_000 });
    expect(sent(late)).toBe(0);
    expect(recordOfOutcome(late.outcome).trouble?.what).toContain("40 s");
  });
});

describe("drains that wait for their first post", () => {
  const alone = (id: string, hostname: string) =>
    recordOf({
      id,
      batches: [batchOf({ phase: "scheduled", drainingSinceMs: null, machines: [machine(hostname)] })],
    });
  const ours = alone("m-web1", "web-01");
  const waiting = [alone("m-web2", "web-02"), alone("m-web3", "web-03")];

  const posted = ({ posts }: { readonly posts: readonly Schedule[] }) =>
    posts.map(({ windows }) => windows.flatMap(({ machines }) => machines.map(({ hostname }) => hostname)));

  const lastOf = (saved: readonly Maintenance[] | undefined, id: string) => {
    const last = saved?.findLast((record) => record.id === id);
    if (last === undefined) throw new Error(`${id} was not stored.`);
    return last;
  };

  test("drains that wait are posted in one post, beside what others have there, and each is stored before it (invariants 1, 3 and 7)", async () => {
    const seen = await ticked(ours, { world: others, waiting });
    expect(posted(seen)[0]).toEqual(["db-01", "web-01", "web-02", "web-03"]);
    for (const { id } of [ours, ...waiting]) {
      expect(lastOf(seen.storedAtPost[0], id).unsettledUntilMs).toBe(NOW + settleMs);
      expect(lastOf(seen.saved, id).unsettledUntilMs).toBeNull();
      expect(stored(lastOf(seen.saved, id)).postedAtMs).toBe(NOW);
    }
  });

  test("drains that were posted together all wait for the outcome when no answer came (invariant 7)", async () => {
    const updateSchedule = async () => {
      throw mesosError("connection_lost", { cluster: "prod" }, { sent: "maybe" });
    };
    const { saved } = await ticked(ours, { world: others, waiting, updateSchedule });
    for (const { id } of [ours, ...waiting])
      expect(lastOf(saved, id)).toMatchObject({
        unsettledUntilMs: NOW + settleMs,
        trouble: { notDone: expect.stringMatching(/\S/) },
      });
  });

  test("a drain whose window the master refuses keeps no other one from being posted", async () => {
    const updateSchedule = async ({ windows }: Schedule) => {
      if (JSON.stringify(windows.map(({ machines }) => machines)).includes("web-03"))
        throw refusal(400, "Failed to parse IPv4: web-03", { cluster: "prod" });
    };
    const seen = await ticked(ours, { world: others, waiting, updateSchedule });
    expect(posted(seen).slice(0, 2)).toEqual([
      ["db-01", "web-01", "web-02", "web-03"],
      ["db-01", "web-01"],
    ]);
    for (const { id } of waiting)
      expect(lastOf(seen.saved, id)).toMatchObject({ unsettledUntilMs: null, trouble: null });
    expect(lastOf(seen.saved, ours.id).trouble).toBeNull();
  });

  test("only the windows of drains that have nothing else to do are posted along", async () => {
    const held = {
      ...alone("m-web2", "web-02"),
      held: { by: "U0BOB", atMs: NOW, reason: null, as: "operator" },
    } as const;
    const ending = { ...alone("m-web3", "web-03"), cancel: { by: "U0BOB", atMs: NOW } };
    const seen = await ticked(ours, { world: others, waiting: [held, ending] });
    expect(posted(seen)[0]).toEqual(["db-01", "web-01"]);
    expect(seen.saved.filter(({ id }) => id !== ours.id)).toEqual([]);
  });
});
