import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster } from "../../../src/engine/cluster/cluster.js";
import { act, told } from "../../../src/engine/control/act.js";
import type { Outcome } from "../../../src/engine/control/calls/send.js";
import type { WriteCall } from "../../../src/engine/control/next-step.js";
import type { Proof } from "../../../src/engine/store/owned.js";
import { beginMove, openMove, withMove } from "../../../src/maintenance/moving/moves.js";
import type { Approval, Maintenance } from "../../../src/maintenance/record/record.js";
import { PHASES } from "../../../src/maintenance/record/record.js";
import type { FlatBatch } from "../../../src/maintenance/record/stored-batch.js";
import { MarathonError } from "../../../src/marathon/errors.js";
import { asked } from "../../maintenance/support/flow.js";
import { movingApp } from "../../support/moving.js";
import { batchOf, NOW, policyOf, recordOf, worldOf } from "../../support/world.js";

const [QUESTION] = asked().batches[0]?.approvals ?? [];

/** A maintenance with an approval to move a1 and a2, of which a1 is written down as killed. */
function moving(parts: {
  readonly about?: Approval["about"];
  readonly outcome?: Approval["outcome"];
  readonly phase?: FlatBatch["phase"];
  readonly written?: readonly string[];
}): Maintenance {
  if (QUESTION === undefined) throw new Error("There is no question to make one of.");
  const { about = "move_tasks", phase = "draining", written = ["a1"] } = parts;
  const outcome = parts.outcome === undefined ? { kind: "granted", by: "U0BOB", atMs: NOW } : parts.outcome;
  const approval = { ...QUESTION, about, outcome, move: { apps: [movingApp()], stays: [] } } as Approval;
  const batch = batchOf({ phase, approvals: [approval], intent: null });
  const record = beginMove(recordOf({ batches: [batch] }), batch, approval, "U0BOB", NOW);
  const move = openMove(record, "b1");
  if (move === null) throw new Error("There is no move.");
  const kills = written.map((task) => ({ task, atMs: NOW, healthy: 4, isGone: false }));
  return withMove(record, { ...move, apps: move.apps.map((app) => ({ ...app, kills })) });
}

const killOf = (parts: Partial<Extract<WriteCall, { kind: "kill_tasks" }>> = {}) =>
  ({
    kind: "kill_tasks",
    batch: "b1",
    approval: "b1a1",
    frameworkId: "marathon",
    tasks: ["a1"],
    ...parts,
  }) as const;

async function run(record: Maintenance, call = killOf(), fails: unknown = null, holds = true) {
  const world = worldOf();
  const sent: (readonly string[])[] = [];
  const cluster = {
    master: { leader: () => world.leader },
    marathons: {
      kill: async (_: string, tasks: readonly string[]) => {
        sent.push(tasks);
        if (fails !== null) throw fails;
      },
    },
    forget() {},
    ageMs: () => 0,
  } as unknown as Cluster;
  const proof = { holds: () => holds } as unknown as Proof;
  const outcome = await act(record, call, { world, cluster, proof, beside: [] });
  return { outcome, sent, record: told(record, call, outcome, policyOf(), NOW) };
}

/** The same with a1 written down as killed once more, at the next look. */
function again(record: Maintenance): Maintenance {
  const move = openMove(record, "b1");
  if (move === null) throw new Error("There is no move.");
  const kills = [{ task: "a1", atMs: NOW, healthy: 4, isGone: false }];
  return withMove(record, { ...move, apps: move.apps.map((app) => ({ ...app, kills })) });
}

const killsIn = (record: Maintenance) => record.moves[0]?.apps[0]?.kills.map(({ task }) => task);

describe("a kill through Marathon", () => {
  test("under its own approval, and written down, it is sent and told", async () => {
    const { outcome, sent, record } = await run(moving({}));
    expect(outcome).toEqual({ kind: "accepted" });
    expect(sent).toEqual([["a1"]]);
    expect(record.events.at(-1)).toMatchObject({ kind: "move_step", app: "/shop/api", number: 1, of: 2 });
  });

  test("without an approval of its own that is granted, in a draining batch, nothing is ever sent", async () => {
    const outcomes: fc.Arbitrary<Approval["outcome"]> = fc.constantFrom<Approval["outcome"]>(
      null,
      { kind: "granted", by: "U0BOB", atMs: NOW },
      { kind: "denied", by: "U0BOB", atMs: NOW, reason: null },
      { kind: "expired", atMs: NOW },
      { kind: "outdated", atMs: NOW, changes: [] },
      { kind: "withdrawn", atMs: NOW, why: "cancelled", by: null },
    );
    let allowed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Approval["about"]>("down", "move_tasks"),
        outcomes,
        fc.constantFrom(...PHASES),
        fc.subarray(["a1", "a2", "b1"]),
        fc.subarray(["a1", "a2", "b1"], { minLength: 1 }),
        fc.constantFrom("b1a1", "b1a2"),
        async (about, outcome, phase, written, tasks, approval) => {
          const { sent } = await run(moving({ about, outcome, phase, written }), killOf({ tasks, approval }));
          const isDraining = phase === "draining" || phase === "awaiting_approval";
          const isApproved =
            about === "move_tasks" && outcome?.kind === "granted" && approval === "b1a1" && isDraining;
          const mayGo =
            isApproved && tasks.every((id) => id !== "b1") && tasks.every((id) => written.includes(id));
          if (mayGo) allowed += 1;
          expect(sent).toEqual(mayGo ? [tasks] : []);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(allowed).toBeGreaterThan(0);
  });

  test("with a proof that has run out nothing is sent, and the kill is taken back", async () => {
    const { outcome, sent, record } = await run(moving({}), killOf(), null, false);
    expect(outcome).toMatchObject({ kind: "not_sent" });
    expect(sent).toEqual([]);
    expect(killsIn(record)).toEqual([]);
    expect(record.trouble).toBeNull();
  });

  test("one that could not connect is taken back, to be decided anew, and is told once (invariant 10)", async () => {
    const error = new MarathonError("marathon_away", { marathon: "http://m" }, "no");
    const { record } = await run(moving({}), killOf(), error);
    expect(killsIn(record)).toEqual([]);
    expect(record.moves[0]?.away).toMatch(/^The Marathon at http:\/\/m cannot be reached. Look whether/);
    const text = expect.stringMatching(
      /cannot be reached\..* No task is killed meanwhile; everything else goes on/,
    );
    expect(record.events).toMatchObject([{ kind: "note", text }]);
    expect((await run(again(record), killOf(), error)).record.events).toHaveLength(1);
    const answered = (await run(again(record))).record;
    expect(answered.moves[0]?.apps[0]).not.toHaveProperty("unasked");
  });

  test.each([
    ["marathon_login", "refuses the login"],
    ["marathon_redirects", "redirects to another address"],
    ["marathon_refuses", "refused the call with status 422"],
  ] as const)(
    "a refusal that will last (%s) is told, and nothing more of that Marathon is moved",
    async (code, what) => {
      const blanks = { marathon: "http://m", status: "422" };
      const error = new MarathonError(code, blanks, "yes", { text: "no rights", isCut: false });
      const before = moving({});
      const move = openMove(before, "b1");
      if (move === null) throw new Error("There is no move.");
      const [app] = move.apps;
      if (app === undefined) throw new Error("There is no app.");
      const others = [
        { ...app, app: "/shop/web", kills: [] },
        { ...app, app: "/other", frameworkId: "marathon-2", kills: [] },
        { ...app, app: "/over", kills: [], stopped: "It is over." },
      ];
      const { record } = await run(withMove(before, { ...move, apps: [app, ...others] }), killOf(), error);
      expect(killsIn(record)).toEqual([]);
      const why = expect.stringMatching(new RegExp(`${what}.* It said: no rights\\. (Look|Put) .*ask again`));
      expect(record.moves[0]).toMatchObject({
        away: null,
        apps: [{ stopped: why }, { stopped: why }, { stopped: null }, { stopped: "It is over." }],
      });
      expect(record.events).toMatchObject([
        { kind: "move_stopped", app: "/shop/api", why },
        { kind: "move_stopped", app: "/shop/web", why },
      ]);
    },
  );

  test("one without an answer stays written down, so that it is not sent again, and it is told why (invariants 7, 10)", async () => {
    const error = new MarathonError("marathon_broken", { marathon: "http://m", status: "502" }, "maybe", {
      text: "no leader",
      isCut: false,
    });
    const after = await run(moving({}), killOf(), error);
    expect(after.outcome satisfies Outcome).toMatchObject({ kind: "none" });
    expect(killsIn(after.record)).toEqual(["a1"]);
    expect(after.record.moves[0]?.away).toBeNull();
    expect(after.record.events).toMatchObject([
      {
        kind: "move_step",
        isAnswered: false,
        why: "The Marathon at http://m answered with status 502. It said: no leader. Look at its log; a Marathon without a leader answers like this as well.",
      },
    ]);
    expect(after.record.unsettledUntilMs).toBeNull();
  });
});
