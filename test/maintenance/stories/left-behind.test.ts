import { describe, expect, test } from "vitest";
import { whyNotPossible } from "../../../src/maintenance/decisions/table.js";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { progressOf } from "../../../src/maintenance/rolling/progress.js";
import { handOver } from "../../../src/maintenance/show/hand-over.js";
import { historyOf, historyReply } from "../../../src/maintenance/show/history.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { statusOfCluster } from "../../../src/maintenance/show/status-of-cluster.js";
import { drawn, readerOf } from "../../support/drawn.js";
import { agent, keptOf, MINUTE, machine, windowOn } from "../../support/world.js";
import { racks, Site } from "../rolling/site.js";
import { first, lastEvent, news } from "../support/flow.js";

const BY_TWO = { rule: { kind: "count", count: 2 }, canary: null, horizon: 3 } as const;

const LEAVE = { kind: "leave_behind", batch: "b1" } as const;

/** Batch 1 of three is up, and the agents of these hosts do not come back. */
function missing(hosts: readonly string[], agents = racks()): Site {
  const site = new Site(agents, BY_TWO).pass();
  site.approve("b1");
  site.pass();
  for (const host of hosts) site.stopped.add(`${host}-S0`);
  site.decide({ kind: "up" });
  return site.pass(MINUTE).pass();
}

/** The same, once they are left behind. */
function left(hosts: readonly string[] = ["web-01"], agents = racks()): Site {
  const site = missing(hosts, agents);
  site.decide(LEAVE);
  return site.pass(MINUTE);
}

function goThrough(site: Site, ids: readonly string[]): Site {
  for (const id of ids) {
    site.approve(id);
    site.pass().decide({ kind: "up" });
    site.pass(MINUTE).pass();
  }
  return site;
}

describe("machines that are left behind", () => {
  test("are in a maintenance of their own, with the same cluster, channel, requester and reason, and the roll ends without them", () => {
    const site = missing(["web-01"]);
    expect(site.decide({ kind: "ask_down", batch: "b2" })).toContain("batch 1 of 3 is not back yet");
    expect(site.decide(LEAVE)).toBe("m-7k3q goes on without web-01; m-left1 waits for the agents there.");
    expect(lastEvent(site.record, "left_behind")).toMatchObject({ machines: ["web-01"], into: "m-left1" });
    site.pass();
    const { id, cluster, channel, requester, reason, batches, leftBehindBy, hosts } = site.leftBehind();
    expect({ id, cluster, channel, requester, reason, leftBehindBy, hosts }).toEqual({
      id: "m-left1",
      cluster: site.record.cluster,
      channel: site.record.channel,
      requester: site.record.requester,
      reason: site.record.reason,
      leftBehindBy: "m-7k3q",
      hosts: "web-01",
    });
    expect(batches.map(({ machines, phase }) => [machines, phase])).toEqual([[[machine("web-01")], "up"]]);
    expect(goThrough(site, ["b2", "b3"]).phases()).toBe("up up up");
    expect(site.record.end).toMatchObject({
      phase: "up",
      why: "web-01 left behind, m-left1 waits for the agents there",
    });
    expect(site.leftBehind().end).toBeNull();
  });

  test("are waited for until they are back, told when that is late, and then their maintenance ends (invariant 11)", () => {
    const site = left();
    expect(news(site.leftBehind())).toEqual(["split_off"]);
    site.nowMs += site.policy.agentReturnMs;
    site.pass();
    expect(lastEvent(site.leftBehind(), "agents_missing").machines).toEqual(["web-01"]);
    expect(site.leftBehind().end).toBeNull();
    site.stopped.clear();
    site.pass(MINUTE).pass();
    expect(lastEvent(site.leftBehind(), "agents_returned")).toMatchObject({
      machines: ["web-01"],
      missing: 0,
    });
    expect(site.leftBehind().end).toMatchObject({ phase: "up", why: null });
  });

  test("that were told as late in the roll are told once more in their own thread, where nobody knows it", () => {
    const site = missing(["web-01"]);
    site.nowMs += site.policy.agentReturnMs;
    site.pass();
    expect(site.record.paused?.rule).toBe("not_back");
    site.decide(LEAVE);
    expect(site.record.paused).toBeNull();
    site.pass();
    expect(news(site.leftBehind())).toEqual(["split_off", "agents_missing"]);
  });

  test("are compared with what they were before Down when they come back", () => {
    const site = left();
    site.stopped.clear();
    const before = site.agents.findIndex(({ id }) => id === "web-01-S0");
    (site.agents as ReturnType<typeof racks>)[before] = agent("web-01", {
      attributes: [{ name: "rack", value: "r7" }],
    });
    site.pass();
    expect(lastEvent(site.leftBehind(), "agents_returned").changes?.join()).toContain("rack=r7");
  });

  test("can be all of a batch", () => {
    const site = left(["web-01", "web-02"]);
    expect(site.leftBehind().batches[0]?.machines).toHaveLength(2);
    expect(site.batch("b1").machines).toEqual([]);
    goThrough(site, ["b2", "b3"]);
    expect(site.record.end?.phase).toBe("up");
  });

  test("with agents of one host name at two addresses go together, so that one that is back does not stand for the other", () => {
    const twice = { hostname: "web-01", ip: "10.9.9.9" };
    const agents = [
      agent("web-01"),
      agent("web-01", { id: "web-01-S1", machine: twice }),
      ...racks().slice(1),
    ];
    const site = missing(["web-01"], agents);
    site.decide({ ...LEAVE, batch: null });
    site.pass();
    expect(site.leftBehind().batches[0]?.machines).toHaveLength(2);
    expect(site.pass(MINUTE).leftBehind().end).toBeNull();
    site.stopped.clear();
    expect(site.pass(MINUTE).pass().leftBehind().end?.phase).toBe("up");
  });

  test("are taken out again when somebody writes our old window back, by their own maintenance; the rest by the roll (invariant 12)", () => {
    const site = left();
    const { window } = site.batch("b1");
    const old = { ...window, machines: [machine("web-01"), machine("web-02")] };
    site.schedule = { windows: [...site.schedule.windows, old] };
    site.pass();
    const standing = site.schedule.windows.flatMap(({ machines }) =>
      machines.map(({ hostname }) => hostname),
    );
    expect(standing).not.toContain("web-01");
    expect(standing).not.toContain("web-02");
    expect(lastEvent(site.leftBehind(), "note").text).toContain("put machines back into our window");
  });
});

describe("the decision to leave machines behind", () => {
  test("is answered with what was done already when somebody else presses the button again, or types it", () => {
    const site = missing(["web-01"]);
    site.decide(LEAVE, "U0BOB");
    const { record } = site;
    const done =
      "<@U0BOB> has left web-01 of batch 1 of 3 behind already; m-left1 waits for the agents there";
    expect(site.decide(LEAVE, "U0CAROL")).toContain(done);
    expect(site.decide({ kind: "leave_behind", batch: null }, "U0CAROL")).toContain(done);
    expect(site.record).toBe(record);
  });

  test("is carried out once when its job runs again (invariant 7)", () => {
    for (const batch of ["b1", null]) {
      const site = missing(["web-01"]);
      const once = site.decide({ kind: "leave_behind", batch });
      const { record } = site;
      expect(site.decide({ kind: "leave_behind", batch })).toBe(once);
      expect(site.record).toBe(record);
    }
  });

  test("is not possible while nobody waits for agents, and not for the last batch or the only one", () => {
    const down = new Site(racks(), BY_TWO).pass();
    expect(down.decide({ kind: "leave_behind", batch: null })).toContain("no batch waits");
    const last = goThrough(missing([]), ["b2"]);
    last.approve("b3");
    last.pass();
    last.stopped.add("web-05-S0");
    last.decide({ kind: "up" });
    last.pass(MINUTE).pass();
    expect(last.decide({ kind: "leave_behind", batch: null })).toContain("no batch waits");
    const only = new Site(racks(), undefined, { foreign: windowOn(["db-1"], 0, null) }).pass();
    only.approve("b1");
    only.pass();
    only.stopped.add("web-01-S0");
    only.decide({ kind: "up" });
    only.pass(MINUTE).pass();
    expect(whyNotPossible(only.record, { kind: "leave_behind", batch: null })).toMatchObject({
      text: expect.stringContaining("has no batches"),
      next: expect.stringContaining("/mesos cancel"),
    });
  });

  test("keeps the roll open until the maintenance is known to be stored, and survives being stored itself (invariant 11)", () => {
    const site = missing(["web-01"]);
    site.decide(LEAVE);
    site.record = decodeMaintenance(JSON.parse(JSON.stringify(encodeMaintenance(site.record))));
    expect(site.record.leftBehind[0]?.opening?.machines).toEqual([machine("web-01")]);
    const [entry] = site.record.leftBehind;
    goThrough(site, ["b2", "b3"]);
    const open = { ...site.record, end: null };
    site.record = open;
    expect(site.settled().end?.phase).toBe("up");
    site.record = { ...open, leftBehind: entry === undefined ? [] : [entry] };
    expect(site.settled().end).toBeNull();
  });
});

describe("what is shown of machines that were left behind", () => {
  test("they count no more in the progress of the roll", () => {
    const before = progressOf(missing(["web-01"]).record);
    expect(before).toMatchObject({ batchesOver: 0, machines: 6 });
    expect(progressOf(left().record)).toMatchObject({ batchesOver: 1, machinesOver: 1, machines: 5 });
  });

  test("status, history and the hand-over record of the roll say where they are looked after", () => {
    const { record } = left();
    const where = "web-01 left behind, m-left1 waits for the agents there";
    expect(statusOfMaintenance(record, record.requestedAtMs).text).toContain(`${where}.`);
    expect(drawn(historyOf(record))).toContain("left behind: web-01; m-left1 waits for the agents there");
    expect(handOver(record, readerOf()).text).toContain(`## Left behind\n\n- ${where}`);
  });

  test("status, history and the hand-over record of their own maintenance say which one left them behind", () => {
    const site = left();
    const record = site.leftBehind();
    const nowMs = site.nowMs;
    expect(statusOfMaintenance(record, nowMs).text).toContain(
      "web-01 in prod, left behind by m-7k3q, asked for by <@U0ALICE>",
    );
    expect(drawn(statusOfCluster("prod", [site.record, record], site.world(), nowMs))).toMatch(
      /m-left1 +up +web-01 \(left by m-7k3q\)/,
    );
    const history = historyReply(keptOf(), [site.record, record], 0, nowMs);
    expect(history.text).toContain("2 maintenances, 2 of them open. Left behind by others: 1.");
    expect(drawn(history)).toMatch(/m-left1 .* up +left behind by/m);
    expect(handOver(record, readerOf()).text).toContain("- Left behind by: m-7k3q");
    // Habits are learnt from what the roll saw.
    expect(record.behaviour).toEqual([]);
  });
});

test("other people's windows stay while machines are left behind (invariant 1)", () => {
  const foreign = windowOn(["db-1"], 0, null);
  const site = new Site(racks(), BY_TWO, { foreign }).pass();
  site.approve("b1");
  site.pass();
  site.stopped.add("web-01-S0");
  site.decide({ kind: "up" });
  site.pass(MINUTE).pass().decide(LEAVE);
  const { posts } = site;
  site.pass(MINUTE).pass();
  expect(site.posts).toBe(posts);
  expect(site.schedule.windows).toContainEqual(foreign);
  expect(first(site.leftBehind()).phase).toBe("up");
});
