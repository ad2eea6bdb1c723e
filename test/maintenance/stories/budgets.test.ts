import { describe, expect, test } from "vitest";
import type { Budget } from "../../../src/maintenance/policy/policy.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { agent, batchOf, HOUR, MINUTE, machine, NOW, recordOf, task, windowOn } from "../../support/world.js";
import { Site } from "../rolling/site.js";
import { lastEvent } from "../support/flow.js";

const machines = (most: number): Budget => ({
  kind: "machines",
  most: { kind: "count", count: most },
  hours: [],
});

const ZONES: Budget = { kind: "zones", most: 1, hours: [] };

const keep = (share: number): Budget => ({
  kind: "app",
  match: "api",
  keep: { kind: "percent", percent: share },
  hours: [],
});

const names = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `web-0${from + at}`);

/** Machines that stay, as far as this maintenance is concerned. */
const BESIDE = names(5, 9).map((name) => agent(name, { zone: "z2" }));

/** Two machines in zone z1 that are to go down together. */
function pair(budgets: readonly Budget[], parts: ConstructorParameters<typeof Site>[2] = {}): Site {
  const agents = names(1, 2).map((name) => agent(name, { zone: "z1" }));
  return new Site(agents, undefined, { policy: { budgets }, beside: BESIDE, ...parts });
}

/** Another maintenance of ours on these machines. */
function other(
  id: string,
  hosts: readonly string[],
  startMs: number,
  parts: Parameters<typeof batchOf>[0] = {},
) {
  const window = { start: millisToNanos(startMs), duration: millisToNanos(2 * HOUR) };
  return recordOf({
    id,
    batches: [batchOf({ machines: hosts.map((host) => machine(host)), window, ...parts })],
  });
}

const troubleOf = ({ record }: { record: Maintenance }) => record.trouble?.what ?? "no trouble";

describe("a budget of machines", () => {
  test("nobody is asked while more would be out than it allows, and it is said for what it waits", () => {
    const site = pair([machines(3)], {
      foreign: windowOn(["web-05", "web-06"], NOW - HOUR, 5 * HOUR),
    }).pass();
    expect(site.phases()).toBe("draining");
    expect(troubleOf(site)).toContain(
      "clusters.prod.budgets lets at most 3 machines be out of service at once, and it would be 4: 2 are out already (2 of somebody else).",
    );
    site.schedule = { windows: site.schedule.windows.slice(1) };
    expect(site.pass().phases()).toBe("awaiting_approval");
    expect(site.record.trouble).toBeNull();
  });

  test("a window of others that has not begun takes nothing away", () => {
    const site = pair([machines(3)], { foreign: windowOn(["web-05", "web-06"], NOW + HOUR, HOUR) }).pass();
    expect(site.phases()).toBe("awaiting_approval");
  });

  test("what others have Down counts, also when its window is over", () => {
    const foreign = windowOn(["web-05", "web-06"], NOW - 9 * HOUR, HOUR);
    const site = pair([machines(3)], { foreign });
    site.othersDown.add("web-05").add("web-06");
    expect(troubleOf(site.pass())).toContain("it would be 4");
  });

  test("a person cannot ask either, and an approval from before waits and is not used up (invariant 5)", () => {
    const site = pair([machines(3)]).pass();
    const { windows } = site.schedule;
    site.schedule = { windows: [...windows, windowOn(["web-05", "web-06"], NOW, HOUR)] };
    expect(site.approve("b1")).toContain("it would be 4");
    site.schedule = { windows };
    expect(site.approve("b1")).toContain("approved");
    site.schedule = { windows: [...windows, windowOn(["web-05", "web-06"], NOW, HOUR)] };
    site.pass(MINUTE);
    expect(site.phases()).toBe("taking_down");
    expect(site.down.size).toBe(0);
    expect(troubleOf(site)).toContain("it would be 4");
    site.schedule = { windows };
    expect(site.pass().phases()).toBe("down");
  });

  test("an approval that expires while it waits is asked for anew when the budget allows it, and not before", () => {
    const site = pair([machines(3)], { durationMs: 9 * HOUR }).pass();
    const { windows } = site.schedule;
    site.approve("b1");
    site.schedule = { windows: [...windows, windowOn(["web-05", "web-06"], NOW, HOUR)] };
    for (let minute = 0; minute < 150; minute += 5) site.pass(5 * MINUTE);
    expect(site.phases()).toBe("draining");
    expect(troubleOf(site)).toContain("it would be 4");
    site.schedule = { windows };
    expect(site.pass().phases()).toBe("awaiting_approval");
    expect(site.batch("b1").approvals).toMatchObject([{ outcome: { kind: "outdated" } }, { outcome: null }]);
    expect(site.record.trouble).toBeNull();
  });

  test("a question that an extension withdrew is asked anew when the budget allows it, and not before", () => {
    const site = pair([machines(3)]).pass();
    const theirs = windowOn(["web-05", "web-06"], NOW - MINUTE, HOUR);
    site.schedule = { windows: [...site.schedule.windows, theirs] };
    site.decide({ kind: "extend", byMs: HOUR }, "U0ALICE");
    expect(site.pass(MINUTE).pass(MINUTE).pass().phases()).toBe("draining");
    expect(troubleOf(site)).toContain("it would be 4");
    site.schedule = { windows: site.schedule.windows.filter(({ start }) => start !== theirs.start) };
    expect(site.pass().phases()).toBe("awaiting_approval");
  });

  test("nobody may ask by hand for what would break it", () => {
    const site = pair([machines(3)], { foreign: windowOn(["web-05", "web-06"], NOW, HOUR) }).pass();
    expect(site.decide({ kind: "ask_down", batch: "b1" })).toContain("it would be 4");
    expect(site.phases()).toBe("draining");
  });

  test("our own maintenances count, named, and of two that wait the one whose window began first goes first", () => {
    const hosts = ["web-05", "web-06"];
    const [before, after] = [other("m-before", hosts, NOW - MINUTE), other("m-later", hosts, NOW + 1)];
    const waits = pair([machines(3)], { foreign: windowOn(hosts, NOW - MINUTE, HOUR) });
    waits.others = [before];
    expect(troubleOf(waits.pass())).toContain("2 are out already (2 of m-before)");
    const goes = pair([machines(3)], { foreign: windowOn(hosts, NOW + 1, HOUR) });
    goes.others = [after];
    goes.nowMs = NOW + 2;
    expect(goes.pass().phases()).toBe("awaiting_approval");
  });

  test("of two windows of ours that begin at the same time the smaller id goes first", () => {
    const hosts = ["web-05", "web-06"];
    const site = (id: string) => {
      const made = pair([machines(3)], { foreign: windowOn(hosts, NOW, HOUR) });
      made.others = [other(id, hosts, NOW)];
      return made.pass();
    };
    expect(site("m-1aaa").phases()).toBe("draining");
    expect(site("m-zzzz").phases()).toBe("awaiting_approval");
  });

  test("what goes down under a call of ours that the master does not show yet counts", () => {
    const hosts = ["web-05", "web-06"];
    const intent = { approvalId: "b1a1", sentAtMs: NOW, tasks: 0 };
    const sent = other("m-zzzz", hosts, NOW + 5 * MINUTE, { phase: "taking_down", intent });
    const site = pair([machines(3)], { foreign: windowOn(hosts, NOW + 5 * MINUTE, HOUR) });
    site.others = [sent];
    expect(troubleOf(site.pass())).toContain("2 are out already (2 of m-zzzz)");
  });

  test("machines of a batch that is back count again as soon as somebody else takes them", () => {
    const agents = names(1, 2).map((name) => agent(name, { zone: "z1" }));
    const roll = { rule: { kind: "count", count: 1 } as const, canary: null, horizon: 9 };
    const site = new Site(agents, roll, { policy: { budgets: [machines(1)] }, beside: BESIDE }).pass();
    site.approve("b1");
    site.pass();
    site.decide({ kind: "up" });
    site.pass().nowMs = NOW + 130 * MINUTE;
    const { windows } = site.schedule;
    site.schedule = { windows: [...windows, windowOn(["web-01"], NOW + 5 * MINUTE, 9 * HOUR)] };
    expect(troubleOf(site.pass())).toContain("it would be 2: 1 is out already (1 of somebody else)");
    expect(site.phases()).toBe("up draining");
  });

  test("who drains machines next that a maintenance has brought back is who has them", () => {
    const window = windowOn(["web-05"], NOW + 1, HOUR);
    const back = other("m-back", ["web-05"], NOW - HOUR, { phase: "up" });
    const next = other("m-next", ["web-05"], NOW + 1);
    const site = pair([machines(2)], { foreign: window });
    site.nowMs = NOW + 2;
    // It waits for this one, whose window began first: this one must not wait for it.
    site.others = [next, back];
    expect(site.pass().phases()).toBe("awaiting_approval");
  });

  test("a drain that could never go down under it is refused, with what to do", () => {
    const site = pair([machines(1)]);
    const failed = lastEvent(site.record, "failed");
    expect(failed.why).toContain(
      "clusters.prod.budgets never lets more be out of service at once than 1 machine, and these machines together would be 2",
    );
    expect(failed.next).toContain("--batch 5");
  });

  test("a batch that a share lets go no more, because agents left, says what it waits for", () => {
    const share: Budget = { kind: "machines", most: { kind: "percent", percent: 30 }, hours: [] };
    const site = pair([share]);
    for (const { id } of BESIDE) site.stopped.add(id);
    expect(troubleOf(site.pass())).toContain(
      "lets at most 1 machine be out of service at once, and it would be 2. It is too large by itself now: it waits for other hours, or for more active agents where a budget is a share of them.",
    );
  });

  test("batches by count are made to fit, and that is said", () => {
    const agents = names(1, 4).map((name) => agent(name, { zone: "z1" }));
    const roll = { rule: { kind: "count", count: 4 } as const, canary: 3, horizon: 9 };
    const site = new Site(agents, roll, { policy: { budgets: [machines(2)] }, beside: BESIDE });
    expect(site.record.batches.map((batch) => batch.machines.length)).toEqual([2, 2]);
    const notes = site.record.events.flatMap((event) => (event.kind === "note" ? [event.text] : []));
    expect(notes.join("\n")).toContain("so batches are of at most 2 and not of 4");
  });

  test("batches by value that are too large are refused, each named", () => {
    const agents = names(1, 4).map((name, at) =>
      agent(name, { attributes: [{ name: "rack", value: at < 3 ? "r1" : "r2" }] }),
    );
    const roll = { rule: { kind: "attribute", name: "rack" } as const, canary: null };
    const site = new Site(agents, roll, { policy: { budgets: [machines(2)] }, beside: BESIDE });
    expect(lastEvent(site.record, "failed").why).toContain("2 machines, and batch 1 would be 3");
  });
});

describe("an override of budgets", () => {
  const FOREIGN = windowOn(["web-05", "web-06"], NOW - HOUR, 9 * HOUR);

  test("it lifts them for the batch that waits, and approves nothing", () => {
    const site = pair([machines(3)], { foreign: FOREIGN }).pass();
    const said = site.decide({ kind: "override", reason: "the disk is failing" });
    expect(said).toContain("the budgets are overridden for these machines and for nothing else");
    expect(lastEvent(site.record, "overridden")).toMatchObject({ rule: "budgets", by: "U0BOB" });
    expect(site.pass().phases()).toBe("awaiting_approval");
    site.approve("b1");
    expect(site.pass().phases()).toBe("down");
  });

  test("it is for no batch after that one", () => {
    const agents = names(1, 4).map((name) => agent(name, { zone: "z1" }));
    const roll = { rule: { kind: "count", count: 2 } as const, canary: null, horizon: 9 };
    const site = new Site(agents, roll, {
      policy: { budgets: [machines(3)] },
      foreign: FOREIGN,
      beside: BESIDE,
    });
    site.pass();
    expect(site.decide({ kind: "override", reason: "it cannot wait" })).toContain("batch 1 of 2");
    site.pass();
    site.approve("b1");
    site.pass();
    site.decide({ kind: "up" });
    site.pass(131 * MINUTE);
    site.pass();
    expect(site.phases()).toBe("up draining");
    expect(troubleOf(site)).toContain("it would be 4");
  });

  test("it is not needed while no budget is in the way, and the requester alone cannot give it", () => {
    const idle = pair([machines(3)]).pass();
    expect(idle.decide({ kind: "override", reason: "why not" })).toContain("no budget is in the way");
    const site = pair([machines(3)], { foreign: FOREIGN }).pass();
    site.decide({ kind: "override", reason: "I want it" }, "U0ALICE");
    expect(site.record.overrides).toEqual([]);
  });
});

describe("a budget of zones", () => {
  test("a second zone waits until the first is back", () => {
    const site = pair([ZONES], { foreign: windowOn(["web-05"], NOW - HOUR, 5 * HOUR) }).pass();
    expect(troubleOf(site)).toContain(
      "lets at most 1 zone have machines out of service at once, and it would be 2: z1, z2.",
    );
  });

  test("machines of others in the same zone are no second one", () => {
    const near = names(5, 6).map((name) => agent(name, { zone: "z1" }));
    const foreign = windowOn(["web-05"], NOW - HOUR, 5 * HOUR);
    const site = pair([ZONES], { foreign, beside: [...near, ...BESIDE.slice(2)] }).pass();
    expect(site.phases()).toBe("awaiting_approval");
  });

  test("the zone of a machine is kept while it is Down, and is unknown where it was never seen (invariant 13)", () => {
    const near = names(5, 6).map((name) => agent(name, { zone: "z1" }));
    const foreign = windowOn(["web-05"], NOW + MINUTE, 9 * HOUR);
    const seen = pair([ZONES], { foreign, beside: near }).pass(2 * MINUTE);
    seen.othersDown.add("web-05");
    expect(seen.pass().approve("b1")).toContain("approved");
    expect(seen.pass().phases()).toBe("down");
    const unseen = pair([ZONES], { foreign: windowOn(["db-09"], NOW - HOUR, 9 * HOUR), beside: near });
    unseen.othersDown.add("db-09");
    expect(troubleOf(unseen.pass())).toContain("it would be 2: z1, one that nobody knows, of db-09");
  });

  test("a drain of two zones at once is refused where one may be out", () => {
    const agents = [agent("web-01", { zone: "z1" }), agent("web-02", { zone: "z2" })];
    const site = new Site(agents, undefined, { policy: { budgets: [ZONES] }, beside: BESIDE });
    expect(lastEvent(site.record, "failed").why).toContain(
      "machines of 1 zone, and these machines together would be of 2",
    );
  });
});

describe("a budget that keeps copies of an app", () => {
  const copy = (at: number, host: string) => task(`api.${at}`, "marathon", host, { app: "api" });

  test("Down waits until enough copies run elsewhere, for a framework that answers nothing as well", () => {
    const tasks = [copy(1, "web-01"), copy(2, "web-02"), copy(3, "web-05"), copy(4, "web-06")];
    const site = pair([keep(75)], { tasks });
    expect(lastEvent(site.record, "note").text).toContain("they have 2 of api, and 1 may go at once");
    site.pass(31 * MINUTE);
    expect(troubleOf(site.pass())).toContain(
      "keeps 3 of 4 running copies of api (marathon) outside of what goes down, and 2 would stay.",
    );
    site.tasks.splice(0, 1, copy(5, "web-07"));
    expect(site.pass().phases()).toBe("awaiting_approval");
  });

  test("copies on machines that others take count as gone", () => {
    const tasks = [copy(1, "web-01"), copy(3, "web-05"), copy(4, "web-06"), copy(5, "web-07")];
    const site = pair([keep(75)], { tasks, foreign: windowOn(["web-05"], NOW, HOUR) });
    site.pass(31 * MINUTE);
    expect(troubleOf(site.pass())).toContain("and 2 would stay");
  });

  test("copies that were lost and did not come back do not lower what is kept", () => {
    const tasks = [copy(1, "web-01"), copy(3, "web-05"), copy(4, "web-06"), copy(5, "web-07")];
    const site = pair([keep(75)], { tasks });
    site.pass(31 * MINUTE);
    site.tasks.splice(3, 1);
    expect(troubleOf(site.pass())).toContain("keeps 3 of 4 copies that ran before of api");
  });

  test("a copy that is not running, or whose agent is away, does not stand in for one", () => {
    const away = agent("web-06", { zone: "z2", active: false });
    const tasks = [
      copy(1, "web-01"),
      copy(2, "web-05"),
      copy(3, "web-06"),
      { ...copy(4, "web-07"), state: "TASK_STAGING" },
    ];
    const beside = [...BESIDE.filter(({ id }) => id !== away.id), away];
    const site = pair([keep(50)], { tasks, beside });
    site.pass(31 * MINUTE);
    expect(troubleOf(site.pass())).toContain(
      "keeps 2 of 3 running copies of api (marathon) outside of what goes down, and 1 would stay.",
    );
  });

  test("an app that has no copy on the machines is nobody's reason to wait", () => {
    const tasks = [copy(3, "web-05")];
    const site = pair([keep(100)], { tasks, foreign: windowOn(["web-05"], NOW, HOUR) });
    expect(site.pass().phases()).toBe("awaiting_approval");
  });

  test("of many apps the first are named and the others counted", () => {
    const tasks = names(1, 9).flatMap((name) =>
      Array.from({ length: 2 }, (_, at) =>
        task(`${name}-${at}`, "marathon", at === 0 ? "web-01" : "web-02", { app: `api-${name}` }),
      ),
    );
    const all: Budget = { ...keep(100), kind: "app", match: "api-*" } as Budget;
    const site = pair([all], { tasks });
    site.pass(31 * MINUTE);
    expect(troubleOf(site.pass())).toMatch(/api-web-05 .* and 4 more$/);
  });

  test("the planner spreads copies over batches so that enough are kept", () => {
    const agents = names(1, 4).map((name) => agent(name, { zone: "z1" }));
    const tasks = agents.map(({ machine }, at) => copy(at, machine.hostname));
    const roll = { rule: { kind: "count", count: 4 } as const, canary: null, horizon: 9 };
    const site = new Site(agents, roll, { policy: { budgets: [keep(50)] }, beside: BESIDE, tasks });
    expect(site.record.batches.map((batch) => batch.machines.length)).toEqual([2, 2]);
  });
});
