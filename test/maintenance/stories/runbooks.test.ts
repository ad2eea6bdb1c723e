import { describe, expect, test } from "vitest";
import { isOffered } from "../../../src/maintenance/decisions/table.js";
import type { RunbookTerms } from "../../../src/maintenance/policy/policy.js";
import type { RunOutcome } from "../../../src/maintenance/record/run.js";
import { isApproved, lastRun, withRun, withRunSeen } from "../../../src/maintenance/record/runs.js";
import { HOUR, MINUTE, windowOn } from "../../support/world.js";
import { racks, Site } from "../rolling/site.js";
import { click, lastEvent, news } from "../support/flow.js";

const UPDATE: RunbookTerms = {
  name: "kernel-update",
  digest: "d1",
  who: ["U0ALICE", "SOPS"],
  where: { kind: "batch" },
  timeLimitMs: HOUR,
  then: "ask",
};

const BY_TWO = { rule: { kind: "count", count: 2 }, canary: null, horizon: 3 } as const;

interface Wanted {
  readonly runbook?: Partial<RunbookTerms>;
  readonly up?: "auto";
  readonly roll?: typeof BY_TWO & { readonly approve?: "once" };
}

/** A drain with a runbook, whose question stands. `runbooks` is what the clusters file has, to be changed meanwhile. */
function asked({ runbook = {}, up, roll }: Wanted = {}) {
  const runbooks = [{ ...UPDATE, ...runbook }];
  const site = new Site(racks(), roll, { policy: { runbooks } });
  const wanted = { ...site.record.wanted, run: UPDATE.name, ...(up === undefined ? {} : { up }) };
  site.record = { ...site.record, wanted };
  return { site: site.pass(), runbooks };
}

/** The same, with the machines of the first batch Down under its approval. */
function down(wanted: Wanted = {}) {
  const { site, runbooks } = asked(wanted);
  site.approve("b1");
  return { site: site.pass().pass(), runbooks };
}

const run = (site: Site, batch = "b1") => {
  const found = lastRun(site.record, batch);
  if (found === null) throw new Error(`There is no run of ${batch}.`);
  return found;
};

/** The run comes to its end. */
function comesTo(site: Site, kind: RunOutcome["kind"], batch = "b1"): Site {
  const { id } = run(site, batch);
  const outcome = { kind, atMs: site.nowMs, words: `It ${kind}.`, hosts: [] };
  const started = kind === "not_started" ? null : { atMs: site.nowMs, worker: "w1" };
  site.record = withRunSeen(site.record, id, { started, outcome }, site.nowMs);
  return site.pass();
}

const runs = (site: Site) => site.record.runs.map(({ id }) => id);

describe("the approval of a Down with a runbook", () => {
  test("is an approval of one run of the runbook that its question showed", () => {
    const { site } = down();
    const [approval] = site.batch("b1").approvals;
    expect(approval?.runbook).toEqual({
      name: "kernel-update",
      digest: "d1",
      where: { kind: "batch" },
      timeLimitMs: HOUR,
      then: "ask",
    });
    expect(site.record.runs).toMatchObject([
      { id: "b1r1", runbook: { digest: "d1" }, approval: "b1a1", askedBy: null, outcome: null },
    ]);
    expect(isApproved(site.record, run(site))).toBe(true);
    site.pass(MINUTE).pass(MINUTE).pass();
    expect(runs(site)).toEqual(["b1r1"]);
  });

  test("counts for nothing else: neither for another runbook, nor once it is not granted any more", () => {
    const { site } = down();
    const one = run(site);
    expect(isApproved(site.record, { ...one, runbook: { ...one.runbook, digest: "d2" } })).toBe(false);
    expect(isApproved(site.record, { ...one, approval: "b1a7" })).toBe(false);
    expect(isApproved(site.record, { ...one, approval: null })).toBe(false);
    expect(isApproved(site.record, { ...one, askedBy: "U0EVE" })).toBe(false);
    const batches = site.record.batches.map((batch) => ({
      ...batch,
      approvals: batch.approvals.map((approval) => ({ ...approval, outcome: null })),
    }));
    expect(isApproved({ ...site.record, batches }, one)).toBe(false);
  });

  test.each([
    ["another command", { digest: "d2" }],
    ["another time limit", { timeLimitMs: 2 * HOUR }],
    ["Up by itself after it", { then: "up" as const }],
  ])(
    "is refused and asked anew when the runbook has got %s since the question (invariant 5)",
    (_, change) => {
      const { site, runbooks } = asked();
      runbooks[0] = { ...UPDATE, ...change };
      expect(site.approve("b1")).toContain(
        "Since the question was asked the runbook kernel-update was changed",
      );
      expect(site.pass().batch("b1").phase).toBe("awaiting_approval");
      expect(site.batch("b1").approvals.at(-1)?.runbook).toMatchObject(change);
      site.approve("b1");
      site.pass().pass();
      expect(run(site).runbook).toMatchObject(change);
    },
  );

  test("waits while the runbook is not in the clusters file, at the click and before the call", () => {
    const { site, runbooks } = asked();
    runbooks.pop();
    expect(site.approve("b1")).toContain("the runbook kernel-update is not in the clusters file any more");
    runbooks.push(UPDATE);
    site.approve("b1");
    runbooks.pop();
    site.pass();
    expect(site.record.trouble?.code).toBe("runbook_gone");
    expect(site.down.size).toBe(0);
    runbooks.push(UPDATE);
    expect(site.pass().batch("b1").phase).toBe("down");
  });

  test("for several batches does not cover those after the runbook was changed: they are asked about", () => {
    const { site, runbooks } = down({ roll: { ...BY_TWO, approve: "once" }, runbook: { then: "up" } });
    runbooks[0] = { ...UPDATE, digest: "d2" };
    comesTo(site, "ok");
    site.pass(2 * HOUR + 11 * MINUTE).pass();
    expect(site.batch("b2").phase).toBe("awaiting_approval");
    expect(news(site.record)).not.toContain("within_limits");
    expect(site.batch("b2").approvals.at(-1)).toMatchObject({ runbook: { digest: "d2" }, outcome: null });
  });
});

describe("a run under the approval of the Down", () => {
  test("does not come where somebody else took the machines Down; a person who may use it can have it run", () => {
    const { site } = asked();
    for (const { machine } of site.agents) site.othersDown.add(machine.hostname);
    site.pass().pass(MINUTE).pass();
    expect(site.batch("b1").phase).toBe("down");
    expect(runs(site)).toEqual([]);
    expect(lastEvent(site.record, "note").text).toContain("the runbook kernel-update was not started");
    expect(site.decide({ kind: "retry_run", run: "b1r1" }, "U0ALICE")).toContain("is being run");
    expect(site.record.runs).toMatchObject([{ id: "b1r1", approval: null, askedBy: "U0ALICE" }]);
  });

  test("does not come where the machines went Down after their window had ended", () => {
    const { site } = asked({ up: "auto" });
    site.pass(3 * HOUR).pass();
    site.approve("b1");
    site.pass(MINUTE).pass();
    expect(site.batch("b1").phase).toBe("down");
    expect(runs(site)).toEqual([]);
    expect(site.pass(MINUTE).pass().batch("b1").phase).toBe("down");
  });

  /** Its machines went Down by our call while somebody holds it, so that the run was not asked for yet. */
  function heldDown(wanted: Wanted = {}): Site {
    const { site } = asked({ roll: BY_TWO, ...wanted });
    site.approve("b1");
    site.record = site.look().record;
    for (const { machine } of site.agents.slice(0, 2)) site.down.add(`${machine.hostname}|${machine.ip}`);
    site.record = { ...site.record, held: { by: "U0BOB", atMs: site.nowMs, reason: null, as: "operator" } };
    site.pass().pass();
    expect(site.batch("b1").phase).toBe("down");
    return site;
  }

  test("does not come where somebody else brought a machine Up meanwhile, nor does a Retry (invariants 5, 12)", () => {
    const site = heldDown();
    site.down.delete("web-02|10.0.0.2");
    site.decide({ kind: "release" });
    expect(runs(site.pass(MINUTE).pass())).toEqual([]);
    expect(lastEvent(site.record, "note").text).toMatch(
      /the runbook kernel-update was not started: web-02 is not Down in the window of this maintenance/,
    );
    expect(isOffered(site.record, { kind: "retry_run", run: null })).toBe(false);
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toMatch(
      /web-02 is not Down in the window of this maintenance: it was brought Up/,
    );
    expect(runs(site)).toEqual([]);
    site.down.add("web-02|10.0.0.2");
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain("is being run");
  });

  test("does not come where somebody else moved a machine that is Down to another window, nor does a Retry", () => {
    const site = heldDown();
    const windows = site.schedule.windows.map((window) => ({
      ...window,
      machines: window.machines.filter(({ hostname }) => hostname !== "web-02"),
    }));
    site.schedule = { windows: [...windows, windowOn(["web-02"], site.nowMs - HOUR, null)] };
    site.decide({ kind: "release" });
    expect(runs(site.pass(MINUTE).pass())).toEqual([]);
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain(
      "web-02 is not Down in the window",
    );
  });

  test("does not come once the window is over; a person who may use it can have it run all the same", () => {
    const site = heldDown();
    site.pass(3 * HOUR).pass();
    site.decide({ kind: "release" });
    expect(runs(site.pass(MINUTE).pass())).toEqual([]);
    expect(lastEvent(site.record, "note").text).toContain("was not started: their window is over");
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain("is being run");
  });

  test("comes for each batch after its own Down, and the next batch waits for the one before to be back", () => {
    const { site } = down({ roll: BY_TWO, runbook: { then: "up" } });
    expect(runs(site)).toEqual(["b1r1"]);
    site.pass(3 * HOUR).pass();
    expect(site.phases()).toMatch(/^down (scheduled|draining) /);
    comesTo(site, "ok");
    expect(site.batch("b1").phase).toBe("up");
    site.pass(2 * HOUR).pass();
    site.approve("b2");
    site.pass().pass();
    expect(runs(site)).toEqual(["b1r1", "b2r1"]);
    expect(run(site, "b2").approval).toBe("b2a1");
  });
});

describe("after the success of a run", () => {
  test("the machines come Up by themselves where the runbook says so, with --up auto, and not otherwise", () => {
    expect(comesTo(down({ runbook: { then: "up" } }).site, "ok").batch("b1").phase).toBe("up");
    expect(comesTo(down({ up: "auto" }).site, "ok").batch("b1").phase).toBe("up");
    const { site } = down();
    comesTo(site, "ok")
      .pass(9 * HOUR)
      .pass();
    expect(site.batch("b1").phase).toBe("down");
    expect(site.record.trouble).toBeNull();
    site.decide({ kind: "up" });
    expect(site.pass().batch("b1").phase).toBe("up");
  });

  test("nothing follows while somebody holds it: the run is let finish, and Up comes with the release", () => {
    const { site } = down({ runbook: { then: "up" } });
    expect(site.decide({ kind: "hold", reason: "a disk" })).toContain("held");
    comesTo(site, "ok");
    expect(site.batch("b1").phase).toBe("down");
    site.decide({ kind: "release" });
    expect(site.pass().batch("b1").phase).toBe("up");
  });

  test("a hold before it is asked for keeps it from being asked for", () => {
    const { site } = asked({ roll: BY_TWO });
    site.approve("b1");
    const step = site.look();
    site.record = step.record;
    for (const { machine } of site.agents.slice(0, 2)) site.down.add(`${machine.hostname}|${machine.ip}`);
    site.record = { ...site.record, held: { by: "U0BOB", atMs: site.nowMs, reason: null, as: "operator" } };
    site.pass().pass();
    expect(site.batch("b1").phase).toBe("down");
    expect(runs(site)).toEqual([]);
    site.decide({ kind: "release" });
    expect(runs(site.pass())).toEqual(["b1r1"]);
  });
});

describe("after a run that came to nothing", () => {
  test.each([
    ["failed", "run_failed"],
    ["ended", "run_ended"],
    ["not_started", "run_not_started"],
    ["unknown", "run_unknown"],
  ] as const)("that %s the machines stay Down, nothing is run again, and the card says %s", (kind, code) => {
    const { site } = down({ runbook: { then: "up" }, up: "auto" });
    comesTo(site, kind);
    site.pass(9 * HOUR).pass();
    expect(site.batch("b1").phase).toBe("down");
    expect(site.record.trouble?.code).toBe(code);
    expect(runs(site)).toEqual(["b1r1"]);
    expect(news(site.record).filter((event) => event === "trouble")).toHaveLength(1);
  });

  test("a Retry is another run, with the runbook as it is then, and its success leads on", () => {
    const { site, runbooks } = down({ runbook: { then: "up" } });
    comesTo(site, "failed");
    runbooks[0] = { ...UPDATE, digest: "d2", then: "up" };
    expect(site.decide({ kind: "retry_run", run: "b1r2" }, "U0ALICE")).toContain("is being run");
    expect(site.pass().record.trouble).toBeNull();
    expect(run(site)).toMatchObject({ id: "b1r2", askedBy: "U0ALICE", runbook: { digest: "d2" } });
    expect(isApproved(site.record, run(site))).toBe(true);
    expect(comesTo(site, "ok").batch("b1").phase).toBe("up");
  });

  test("Leave down asks for nothing more; Retry and Up stay possible", () => {
    const { site } = down();
    comesTo(site, "failed");
    expect(site.decide({ kind: "leave_down", run: "b1r1" })).toContain("stay Down");
    site.pass(9 * HOUR).pass();
    expect(site.record.trouble).toBeNull();
    expect(site.batch("b1").phase).toBe("down");
    expect(site.decide({ kind: "leave_down", run: "b1r1" }, "U0CAROL")).toContain(
      "leaves the machines Down already",
    );
    site.decide({ kind: "up" });
    expect(site.pass().batch("b1").phase).toBe("up");
  });
});

describe("a Retry", () => {
  test("is only for those whom the runbook names, by themselves or by a group that could be looked up", () => {
    const { site } = down();
    comesTo(site, "failed");
    expect(site.decide({ kind: "retry_run", run: "b1r2" }, "U0EVE")).toContain("You may not use the runbook");
    expect(lastEvent(site.record, "refused")).toMatchObject({ by: "U0EVE", decision: "retry_run" });
    const { policy, nowMs } = site;
    const retry = (groups: readonly string[], lookupFailed = false) =>
      click(
        site.record,
        { kind: "retry_run", run: "b1r2" },
        { by: "U0EVE", groups, lookupFailed, policy, nowMs, world: site.world() },
      );
    const failed = retry([], true);
    expect(failed.reply.text).toContain(
      "could not be asked for the members of user groups, which counts as no",
    );
    expect([failed, retry(["SDEV"])].map(({ record }) => record.runs.length)).toEqual([1, 1]);
    expect(retry(["SOPS"]).record.runs.at(-1)).toMatchObject({ id: "b1r2", askedBy: "U0EVE" });
    expect(runs(site)).toEqual(["b1r1"]);
  });

  test("is one run however often it is clicked, by one person or by two", () => {
    const { site } = down();
    comesTo(site, "failed");
    site.decide({ kind: "retry_run", run: "b1r2" }, "U0ALICE");
    site.decide({ kind: "retry_run", run: "b1r2" }, "U0ALICE");
    expect(site.decide({ kind: "retry_run", run: "b1r2" }, "U0BOB")).toContain("<@U0ALICE> has asked for it");
    expect(site.decide({ kind: "retry_run", run: null }, "U0BOB")).toContain("is running already");
    comesTo(site, "failed");
    expect(site.decide({ kind: "retry_run", run: "b1r2" }, "U0BOB")).toContain("was run again already");
    expect(site.decide({ kind: "retry_run", run: "b1r9" }, "U0BOB")).toContain("no machine is Down");
    expect(runs(site)).toEqual(["b1r1", "b1r2"]);
  });

  test("is refused after a success, while it is held, where no runbook was asked for, and once the runbook is gone", () => {
    const { site, runbooks } = down({ roll: BY_TWO });
    comesTo(site, "failed");
    site.decide({ kind: "hold", reason: null });
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain("is held by");
    site.decide({ kind: "release" });
    runbooks.pop();
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain(
      "not in the clusters file any more",
    );
    runbooks.push(UPDATE);
    site.decide({ kind: "retry_run", run: null }, "U0ALICE");
    comesTo(site, "ok").pass(MINUTE);
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain("has succeeded");
    const { run: _, ...wanted } = site.record.wanted;
    site.record = { ...site.record, wanted };
    expect(site.decide({ kind: "retry_run", run: null }, "U0ALICE")).toContain("has no runbook");
    expect(runs(site)).toEqual(["b1r1", "b1r2"]);
  });
});

describe("while a run has no outcome", () => {
  test("Up is refused, also Up anyway of an old card while a Retry runs", () => {
    const { site } = down();
    expect(site.decide({ kind: "up" })).toContain("is running on the machines");
    comesTo(site, "failed");
    site.decide({ kind: "retry_run", run: null }, "U0ALICE");
    expect(site.decide({ kind: "up", batch: "b1" })).toContain("is running on the machines");
    expect(site.pass().batch("b1").phase).toBe("down");
  });

  test("it can be stopped by anybody, once, and who wants it again is told who did", () => {
    const { site } = down();
    expect(site.decide({ kind: "stop_run", run: "b1r1" }, "U0EVE")).toContain("is being stopped");
    expect(run(site).stop?.by).toBe("U0EVE");
    expect(site.decide({ kind: "stop_run", run: null }, "U0BOB")).toContain(
      "<@U0EVE> has stopped the runbook already",
    );
    comesTo(site, "ended");
    expect(site.decide({ kind: "stop_run", run: "b1r1" })).toContain("has ended already");
    expect(news(site.record).filter((event) => event === "run_stop_asked")).toHaveLength(1);
  });

  test("the window can be extended, its end is told, and the run goes on", () => {
    const { site } = down({ up: "auto" });
    site.decide({ kind: "extend", byMs: HOUR }, "U0ALICE");
    site.pass(2 * HOUR + MINUTE).pass();
    expect(news(site.record)).not.toContain("overdue");
    site.pass(HOUR).pass();
    expect(news(site.record)).toContain("overdue");
    expect(site.batch("b1").phase).toBe("down");
    expect(comesTo(site, "ok").batch("b1").phase).toBe("up");
  });

  test("a cancel of the other batches does not touch it", () => {
    const { site } = down({ roll: BY_TWO, runbook: { then: "up" } });
    site.decide({ kind: "cancel", rest: true });
    site.pass(MINUTE).pass(MINUTE).pass();
    expect(site.phases()).toBe("down cancelled cancelled");
    expect(run(site).stop).toBeNull();
    expect(comesTo(site, "ok").phases()).toBe("up cancelled cancelled");
  });

  test("the maintenance does not end, also after somebody else's Up, and its outcome is told then", () => {
    const { site } = down();
    site.down.clear();
    site.schedule = { windows: [] };
    site.pass(MINUTE).pass(MINUTE).pass();
    expect(site.batch("b1").phase).toBe("up");
    expect(site.record.end).toBeNull();
    expect(site.decide({ kind: "cancel" })).toContain("has not ended yet");
    comesTo(site, "failed");
    expect(news(site.record)).toContain("run_ended");
    expect(site.pass(MINUTE).pass().record.end?.phase).toBe("up");
  });
});

describe("what the job of a run tells", () => {
  test("is told once each: that it started, and what it came to", () => {
    const { site } = down();
    const started = { atMs: site.nowMs, worker: "w1:4711" };
    const outcome = { kind: "failed", atMs: site.nowMs + MINUTE, words: "Exit code 2.", hosts: [] } as const;
    let record = withRunSeen(site.record, "b1r1", { started, outcome: null }, site.nowMs);
    record = withRunSeen(record, "b1r1", { started, outcome: null }, site.nowMs);
    record = withRunSeen(record, "b1r1", { started, outcome: { ...outcome, hosts: [] } }, site.nowMs);
    record = withRunSeen(
      record,
      "b1r1",
      { started, outcome: { ...outcome, kind: "ok", hosts: [] } },
      site.nowMs,
    );
    const told = record.events.filter(({ kind }) => kind.startsWith("run_"));
    expect(told).toMatchObject([
      { kind: "run_started", worker: "w1:4711" },
      { kind: "run_ended", how: "failed", words: "Exit code 2.", lastedMs: MINUTE },
    ]);
    expect(record.runs[0]).toMatchObject({ outcome: { kind: "failed" }, worker: "w1:4711" });
  });

  test("changes nothing for a run that the record does not have", () => {
    const { site } = down();
    expect(withRunSeen(site.record, "b9r9", { started: null, outcome: null }, site.nowMs)).toBe(site.record);
    expect(withRun(site.record, { ...run(site), id: "b9r9" }).runs).toEqual(site.record.runs);
  });
});

describe("a drain with --run", () => {
  const refusedWith = (runbooks: readonly RunbookTerms[], record = {}) => {
    const site = new Site(racks(), undefined, { policy: { runbooks } });
    site.record = { ...site.record, batches: [], events: [], seq: 0, end: null, ...record };
    site.record = { ...site.record, wanted: { ...site.record.wanted, run: "kernel-update" } };
    site.replan();
    return site.record.end?.why ?? null;
  };

  test("is refused when the clusters file has no such runbook, with those that it has", () => {
    expect(refusedWith([{ ...UPDATE, name: "kernel-upgrade" }])).toContain(
      "clusters.prod.runbooks has no runbook kernel-update; there are kernel-upgrade",
    );
    expect(refusedWith([])).toContain("there is none");
  });

  test("is refused to whom the runbook does not name; a group counts when they were found to be in it", () => {
    const ops = [{ ...UPDATE, who: ["SOPS"] }];
    expect(refusedWith(ops)).toContain("clusters.prod.runbooks.kernel-update.who does not name <@U0ALICE>");
    expect(refusedWith(ops, { requesterGroups: ["SOPS"] })).toBeNull();
    expect(refusedWith([UPDATE])).toBeNull();
  });
});
