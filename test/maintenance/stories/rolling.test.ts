import { describe, expect, test } from "vitest";
import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import { endMs } from "../../../src/maintenance/cluster/schedule.js";
import { whyNotPossible } from "../../../src/maintenance/decisions/table.js";
import type { Roll } from "../../../src/maintenance/record/roll.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { nanosToMillis } from "../../../src/maintenance/time.js";
import { windowOf } from "../../../src/maintenance/window/edit.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { agent, answer, HOUR, MINUTE, machine, NOW, policyOf, task, windowOn } from "../../support/world.js";
import { racks, Site } from "../rolling/site.js";
import { lastEvent, news } from "../support/flow.js";

/** All windows are announced, though the six machines are all there are. */
const BY_TWO = { rule: { kind: "count", count: 2 }, canary: null, horizon: 3 } as const;

const ROLLING = { ...policyOf().rolling, approve: ["each"] } as const;

const startsOf = (site: Site) =>
  site.record.batches.map(({ window }) => (nanosToMillis(window.start) - NOW) / MINUTE);

/** Batch 1 of three is Down. */
function firstDown(parts: ConstructorParameters<typeof Site>[2] = {}): Site {
  const site = new Site(racks(), BY_TWO, parts);
  site.pass();
  site.approve("b1");
  return site.pass();
}

describe("a drain in batches", () => {
  test("all windows are posted in one post, one after another with a gap, and the first batch alone is asked about", () => {
    const site = new Site(racks(), BY_TWO).pass();
    expect(site.posts).toBe(1);
    expect(startsOf(site)).toEqual([0, 130, 260]);
    expect(site.schedule.windows.map(({ machines }) => machines.map(({ hostname }) => hostname))).toEqual([
      ["web-01", "web-02"],
      ["web-03", "web-04"],
      ["web-05", "web-06"],
    ]);
    expect(site.phases()).toBe("awaiting_approval draining draining");
  });

  test("a batch is asked about when the one before is up and its agents are back, and at its window's start", () => {
    const site = firstDown();
    expect(site.phases()).toBe("down draining draining");
    expect(site.decide({ kind: "ask_down", batch: "b2" })).toContain("batch 1 of 3 is not back yet");
    for (const { id } of racks().slice(0, 2)) site.stopped.add(id);
    site.decide({ kind: "up" });
    site.pass();
    expect(site.phases()).toBe("up draining draining");
    expect(site.decide({ kind: "ask_down", batch: "b2" })).toContain("not the turn of batch 2 of 3");
    site.stopped.clear();
    site.pass();
    expect(site.phases()).toBe("up draining draining");
    site.nowMs = NOW + 130 * MINUTE;
    expect(site.pass().phases()).toBe("up awaiting_approval draining");
  });

  test("the roll ends when the last batch is back", () => {
    const site = new Site(racks(), BY_TWO).pass();
    for (const id of ["b1", "b2", "b3"]) {
      site.approve(id);
      expect(site.pass().batch(id).phase).toBe("down");
      site.decide({ kind: "up" });
      site.pass(MINUTE);
    }
    site.pass(MINUTE).pass();
    expect(site.record.end?.phase).toBe("up");
    expect(site.schedule.windows).toEqual([]);
  });

  test("an approval given in its turn does not count out of it (invariant 5)", () => {
    const site = new Site(racks(), BY_TWO).pass();
    expect(site.approve("b2")).not.toContain("approved");
    expect(site.pass().phases()).toBe("awaiting_approval draining draining");
  });

  test("a question that stands is not approved while the batch before is not back (invariant 5)", () => {
    const site = firstDown();
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    site.decide({ kind: "ask_down", batch: "b2" }, "U0ALICE");
    const [first, ...rest] = site.record.batches;
    if (first?.phase !== "up") throw new Error("The first batch is not up.");
    site.stopped.add("web-01-S0");
    site.record = { ...site.record, batches: [{ ...first, returned: [] }, ...rest] };
    expect(site.approve("b2")).toContain("not the turn of batch 2 of 3");
    expect(site.batch("b2").phase).toBe("awaiting_approval");
  });

  test("a copy in a batch that is still to come keeps its app alive", () => {
    const site = new Site(racks(), BY_TWO);
    site.tasks.push(
      task("a1", "marathon", "web-01", { app: "/a" }),
      task("a2", "marathon", "web-05", { app: "/a" }),
    );
    site.pass().decide({ kind: "ask_down", batch: "b1" });
    expect(site.batch("b1").approvals.at(-1)?.seen.blast.lastCopies).toEqual([]);
  });
});

describe("the horizon of a drain in batches", () => {
  test("where more than half of the agents go the next two windows are posted, and that is said", () => {
    const site = new Site(racks(), { rule: { kind: "count", count: 1 }, canary: null }).pass();
    expect(site.phases()).toBe("awaiting_approval draining scheduled scheduled scheduled scheduled");
    expect(lastEvent(site.record, "note").text).toContain("the next 2 batches");
    site.approve("b1");
    site.pass().decide({ kind: "up" });
    site.pass();
    expect(site.phases()).toBe("up draining draining scheduled scheduled scheduled");
  });

  test("a window that is moved before it is posted takes no post, and is told without one", () => {
    const site = new Site(racks(), { ...BY_TWO, horizon: 1 }).pass();
    const { posts } = site;
    site.nowMs = nanosToMillis(site.batch("b2").window.start);
    expect(lastEvent(site.pass().record, "windows_moved")).toMatchObject({ posted: false });
    expect(site.posts).toBe(posts);
  });

  test("a batch whose window passed while it could not be posted gets another one, so that the roll goes on", () => {
    const site = new Site(racks(), { ...BY_TWO, horizon: 1 }).pass();
    site.approve("b1");
    site.pass().decide({ kind: "up" });
    site.decide({ kind: "hold", reason: null });
    site.pass().nowMs = NOW + 9 * HOUR;
    expect(site.pass().phases()).toBe("up scheduled scheduled");
    site.decide({ kind: "release" });
    expect(site.pass().phases()).toBe("up awaiting_approval scheduled");
    expect(site.record.trouble).toBeNull();
    const [, second, third] = site.record.batches.map(({ window }) => nanosToMillis(window.start));
    expect(second).toBe(NOW + 9 * HOUR);
    expect(third).toBe(NOW + 9 * HOUR + 130 * MINUTE);
  });

  test("a number that was typed holds", () => {
    const site = new Site(racks(), BY_TWO).pass();
    expect(site.phases()).toBe("awaiting_approval draining draining");
  });
});

describe("a batch that is late", () => {
  test("moves the windows after it in one post when the next would begin, and tells it; windows of others stay (invariants 1, 12)", () => {
    const foreign = windowOn(["db-1"], NOW, HOUR);
    const site = firstDown({ foreign });
    site.nowMs = NOW + 129 * MINUTE;
    expect(startsOf(site.pass())).toEqual([0, 130, 260]);
    const { posts } = site;
    site.nowMs = NOW + 130 * MINUTE;
    expect(startsOf(site.pass())).toEqual([0, 145, 275]);
    expect(site.posts).toBe(posts + 1);
    expect(lastEvent(site.record, "windows_moved")).toMatchObject({
      batches: ["b2", "b3"],
      byMs: 15 * MINUTE,
      posted: true,
    });
    expect(site.schedule.windows[0]).toEqual(foreign);
    expect(nanosToMillis(windowOf(site.schedule, machine("web-05"))?.start ?? 0n)).toBe(NOW + 275 * MINUTE);
  });

  test("the later it gets the further they move, so that posts stay few", () => {
    const site = firstDown();
    const { posts } = site;
    for (let minute = 130; minute <= 24 * 60; minute += 5) {
      site.nowMs = NOW + minute * MINUTE;
      site.pass();
    }
    expect(site.posts - posts).toBeLessThanOrEqual(8);
  });

  test("nothing moves while somebody holds it, nor a window that does not overlap", () => {
    const site = firstDown();
    site.decide({ kind: "hold", reason: null });
    site.nowMs = NOW + 3 * HOUR;
    expect(startsOf(site.pass())).toEqual([0, 130, 260]);
    site.decide({ kind: "release" });
    expect(startsOf(site.pass())).toEqual([0, 240, 370]);
  });

  test("an extension moves the windows after it along, in the same post", () => {
    const site = new Site(racks(), BY_TWO).pass();
    const { posts } = site;
    expect(site.decide({ kind: "extend", byMs: HOUR }, "U0ALICE")).toContain("move along");
    site.pass();
    expect(site.posts).toBe(posts + 1);
    expect(startsOf(site)).toEqual([0, 190, 320]);
    expect(endMs(site.batch("b1").window)).toBe(NOW + 3 * HOUR);
    expect(endMs(site.batch("b2").window)).toBe(NOW + 310 * MINUTE);
  });

  test("no window is moved outside the hours of the calendar", () => {
    const calendar = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 8 * 60, to: 14 * 60 + 15, timeZone: "UTC" }];
    const site = firstDown({ policy: { calendar } });
    expect(startsOf(site)).toEqual([0, 130, 20 * 60]);
    site.nowMs = NOW + 130 * MINUTE;
    expect(startsOf(site.pass())).toEqual([0, 20 * 60, 20 * 60 + 130]);
  });
});

describe("a cancel of a drain in batches", () => {
  test("gives back what is not Down and names what is, which goes on to its Up", () => {
    const site = firstDown();
    expect(site.decide({ kind: "cancel" })).toContain("not Down");
    site.pass();
    expect(site.phases()).toBe("down cancelled cancelled");
    expect(site.record.cancel).toBeNull();
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    expect(site.record.end?.phase).toBe("up");
  });

  test("an older list puts a cancelled batch back into an earlier window: it is taken out, and not moved", () => {
    const site = firstDown();
    const { schedule } = site;
    site.nowMs = NOW + 130 * MINUTE;
    site.pass().decide({ kind: "cancel" });
    site.pass();
    site.schedule = schedule;
    const { posts } = site;
    site.pass();
    expect(windowOf(site.schedule, machine("web-03"))).toBeNull();
    expect(site.posts).toBe(posts + 1);
  });

  test("a window of it that an old list puts back is taken out again while the rest goes on", () => {
    const site = firstDown();
    const { schedule } = site;
    site.decide({ kind: "cancel" });
    site.pass();
    site.schedule = schedule;
    site.pass();
    expect(windowOf(site.schedule, machine("web-03"))).toBeNull();
    expect(windowOf(site.schedule, machine("web-01"))).not.toBeNull();
  });
});

describe("a deadline of a drain in batches", () => {
  const deadline = { atMs: NOW + HOUR, then: "release", met: false, afterMs: HOUR } as const;

  test("is that of the batch whose turn it is, counted from the start of its window", () => {
    const site = firstDown({ deadline });
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    expect(site.record.deadline).toMatchObject({ batch: "b2", atMs: NOW + 190 * MINUTE, met: false });
  });

  test("gives back all that is not Down when it has passed", () => {
    const site = new Site(racks(), BY_TWO, { deadline });
    site.tasks.push(task("t1", "kafka", "web-01"));
    site.pass();
    site.nowMs = NOW + HOUR;
    site.pass(MINUTE).pass();
    expect(news(site.record)).toContain("deadline");
    expect(site.record.end?.phase).toBe("cancelled");
  });
});

describe("an approval for several batches", () => {
  const CANARY = { ...BY_TWO, canary: 1, horizon: 9, approve: "canary" } as const;

  /** The canary and the batch after it were approved, and are back; the next one is at its window's start. */
  function afterCanary(before: (site: Site) => void = () => undefined): Site {
    const site = new Site(racks(), CANARY);
    site.tasks.push(task("t1", "kafka", "web-02"), task("t2", "kafka", "web-03"));
    before(site);
    site.pass();
    for (const id of ["b1", "b2"]) {
      site.approve(id);
      site.pass().decide({ kind: "up" });
      site.pass(MINUTE).pass();
    }
    return site;
  }

  const atItsStart = (site: Site, id: string) => {
    site.nowMs = nanosToMillis(site.batch(id).window.start);
    return site.pass();
  };

  test("with canary the first batch has its own, and one after it is for all others, within limits that it shows", () => {
    const site = afterCanary();
    expect(site.batch("b1").approvals.at(-1)?.limits).toBeUndefined();
    expect(site.batch("b2").approvals.at(-1)?.limits).toMatchObject({
      batches: ["b2", "b3", "b4"],
      tasks: 2,
      machines: 2,
    });
    expect(atItsStart(site, "b3").batch("b3")).toMatchObject({
      phase: "down",
      approvals: [{ under: "b2a1", outcome: { kind: "granted", by: "U0CAROL" } }],
    });
    expect(lastEvent(site.record, "within_limits")).toMatchObject({ batch: "b3", approval: "b2a1" });
  });

  test("with once the first one is for all", () => {
    const site = new Site(racks(), { ...BY_TWO, approve: "once" }).pass();
    site.approve("b1");
    site.pass().decide({ kind: "up" });
    site.pass(MINUTE).pass();
    atItsStart(site, "b2");
    expect(site.batch("b2").phase).toBe("down");
  });

  test("a batch does not go down before its window begins, nor out of its turn", () => {
    const site = afterCanary();
    site.nowMs = nanosToMillis(site.batch("b3").window.start) - 1;
    expect(site.pass().phases()).toBe("up up draining draining");
    atItsStart(site, "b3");
    expect(site.phases()).toBe("up up down draining");
  });

  test.each<[string, (site: Site) => void, string]>([
    [
      "more tasks than were approved",
      (site) => site.tasks.push(...[1, 2, 3].map((n) => task(`x${n}`, "spark", "web-04"))),
      "3 tasks would be lost, and 2 were approved",
    ],
    [
      "a last running copy",
      (site) => site.tasks.push(task("only", "marathon", "web-04")),
      "last running copies of only",
    ],
  ])("%s: the batch is asked about alone, and says why (invariant 5)", (_, happens, why) => {
    const site = afterCanary((early) =>
      early.tasks.push(task("c1", "kafka", "web-06"), task("c2", "kafka", "web-06")),
    );
    happens(site);
    site.answers = { "web-04": ["kafka", "spark", "marathon"].map((name) => answer(name, "accept")) };
    atItsStart(site, "b3").nowMs += HOUR;
    site.pass();
    expect(site.batch("b3").phase).toBe("awaiting_approval");
    expect(site.batch("b3").approvals.at(-1)?.limits).toBeUndefined();
    expect(lastEvent(site.record, "paused")).toMatchObject({
      rule: "outside_limits",
      batch: "b3",
      saw: expect.stringContaining(why),
    });
  });

  test("what goes down under it goes down before its end, however late the call is (invariant 5)", () => {
    const site = new Site(racks(), { ...BY_TWO, approve: "once" }).pass();
    const { untilMs } = site.batch("b1").approvals.at(-1)?.limits ?? { untilMs: 0 };
    site.approve("b1");
    site.pass();
    site.nowMs = untilMs - 10 * MINUTE;
    // Moves the windows after it behind the end of the approval.
    site.pass().decide({ kind: "up" });
    site.pass().pass();
    site.nowMs = untilMs - 1;
    const { schedule } = site;
    const start = nanosToMillis(site.batch("b2").window.start);
    expect(start).toBeGreaterThan(untilMs);
    Object.assign(site.policy.rolling, { earlyMs: 24 * HOUR });
    const granted = site.look();
    expect(granted.effects).toMatchObject([{ kind: "start_maintenance", batch: "b2" }]);
    // The call never reached the master.
    site.record = granted.record;
    site.schedule = schedule;
    site.nowMs = untilMs + MINUTE;
    site.pass();
    expect(site.batch("b2").phase).toBe("awaiting_approval");
    expect(site.down.size).toBe(0);
  });

  test("a denied question for all is no approval for any", () => {
    const site = new Site(racks(), { ...BY_TWO, approve: "once" }).pass();
    site.decide({ kind: "deny", batch: "b1", approval: "b1a1", reason: null }, "U0CAROL");
    expect(site.pass(HOUR).pass().phases()).toBe("draining draining draining");
  });

  test("more votes than it got are asked for anew (invariant 6)", () => {
    const site = afterCanary();
    Object.assign(site.policy, { votes: 2 });
    expect(atItsStart(site, "b3").batch("b3").phase).toBe("awaiting_approval");
  });

  test("what the policy does not allow is refused with what it does", () => {
    const policy = { rolling: ROLLING };
    const site = new Site(racks(), { ...BY_TWO, approve: "once" }, { policy });
    expect(site.record.end?.why).toContain("rolling.approve allows --approve each, and not --approve once");
  });
});

describe("a batch that is empty before its window begins", () => {
  /** The first batch is back long before the second one's window. */
  function back(earlyMs: number, approve: "each" | "once", tasks: readonly string[] = []): Site {
    const policy = policyOf({ rolling: { ...policyOf().rolling, earlyMs } });
    const site = new Site(racks(), { ...BY_TWO, approve }, { policy });
    site.tasks.push(...tasks.map((host) => task(`on-${host}`, "marathon", host)));
    site.pass().approve("b1");
    site.pass().decide({ kind: "up" });
    return site.pass(MINUTE).pass();
  }

  test("goes down at once, inside of approved limits, where the policy takes that", () => {
    const site = back(24 * HOUR, "once");
    expect(site.phases()).toBe("up down draining");
    expect(startsOf(site)).toEqual([0, 130, 260]);
  });

  test("is asked about at once where each is approved by itself", () => {
    expect(back(24 * HOUR, "each").phases()).toBe("up awaiting_approval draining");
  });

  test("waits for its window where the policy says nothing of it, or not as early", () => {
    expect(back(0, "once").phases()).toBe("up draining draining");
    expect(back(HOUR, "once").phases()).toBe("up draining draining");
  });

  test("waits for its window while a task is left, whose framework was told of that time", () => {
    const site = back(24 * HOUR, "once", ["web-03"]);
    expect(site.phases()).toBe("up draining draining");
    site.tasks.splice(0);
    expect(site.pass().phases()).toBe("up down draining");
  });

  test("is not empty while an agent of it is away, so it waits as well (invariant 13)", () => {
    const site = back(24 * HOUR, "once", ["web-03"]);
    site.tasks.splice(0);
    site.stopped.add("web-04-S0");
    expect(site.pass().phases()).toBe("up draining draining");
    site.stopped.clear();
    expect(site.pass().phases()).toBe("up down draining");
  });
});

describe("a rule that stops a drain in batches", () => {
  /** The first batch is back, and a framework with tasks refuses to leave the second, whose window begins. */
  function refusing(resume: "ask" | "auto" = "ask"): Site {
    const site = new Site(racks(), BY_TWO, { policy: { rolling: { ...ROLLING, resume } } });
    site.tasks.push(task("k1", "kafka", "web-03"), task("k2", "kafka", "web-05"));
    site.pass().approve("b1");
    site.pass().decide({ kind: "up" });
    site.pass(MINUTE).pass();
    site.answers = { "web-03": [answer("kafka", "decline")] };
    site.nowMs = nanosToMillis(site.batch("b2").window.start) + 30 * MINUTE;
    return site.pass();
  }

  test("names itself and what it saw, once, and nothing is asked or approved", () => {
    const site = refusing();
    expect(site.record.paused).toMatchObject({ rule: "refused", batch: "b2", saw: "kafka refused to leave" });
    expect(site.batch("b2").phase).toBe("draining");
    expect(site.decide({ kind: "ask_down", batch: "b2" })).toContain("is paused: kafka refused");
    site.pass(MINUTE).pass();
    expect(news(site.record).filter((kind) => kind === "paused")).toHaveLength(1);
  });

  test("Go on asks about the batch in spite of it, and the same sight does not stop it again", () => {
    const site = refusing();
    expect(site.decide({ kind: "go_on", batch: null })).toContain("in spite of it");
    expect(site.pass().phases()).toBe("up awaiting_approval draining");
    site.approve("b2");
    expect(site.pass().batch("b2").phase).toBe("down");
  });

  test("nothing goes down while it is paused, whoever approves, and its deadline waits (invariant 5)", () => {
    const site = refusing();
    const { paused } = site.record;
    site.decide({ kind: "go_on", batch: null });
    site.pass();
    site.record = {
      ...site.record,
      paused,
      deadline: { atMs: NOW, then: "release", met: false, afterMs: 0, batch: "b2" },
    };
    expect(site.approve("b2")).toContain("is paused: kafka refused");
    site.pass();
    expect(site.phases()).toBe("up awaiting_approval draining");
    expect(site.record.cancel).toBeNull();
  });

  test("it is not paused any more when somebody else takes the batch Down", () => {
    const site = refusing();
    for (const host of ["web-03", "web-04"]) site.down.add(machineKey(machine(host)));
    site.pass();
    expect(site.batch("b2").phase).toBe("down");
    site.pass();
    expect(site.record.paused).toBeNull();
  });

  describe("machines of somebody else that are Down", () => {
    /** Six machines in zone z1, and one of somebody else in a window that has begun. */
    function beside(zone: string | undefined): Site {
      const zoned = racks().map((one) => ({ ...one, zone: "z1" }));
      const theirs = zone === undefined ? [] : [agent("db-09", { zone }), agent("db-10", { zone })];
      const foreign = windowOn(["db-09", "db-10"], NOW - HOUR, 99 * HOUR);
      const site = new Site(zoned, BY_TWO, { foreign, beside: theirs });
      site.pass().approve("b1");
      site.pass().decide({ kind: "up" });
      site.pass(MINUTE).pass();
      site.othersDown.add("db-09");
      site.nowMs = nanosToMillis(site.batch("b2").window.start) + 30 * MINUTE;
      return site.pass();
    }

    test("stop a batch of the same zone, which the master does not say any more", () => {
      expect(beside("z1").record.paused).toMatchObject({
        rule: "others_down",
        saw: "somebody else has 1 machine (db-09) Down in z1",
      });
    });

    test("stop it too where nobody knows in which zone they are (invariant 13)", () => {
      expect(beside(undefined).record.paused?.saw).toContain("nobody knows in which zone");
    });

    test("stop it again when there are more than a person went on with", () => {
      const site = beside("z1");
      site.decide({ kind: "go_on", batch: null });
      site.othersDown.add("db-10");
      expect(site.pass().record.paused?.saw).toContain("2 machines (db-09, db-10)");
    });

    test("stop nothing in another zone", () => {
      expect(beside("z2").record.paused).toBeNull();
    });

    test("stop it too where they are of a batch that is back, or of one that is still to come, in whatever zone", () => {
      for (const [hostname, saw] of [
        ["web-01", "somebody else has 1 machine (web-01) of batch 1 of 3 Down"],
        ["web-05", "somebody else has 1 machine (web-05) of batch 3 of 3 Down"],
      ] as const) {
        const site = new Site(racks(), BY_TWO);
        site.pass().approve("b1");
        site.pass().decide({ kind: "up" });
        site.pass(MINUTE).pass();
        const { windows } = site.schedule;
        if (hostname === "web-01")
          site.schedule = { windows: [...windows, windowOn([hostname], NOW + HOUR, 99 * HOUR)] };
        site.othersDown.add(hostname);
        site.nowMs = nanosToMillis(site.batch("b2").window.start) + 30 * MINUTE;
        expect(site.pass().record.paused).toMatchObject({ rule: "others_down", saw });
      }
    });
  });

  test("who may not approve may not go on", () => {
    const site = refusing();
    Object.assign(site.policy, { approvers: ["U0CAROL"] });
    expect(site.decide({ kind: "go_on", batch: null }, "U0EVE")).toContain("Who may go on");
    expect(site.record.paused).not.toBeNull();
    site.decide({ kind: "go_on", batch: null }, "U0CAROL");
    expect(site.record.paused).toBeNull();
  });

  test.each(["ask", "auto"] as const)(
    "when what it saw is over it goes on by itself only with resume: %s",
    (resume) => {
      const site = refusing(resume);
      site.answers = {};
      site.tasks.length = 0;
      site.pass(MINUTE).pass();
      expect(site.phases()).toBe(
        resume === "auto" ? "up awaiting_approval draining" : "up draining draining",
      );
    },
  );

  test("silence stops it at the window's start, and who goes on with it once is not asked before every batch", () => {
    const site = new Site(racks(), BY_TWO);
    site.tasks.push(...["web-03", "web-05"].map((on) => task(`s-${on}`, "spark", on)));
    site.pass().approve("b1");
    site.pass().decide({ kind: "up" });
    site.pass(MINUTE).pass();
    site.nowMs = nanosToMillis(site.batch("b2").window.start) + 30 * MINUTE;
    expect(site.pass().record.paused?.saw).toBe("spark has tasks there and has not answered");
    site.decide({ kind: "go_on", batch: null });
    site.pass().approve("b2");
    site.pass().decide({ kind: "up" });
    site.pass(MINUTE).pass();
    site.nowMs = nanosToMillis(site.batch("b3").window.start) + 30 * MINUTE;
    expect(site.pass().phases()).toBe("up up awaiting_approval");
  });

  test("Skip gives the batch back in one post, without Down, and it is the turn of the next", () => {
    const site = refusing();
    const { posts } = site;
    site.decide({ kind: "skip", batch: null });
    site.pass();
    expect(site.phases()).toBe("up cancelled draining");
    expect(site.posts).toBe(posts + 1);
    expect(windowOf(site.schedule, machine("web-03"))).toBeNull();
    site.approve("b3");
    site.pass().decide({ kind: "up" });
    site.pass(MINUTE).pass();
    expect(site.record.end?.phase).toBe("up");
  });

  test("a second click on Skip of a batch does not skip the next one (invariant 7)", () => {
    const site = refusing();
    const click = { kind: "skip", batch: "b2" } as const;
    site.decide(click);
    expect(site.decide(click)).toContain("being given back already");
    site.pass();
    expect(site.decide(click)).toContain("batch 2 of 3 is settled already");
    expect(site.pass().phases()).toBe("up cancelled draining");
  });

  test("Skip withdraws the question of the batch, and there is nothing to skip once it is being taken down", () => {
    const site = new Site(racks(), BY_TWO).pass();
    site.decide({ kind: "skip", batch: null });
    expect(site.batch("b1").approvals.at(-1)?.outcome).toMatchObject({ kind: "withdrawn", why: "skipped" });
    expect(site.pass().phases()).toBe("cancelled draining draining");
    expect(firstDown().decide({ kind: "skip", batch: null })).toContain("not possible");
  });
});

describe("what a person is told who decides on batches", () => {
  test("Skip of the last batch does not speak of a next one", () => {
    const site = new Site(racks(), BY_TWO).pass();
    const skip = () => site.decide({ kind: "skip", batch: null });
    expect(skip()).toMatch(/the next batch goes on\.$/);
    site.pass(MINUTE).pass();
    skip();
    site.pass(MINUTE).pass();
    expect(skip()).toMatch(/batch 3 of 3 is given back .*; no other batch is to come\.$/);
  });

  test("Skip of a batch that is up names what helps", () => {
    const site = firstDown();
    site.stopped.add("web-01-S0");
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    expect(whyNotPossible(site.record, { kind: "skip", batch: null })).toMatchObject({
      text: expect.stringMatching(/batch 1 of 3 is up and waits for its agents, so it cannot be skipped/),
      next: expect.stringMatching(/\/mesos leave-behind m-/),
    });
  });

  test("while it is held nobody is told that it goes on now", () => {
    const held = (site: Site) => {
      site.decide({ kind: "hold", reason: null }, "U0CAROL");
      return site;
    };
    const skipped = held(new Site(racks(), BY_TWO).pass()).decide({ kind: "skip", batch: null });
    expect(skipped).toContain("the next batch goes on once it is released");
    const site = firstDown();
    site.stopped.add("web-01-S0");
    site.decide({ kind: "up" });
    site.pass(11 * MINUTE).pass();
    const { record } = held(site);
    expect(site.decide({ kind: "go_on", batch: null })).toMatch(
      /goes on with batch 2 of 3 once it is released in/,
    );
    site.record = record;
    expect(site.decide({ kind: "leave_behind", batch: null })).toContain(
      "goes on once it is released without",
    );
  });

  test("down for a batch whose turn is still to come names Up while the one before is Down", () => {
    expect(whyNotPossible(firstDown().record, { kind: "ask_down", batch: "b2" })?.next).toMatch(
      /Bring that up when its work is done: \/mesos up m-/,
    );
    const asked = new Site(racks(), BY_TWO).pass();
    expect(whyNotPossible(asked.record, { kind: "ask_down", batch: "b2" })?.next).not.toContain("/mesos up");
  });

  test("a cancel when every batch that went is back does not say that anything goes on", () => {
    const site = firstDown();
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    site.decide({ kind: "cancel" });
    site.pass();
    expect(lastEvent(site.record, "note").text).toBe("What was not Down is given back.");
  });

  test("Go on and Release each point to the other where that one is meant", () => {
    const site = firstDown();
    site.stopped.add("web-01-S0");
    site.decide({ kind: "up" });
    site.pass(11 * MINUTE).pass();
    expect(whyNotPossible(site.record, { kind: "release" })?.next).toContain("/mesos go-on");
    site.decide({ kind: "go_on", batch: null });
    site.decide({ kind: "hold", reason: null });
    expect(whyNotPossible(site.record, { kind: "go_on", batch: null })?.next).toContain("/mesos release");
  });
});

describe("a window of a later batch that somebody else takes out", () => {
  const foreign = windowOn(["db-09"], NOW - HOUR, 99 * HOUR);

  function withoutWindow(site: Site, hostname: string): Site {
    const windows = site.schedule.windows.map((one) => ({
      ...one,
      machines: one.machines.filter((each) => each.hostname !== hostname),
    }));
    site.schedule = { windows: windows.filter(({ machines }) => machines.length > 0) };
    return site.pass();
  }

  test("does not hide what the batch waits for whose turn it is, which can be overridden", () => {
    const budgets = [{ kind: "machines", most: { kind: "count", count: 2 }, hours: [] }] as const;
    const site = new Site(racks(), BY_TWO, { foreign, policy: { budgets } }).pass();
    expect(site.record.trouble?.code).toBe("over_budget");
    expect(withoutWindow(site, "web-05").record.trouble?.code).toBe("over_budget");
    expect(site.decide({ kind: "override", reason: "it cannot wait" })).toContain("batch 1 of 3");
    expect(site.pass().record.trouble?.code).toBe("window_changed");
    expect(site.phases()).toBe("awaiting_approval draining draining");
  });

  test("is posted again without a word about the other batches, whose question stands", () => {
    const site = withoutWindow(new Site(racks(), BY_TWO, { foreign }).pass(), "web-05");
    expect(site.record.trouble?.code).toBe("window_changed");
    const before = site.record;
    site.decide({ kind: "retry" });
    site.pass();
    expect(site.phases()).toBe("awaiting_approval draining draining");
    expect(site.record.trouble).toBeNull();
    expect(news(site.record, before).filter((kind) => kind === "scheduled")).toHaveLength(1);
    expect(site.batch("b1").approvals).toMatchObject([{ id: "b1a1", outcome: null }]);
  });
});

describe("the start of a window in a drain in batches", () => {
  test("is announced once for each batch, 15 minutes before its own", () => {
    const site = firstDown();
    const told = () =>
      site.record.events.flatMap((event) =>
        event.kind === "window_starts_soon" ? [[event.batch, (event.startMs - NOW) / MINUTE]] : [],
      );
    expect(told()).toEqual([]);
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    for (const minutes of [114, 115, 120, 245, 250]) {
      site.nowMs = NOW + minutes * MINUTE;
      site.pass();
      if (minutes === 120) {
        site.approve("b2");
        site.pass().decide({ kind: "up" });
        site.pass();
      }
    }
    expect(told()).toEqual([
      ["b2", 130],
      ["b3", 260],
    ]);
  });
});

describe("an agent of a batch that waits for its turn", () => {
  /** The last of six batches is not announced yet. */
  const waiting = () =>
    new Site(racks(), { rule: { kind: "count", count: 1 }, canary: null, horizon: 2 }).pass();

  test("that leaves the cluster is told, also while the window of its batch is not posted, and so is its return (invariant 13)", () => {
    const site = waiting();
    expect(site.batch("b6").phase).toBe("scheduled");
    site.tasks.push(task("t1", "marathon", "web-06"));
    site.pass();
    const before = site.record;
    site.stopped.add("web-06-S0");
    site.pass(MINUTE).pass();
    expect(news(site.record, before)).toEqual(["agents_away"]);
    expect(lastEvent(site.record, "agents_away")).toMatchObject({ machines: ["web-06"], tasks: 1 });
    expect(site.batch("b6").agents).toMatchObject([{ id: "web-06-S0" }]);
    site.stopped.clear();
    site.pass();
    expect(lastEvent(site.record, "agents_registered").machines).toEqual(["web-06"]);
  });

  test("that is away is shown on the card and in status until it is back", () => {
    const site = waiting();
    site.stopped.add("web-06-S0");
    site.pass();
    expect(JSON.stringify(renderCard(site.record, site.nowMs))).toContain(
      "the master no longer shows the agents of 1 machine",
    );
    expect(statusOfMaintenance(site.record, site.nowMs).text).toContain(
      "What runs on web-06 has been unknown",
    );
  });
});

describe("a drain in batches that is held", () => {
  test("gives a batch back that is skipped, at once, and takes nothing out of service until it is released", () => {
    const site = firstDown();
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    site.decide({ kind: "hold", reason: null });
    site.decide({ kind: "skip", batch: null });
    site.nowMs = nanosToMillis(site.batch("b3").window.start) + HOUR;
    expect(site.pass().phases()).toMatch(/^up cancelled draining$/);
    expect(site.schedule.windows).toHaveLength(1);
    site.decide({ kind: "release" });
    expect(site.pass().batch("b3").phase).toBe("awaiting_approval");
  });
});

describe("how a drain in batches is planned", () => {
  test("by rack and with a canary", () => {
    const site = new Site(racks(), { rule: { kind: "attribute", name: "Rack" }, canary: 1 });
    expect(site.record.batches.map(({ machines }) => machines.length)).toEqual([1, 1, 2, 2]);
  });

  test("machines without the attribute are named, and nothing is posted", () => {
    const site = new Site([...racks(), agent("web-09")], {
      rule: { kind: "attribute", name: "rack" },
      canary: null,
    });
    expect(site.record.end?.why).toContain("no attribute rack of 1 machine: web-09");
  });

  test("more machines in a batch than there are is one batch, and that is said", () => {
    const site = new Site(racks(), { rule: { kind: "count", count: 9 }, canary: null });
    expect(site.record.batches).toHaveLength(1);
    expect(lastEvent(site.record, "note").text).toContain("--batch 9 is more than the 6 machines");
  });

  test.each([
    [undefined, "All 3 windows are announced at once, so frameworks may leave all 6 machines from now on"],
    [3, "All 3 windows are announced at once"],
    [
      1,
      "The windows of one batch are announced at a time: frameworks are asked to leave no other machines yet.",
    ],
    [2, "The windows of the next 2 batches are announced at a time"],
  ])(
    "with a horizon of %s it is said when frameworks are asked to leave which machines",
    (horizon, words) => {
      const spare = Array.from({ length: 9 }, (_, at) => agent(`spare-${at}`));
      const roll = {
        rule: { kind: "count", count: 2 } as const,
        canary: null,
        ...(horizon === undefined ? {} : { horizon }),
      };
      const site = new Site(racks(), roll, { beside: spare });
      const notes = site.record.events.flatMap((event) => (event.kind === "note" ? [event.text] : []));
      expect(notes.join("\n")).toContain(words);
    },
  );

  test("batches and a canary that cannot be as large as was asked for say why", () => {
    const zoned = racks().map((one, at) => ({ ...one, zone: at % 2 === 0 ? "a" : "b", region: "eu" }));
    const notesOf = (roll: Roll) =>
      new Site(zoned, roll, { beside: [agent("db-1")] }).record.events.flatMap((event) =>
        event.kind === "note" && !event.text.includes("announced") ? [event.text] : [],
      );
    const why =
      "machines of one batch are of one zone, and have no more copies of an app than may go together.";
    expect(notesOf({ rule: { kind: "count", count: 5 }, canary: null, horizon: 9 })).toEqual([
      `No batch has 5 machines, the largest has 3: ${why}`,
    ]);
    expect(notesOf({ rule: { kind: "count", count: 1 }, canary: 4, horizon: 9 })).toEqual([
      `The canary is 3 machines and not 4: ${why}`,
    ]);
    expect(notesOf({ rule: { kind: "count", count: 3 }, canary: null, horizon: 9 })).toEqual([]);
  });

  test("apps that cannot be spread are named batch by batch, and not where all machines go together", () => {
    const tasks = ["web-01", "web-02", "web-03", "web-04"].map((host, at) =>
      task(`t${at}`, "marathon", host, { app: at < 2 ? "/a" : "/b" }),
    );
    tasks.push(
      task("t5", "marathon", "web-01", { app: "/c" }),
      task("t6", "marathon", "web-02", { app: "/c" }),
    );
    const site = new Site(racks(), { rule: { kind: "attribute", name: "rack" }, canary: null }, { tasks });
    expect(site.record.events).toContainEqual(
      expect.objectContaining({
        text: "Not all could be spread: batch 1 takes all running copies of /a, /c; batch 2 takes all running copies of /b.",
      }),
    );
    const flat = racks().map((one) => ({ ...one, attributes: [{ name: "rack", value: "r1" }] }));
    const one = new Site(flat, { rule: { kind: "attribute", name: "rack" }, canary: null }, { tasks });
    expect(one.record.batches).toHaveLength(1);
    expect(JSON.stringify(one.record.events)).not.toContain("could be spread");
  });

  test.each([
    {
      title: "5,000 machines",
      machines: 5_000,
      tasks: 0,
      by: 50,
      why: "at most 1000 machines",
      found: "5000 machines",
    },
    {
      title: "5,000 machines, one by one",
      machines: 5_000,
      tasks: 0,
      by: 1,
      why: "at most 1000 machines",
      found: "5000 machines",
    },
    {
      title: "more tasks than a record holds",
      machines: 500,
      tasks: 21,
      by: 50,
      why: "at most 10000 tasks",
      found: "10500 tasks",
    },
    {
      title: "a thousand batches",
      machines: 1_000,
      tasks: 0,
      by: 1,
      why: "at most 200 batches",
      found: "would be 1000",
    },
  ])("$title are refused with the bound, and nothing is posted", ({ machines, tasks, by, why, found }) => {
    const { end, events, batches } = manyMachines(machines, tasks, by).record;
    expect(end?.why).toContain(why);
    expect(end?.why).toContain(found);
    expect(end?.why).toContain("No window was posted.");
    expect(batches).toEqual([]);
    expect(events.findLast(({ kind }) => kind === "failed")).toHaveProperty(
      "next",
      expect.stringMatching(/^(Name|Ask for) .*\.$/),
    );
  });

  test("1,000 machines with 10,000 tasks in 200 batches are planned and posted in one post", () => {
    const site = manyMachines(1_000, 10, 5).pass();
    expect(site.record.batches).toHaveLength(200);
    expect(site.posts).toBe(1);
    expect(new Set(site.record.batches.map(({ phase }) => phase))).toEqual(new Set(["draining"]));
  });

  test("windows that reach further than they may are refused with the sum", () => {
    const policy = { rolling: { ...ROLLING, gapMs: 0, maxSpanMs: 5 * HOUR } };
    const site = new Site(racks(), BY_TWO, { policy });
    expect(site.record.end?.why).toContain("3 windows of 2 h with 0 s between take 6 h");
  });

  test("the sum of windows that reach too far says that they also wait for the hours of the calendar", () => {
    const calendar = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 8 * 60, to: 14 * 60, timeZone: "UTC" }];
    const rolling = { ...policyOf().rolling, maxSpanMs: 10 * HOUR };
    const site = new Site(racks(), BY_TWO, { policy: { calendar, rolling } });
    expect(site.record.end?.why).toMatch(
      /3 windows of 2 h with 10 m between, begun only in the hours of clusters\.prod\.calendar, take 1 d 10 m/,
    );
  });

  test("a batch that would begin outside the hours is refused where the policy says so", () => {
    const calendar = [{ days: [0, 1, 2, 3, 4, 5, 6], from: 8 * 60, to: 14 * 60, timeZone: "UTC" }];
    const rolling = { ...ROLLING, gapMs: 0, outsideHours: "refuse" } as const;
    const site = new Site(racks(), BY_TWO, { policy: { calendar, rolling } });
    expect(site.record.end?.why).toContain("batch 2 would begin Tue 2026-10-20 14:00 UTC");
  });
});

/** A site of so many machines with so many tasks on each, in batches of so many. */
function manyMachines(machines: number, tasks: number, count: number): Site {
  const hosts = Array.from({ length: machines }, (_, at) => `web-${at + 1}`);
  const agents = hosts.map((host, at) =>
    agent(host, { machine: machine(host, `10.1.${at >> 8}.${at & 255}`) }),
  );
  const roll = { rule: { kind: "count", count }, canary: null, horizon: machines } as const;
  const policy = { rolling: { ...policyOf().rolling, maxSpanMs: Number.MAX_SAFE_INTEGER } };
  const site = new Site(agents, roll, { policy });
  for (const host of hosts) {
    for (let at = 0; at < tasks; at++) site.tasks.push(task(`${host}.${at}`, "marathon", host));
  }
  site.record = { ...site.record, batches: [], events: [], end: null };
  site.replan();
  return site;
}
