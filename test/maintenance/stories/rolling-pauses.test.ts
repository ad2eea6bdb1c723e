import { describe, expect, test } from "vitest";
import type { TaskEnd } from "../../../src/maintenance/cluster/world.js";
import { statusOfMaintenance } from "../../../src/maintenance/show/status.js";
import { nanosToMillis } from "../../../src/maintenance/time.js";
import { windowOf } from "../../../src/maintenance/window/edit.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { drawn } from "../../support/drawn.js";
import { answer, HOUR, MINUTE, machine, NOW, policyOf, task, windowOn } from "../../support/world.js";
import { racks, Site } from "../rolling/site.js";
import { lastEvent, news } from "../support/flow.js";

/** All windows are announced, though the six machines are all there are. */
const BY_TWO = { rule: { kind: "count", count: 2 }, canary: null, horizon: 3 } as const;

const MODES = ["ask", "auto"] as const;

function siteOf(
  resume: (typeof MODES)[number] = "ask",
  parts: Partial<ConstructorParameters<typeof Site>[1]> = {},
) {
  const { rolling } = policyOf();
  return new Site(racks(), { ...BY_TWO, ...parts }, { policy: { rolling: { ...rolling, resume } } });
}

const countOf = (site: Site, kind: ReturnType<typeof news>[number]) =>
  news(site.record).filter((one) => one === kind).length;

/** The batch goes down, and is asked to come back; these agents do not register again by themselves. */
function downAndUp(site: Site, id: string, stopped: readonly string[] = []): Site {
  site.approve(id);
  site.pass();
  for (const agent of stopped) site.stopped.add(agent);
  site.decide({ kind: "up" });
  return site.pass(MINUTE).pass();
}

const atItsStart = (site: Site, id: string) => {
  site.nowMs = nanosToMillis(site.batch(id).window.start);
  return site.pass();
};

describe("an agent that is not back in time", () => {
  /** Batch 1 is up, and these agents of it have not registered again when `agent_return` is over. */
  function missing(resume: (typeof MODES)[number] = "ask", ids = ["web-01-S0"]): Site {
    const site = siteOf(resume).pass();
    downAndUp(site, "b1", ids).nowMs += 9 * MINUTE;
    return site.pass();
  }

  test("pauses the next batch, by name and with the machines, told once and in the place of another message", () => {
    const site = missing();
    const saw = "1 agent of batch 1 of 3 has not registered again within 10 m after Up: web-01";
    expect(site.record.paused).toMatchObject({ rule: "not_back", batch: "b2", saw });
    expect(lastEvent(site.record, "paused")).toMatchObject({ rule: "not_back", batch: "b2", saw });
    site.pass(MINUTE).pass(MINUTE).pass();
    expect(countOf(site, "paused")).toBe(1);
    expect(countOf(site, "agents_missing")).toBe(0);
    expect(site.decide({ kind: "ask_down", batch: "b2" })).toContain("is paused: 1 agent of batch 1");
  });

  test("card and status name both ways on, and status the batch of each machine", () => {
    const { record, nowMs } = missing();
    expect(JSON.stringify(renderCard(record, nowMs))).toContain(
      "Nothing goes down until somebody presses Go on or Leave behind.",
    );
    const reply = statusOfMaintenance(record, nowMs);
    const { text } = reply;
    expect(text).toContain("it goes on after /mesos go-on m-7k3q or /mesos leave-behind m-7k3q.");
    expect(drawn(reply)).toMatch(/^BATCH {2}MACHINE .*\n {4}2 {2}web-03 /);
  });

  test("does not pause it while there is time", () => {
    const site = siteOf().pass();
    downAndUp(site, "b1", ["web-01-S0"]).nowMs += 9 * MINUTE - 1;
    expect(site.pass().record.paused).toBeNull();
  });

  test("Go on lets the next batch go without them, and at its end the maintenance still waits for them (invariant 11)", () => {
    const site = missing();
    expect(site.decide({ kind: "go_on", batch: "b1" })).toContain("in spite of it");
    atItsStart(site, "b2");
    expect(site.phases()).toBe("up awaiting_approval draining");
    downAndUp(site, "b2");
    downAndUp(site, "b3");
    expect(site.record.paused).toBeNull();
    expect(site.record.end).toBeNull();
    site.stopped.clear();
    site.pass(MINUTE).pass();
    expect(site.record.end?.phase).toBe("up");
  });

  test("of a later batch pauses again, whoever went on before", () => {
    const site = missing();
    site.decide({ kind: "go_on", batch: null });
    downAndUp(atItsStart(site, "b2"), "b2", ["web-03-S0"]).nowMs += 9 * MINUTE;
    expect(site.pass().record.paused).toMatchObject({ rule: "not_back", batch: "b3" });
    expect(site.record.paused?.saw).not.toContain("web-01");
  });

  test("Leave behind ends the pause, and the next batch goes on", () => {
    const site = missing();
    site.decide({ kind: "leave_behind", batch: null });
    expect(site.record.paused).toBeNull();
    expect(atItsStart(site, "b2").batch("b2").phase).toBe("awaiting_approval");
  });

  test.each(MODES)("that comes back ends the rule: with resume %s", (resume) => {
    const site = missing(resume);
    site.stopped.clear();
    site.pass();
    if (resume === "auto") {
      expect(site.record.paused).toBeNull();
      expect(lastEvent(site.record, "went_on")).toMatchObject({ rule: "not_back", by: null });
    } else {
      expect(site.record.paused).toMatchObject({ rule: "not_back", isOver: true });
      expect(atItsStart(site, "b2").batch("b2").phase).toBe("draining");
      expect(site.decide({ kind: "go_on", batch: null })).toContain("what stopped it is over");
    }
    expect(atItsStart(site, "b2").batch("b2").phase).toBe("awaiting_approval");
  });

  test("of several, some come back: what is shown is of now, without another message", () => {
    const site = missing("ask", ["web-01-S0", "web-02-S0"]);
    expect(site.record.paused?.saw).toContain("2 agents of batch 1 of 3 have");
    site.stopped.delete("web-01-S0");
    expect(site.pass().record.paused?.saw).toContain("after Up: web-02");
    expect(countOf(site, "paused")).toBe(1);
  });

  test("of the last batch pauses nothing, and is told as before", () => {
    // A window of others shows that windows are seen when ours are gone.
    const site = new Site(racks(), BY_TWO, { foreign: windowOn(["db-1"], NOW, null) }).pass();
    for (const id of ["b1", "b2"]) downAndUp(site, id);
    downAndUp(site, "b3", ["web-05-S0"]).nowMs += 9 * MINUTE;
    expect(site.pass().record.paused).toBeNull();
    expect(lastEvent(site.record, "agents_missing").machines).toEqual(["web-05"]);
  });
});

describe("more tasks than were approved", () => {
  const more = (site: Site) => site.tasks.push(...[1, 2].map((n) => task(`x${n}`, "spark", "web-03")));

  /** One task with each batch was approved for all; batch 2 has two more when it is its time. */
  function outside(resume: (typeof MODES)[number] = "ask"): Site {
    const site = siteOf(resume, { approve: "once" });
    site.tasks.push(...["web-01", "web-03", "web-05"].map((on) => task(`k-${on}`, "kafka", on, { app: on })));
    site.tasks.push(
      ...["web-01", "web-03", "web-05"].map((on) => task(`c-${on}`, "kafka", on, { app: "c" })),
    );
    site.answers = Object.fromEntries(
      ["web-01", "web-03", "web-05"].map((on) => [
        on,
        [answer("kafka", "accept"), answer("spark", "accept")],
      ]),
    );
    downAndUp(site.pass(), "b1");
    site.tasks.splice(0, site.tasks.length, ...site.tasks.filter(({ id }) => id.startsWith("c-")));
    more(site);
    site.tasks.push(task("x-other", "spark", "web-05"), task("x1-copy", "spark", "web-06", { app: "x1" }));
    site.tasks.push(task("x2-copy", "spark", "web-06", { app: "x2" }));
    atItsStart(site, "b2").nowMs += HOUR;
    return site.pass();
  }

  test("pause a batch that was approved within limits, and it is asked about alone at once", () => {
    const site = outside();
    const saw =
      "it is outside of the limits that were approved with batch 1 of 3: 3 tasks would be lost, and 2 were approved";
    expect(site.record.paused).toMatchObject({ rule: "outside_limits", batch: "b2", saw });
    expect(lastEvent(site.record, "paused")).toMatchObject({ rule: "outside_limits", saw });
    expect(site.batch("b2").approvals.at(-1)).toMatchObject({ outcome: null });
    expect(site.batch("b2").approvals.at(-1)?.limits).toBeUndefined();
    site.pass(MINUTE).pass();
    expect(countOf(site, "paused")).toBe(1);
  });

  test("whoever approves that question goes on (invariant 5)", () => {
    const site = outside();
    expect(site.approve("b2")).toContain("approved");
    expect(site.pass().batch("b2").phase).toBe("down");
    expect(site.pass().record.paused).toBeNull();
  });

  test("denied it stays paused; Go on points to the question, which can be asked again", () => {
    const site = outside();
    const approval = site.batch("b2").approvals.at(-1)?.id ?? "";
    site.decide({ kind: "deny", batch: "b2", approval, reason: null }, "U0CAROL");
    site.pass(MINUTE).pass();
    expect(site.record.paused?.rule).toBe("outside_limits");
    expect(site.batch("b2").phase).toBe("draining");
    expect(site.decide({ kind: "go_on", batch: null })).toContain("to approve it is to go on");
    site.approve("b2");
    expect(site.pass().batch("b2").phase).toBe("down");
  });

  test("Skip withdraws the question, and the next batch goes down within the limits", () => {
    const site = outside();
    site.decide({ kind: "skip", batch: null });
    site.pass();
    expect(windowOf(site.schedule, machine("web-03"))).toBeNull();
    site.tasks.splice(0, site.tasks.length, task("c-web-01", "kafka", "web-01"));
    expect(atItsStart(site, "b3").batch("b3").phase).toBe("down");
  });

  test.each(MODES)("that leave in time: with resume %s", (resume) => {
    const site = outside(resume);
    site.tasks.splice(0, site.tasks.length, ...site.tasks.filter(({ id }) => !/^x[12]$/.test(id)));
    site.pass().pass();
    if (resume === "ask") {
      expect(site.batch("b2").phase).toBe("awaiting_approval");
      return;
    }
    expect(site.batch("b2")).toMatchObject({
      phase: "down",
      approvals: [{ outcome: { kind: "withdrawn", why: "within_limits" } }, { under: "b1a1" }],
    });
    expect(lastEvent(site.record, "went_on")).toMatchObject({ rule: "outside_limits", by: null });
  });

  test("a denied question is not overruled by itself once the batch is within the limits again", () => {
    const site = outside("auto");
    const approval = site.batch("b2").approvals.at(-1)?.id ?? "";
    site.decide({ kind: "deny", batch: "b2", approval, reason: null }, "U0CAROL");
    site.tasks.length = 0;
    site.pass(MINUTE).pass();
    expect(site.batch("b2").phase).toBe("draining");
  });
});

describe("more tasks lost than approved", () => {
  const lost = (site: Site, agentId: string, atMs = site.nowMs): TaskEnd => ({
    how: "lost_with_agent",
    atMs,
    agentId,
    frameworkId: "kafka",
    app: "k",
  });

  /** One task was approved with batch 1, and the master says that so many were lost with it. */
  function loses(count: number, resume: (typeof MODES)[number] = "ask"): Site {
    const site = siteOf(resume);
    site.tasks.push(task("k1", "kafka", "web-01"));
    site.pass().approve("b1");
    site.pass();
    site.ended.push(...Array.from({ length: count }, () => lost(site, "web-01-S0")));
    return site.pass();
  }

  test("pause the next batch with both numbers, as soon as the Down shows it", () => {
    const site = loses(3);
    expect(site.phases()).toBe("down draining draining");
    expect(site.record.paused).toMatchObject({
      rule: "lost_more",
      batch: "b2",
      saw: "3 tasks were lost with batch 1 of 3, and 1 was approved",
    });
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    expect(atItsStart(site, "b2").batch("b2").phase).toBe("draining");
    expect(countOf(site, "paused")).toBe(1);
  });

  test("as many as were approved, others' and earlier losses pause nothing", () => {
    const site = loses(1);
    site.ended.push(lost(site, "web-03-S0"), lost(site, "web-02-S0", site.nowMs - HOUR));
    site.ended.push({ ...lost(site, "web-01-S0"), how: "failed" });
    expect(site.pass().record.paused).toBeNull();
  });

  test("when machines that are back go away once more, by somebody else's Down or a fault, pause nothing", () => {
    const site = loses(1);
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass(MINUTE);
    site.ended.push(...[1, 2].map(() => lost(site, "web-01-S0")));
    expect(site.pass().record.paused).toBeNull();
  });

  test.each(MODES)(
    "stay lost when the master forgets them: only a person goes on, with resume %s",
    (resume) => {
      const site = loses(2, resume);
      site.ended.length = 0;
      site.decide({ kind: "up" });
      site.pass(MINUTE).pass();
      expect(atItsStart(site, "b2").record.paused?.rule).toBe("lost_more");
      site.decide({ kind: "go_on", batch: null });
      expect(site.pass().batch("b2").phase).toBe("awaiting_approval");
    },
  );

  test("that a person went on with do not stop the batches after, and losses of a later batch do", () => {
    const site = loses(2);
    site.decide({ kind: "go_on", batch: null });
    site.decide({ kind: "up" });
    site.pass(MINUTE).pass();
    const downAtMs = site.nowMs;
    downAndUp(site, "b2");
    expect(atItsStart(site, "b3").record.paused).toBeNull();
    site.ended.push(lost(site, "web-04-S0", downAtMs));
    expect(site.pass().record.paused).toMatchObject({ rule: "lost_more", batch: "b3" });
  });

  test("under an approval for several are more than its limit", () => {
    const site = siteOf("ask", { approve: "once" });
    site.tasks.push(task("k1", "kafka", "web-01"), task("k2", "kafka", "web-06"));
    site.pass();
    downAndUp(site, "b1");
    atItsStart(site, "b2");
    expect(site.batch("b2").phase).toBe("down");
    site.ended.push(lost(site, "web-03-S0"));
    expect(site.pass().record.paused).toBeNull();
    site.ended.push(lost(site, "web-03-S0"));
    expect(site.pass().record.paused?.saw).toBe("2 tasks were lost with batch 2 of 3, and 1 was approved");
  });

  test("stop a batch that is approved and not sent yet (invariant 5)", () => {
    const site = siteOf();
    site.tasks.push(task("k1", "kafka", "web-01"));
    const downAtMs = site.nowMs;
    downAndUp(site.pass(), "b1");
    site.approve("b2");
    site.ended.push(...[1, 2].map(() => lost(site, "web-01-S0", downAtMs)));
    expect(site.pass().batch("b2").phase).toBe("taking_down");
    site.ended.length = 0;
    site.pass(MINUTE).pass();
    expect(site.down.size).toBe(0);
    expect(countOf(site, "paused")).toBe(1);
    site.decide({ kind: "go_on", batch: null });
    expect(site.pass().batch("b2").phase).toBe("down");
  });
});

describe("a task of a batch that came back and fails again and again", () => {
  const failed = (site: Site, parts: Partial<TaskEnd> = {}): TaskEnd => ({
    how: "failed",
    atMs: site.nowMs,
    agentId: "web-01-S0",
    frameworkId: "marathon",
    app: "/api",
    ...parts,
  });

  /** Batch 1 is back, and there an app has failed so often. */
  function failing(
    times: number,
    resume: (typeof MODES)[number] = "ask",
    parts: Partial<TaskEnd> = {},
  ): Site {
    const site = siteOf(resume);
    site.tasks.push(task("m1", "marathon", "web-06"));
    downAndUp(site.pass(), "b1");
    site.ended.push(...Array.from({ length: times }, () => failed(site, parts)));
    return site.pass();
  }

  test("pauses the next batch at once, with the app and the machines", () => {
    expect(failing(4).record.paused).toMatchObject({
      rule: "failing",
      batch: "b2",
      saw: "/api (marathon) failed more than 3 times within 10 m on machines that are back: web-01",
    });
  });

  test("more failures and more machines are one pause, told once", () => {
    const site = failing(4);
    site.ended.push(failed(site, { agentId: "web-02-S0" }));
    expect(site.pass(MINUTE).pass().record.paused?.saw).toContain("web-01, web-02");
    expect(countOf(site, "paused")).toBe(1);
  });

  test.each<[string, number, (site: Site) => Partial<TaskEnd>]>([
    ["as often as it may", 3, () => ({})],
    ["before the batch came back", 9, (site) => ({ atMs: site.nowMs - 3 * MINUTE })],
    ["on machines that are still to go", 9, () => ({ agentId: "web-03-S0" })],
    ["lost with its agent", 9, () => ({ how: "lost_with_agent", atMs: 0 })],
  ])("%s is none", (_, times, parts) => {
    const site = failing(0);
    site.ended.push(...Array.from({ length: times }, () => failed(site, parts(site))));
    expect(site.pass().record.paused).toBeNull();
  });

  test("failures of different apps are not added up", () => {
    const site = failing(3);
    site.ended.push(failed(site, { app: "/web" }), failed(site, { frameworkId: "aurora" }));
    expect(site.pass().record.paused).toBeNull();
  });

  test("an agent that came back under another id counts", () => {
    const site = failing(0);
    const [first, ...rest] = site.agents;
    if (first === undefined) throw new Error("There is no agent.");
    Object.assign(site, { agents: [{ ...first, id: "web-01-S7" }, ...rest] });
    site.ended.push(...Array.from({ length: 4 }, () => failed(site, { agentId: "web-01-S7" })));
    expect(site.pass().record.paused?.saw).toContain("back: web-01");
  });

  test.each(MODES)("is over once it was quiet for as long: with resume %s", (resume) => {
    const site = failing(4, resume);
    site.nowMs += 10 * MINUTE;
    site.pass();
    expect(site.record.paused).toEqual(
      resume === "auto" ? null : expect.objectContaining({ rule: "failing", isOver: true }),
    );
    if (resume === "ask") site.decide({ kind: "go_on", batch: null });
    expect(atItsStart(site, "b2").batch("b2").phase).toBe("awaiting_approval");
  });

  test("Go on after it is over accepts nothing: when it fails again the same batch stops again", () => {
    const site = failing(4);
    site.nowMs += 10 * MINUTE;
    site.pass().decide({ kind: "go_on", batch: null });
    site.ended.push(...Array.from({ length: 4 }, () => failed(site)));
    expect(site.pass().record.paused).toMatchObject({ rule: "failing", batch: "b2" });
  });

  test("Go on is for the next batch alone: the one after it stops again", () => {
    const site = failing(4);
    site.decide({ kind: "go_on", batch: null });
    site.ended.push(failed(site));
    expect(site.pass().record.paused).toBeNull();
    site.approve("b2");
    site.pass();
    expect(site.batch("b2").phase).toBe("down");
    expect(site.pass().record.paused).toMatchObject({ rule: "failing", batch: "b3" });
  });

  test("another app that begins to fail stops the batch again", () => {
    const site = failing(4);
    site.decide({ kind: "go_on", batch: null });
    site.ended.push(...Array.from({ length: 4 }, () => failed(site, { app: "/web" })));
    expect(site.pass().record.paused?.saw).toContain("/web");
  });

  test("withholds an approval that was asked for before (invariant 5)", () => {
    const site = failing(0);
    expect(atItsStart(site, "b2").batch("b2").phase).toBe("awaiting_approval");
    site.ended.push(...Array.from({ length: 4 }, () => failed(site)));
    site.pass();
    expect(site.approve("b2")).toContain("is paused: /api (marathon) failed");
    expect(site.pass().down.size).toBe(0);
  });
});

describe("an owner's hold", () => {
  test("stops the batches until an owner releases it, and is told as theirs", () => {
    const owners = [{ match: "kafka", owners: ["U0OWNER"] }];
    const { rolling } = policyOf();
    const site = new Site(racks(), BY_TWO, { policy: { owners, rolling: { ...rolling, resume: "auto" } } });
    site.tasks.push(task("k3", "kafka", "web-03"));
    site.answers = { "web-03": [answer("kafka", "accept")] };
    downAndUp(site.pass(), "b1");
    expect(site.decide({ kind: "hold", reason: "rebalancing" }, "U0OWNER")).toContain("is held");
    expect(lastEvent(site.record, "held")).toMatchObject({
      as: "owner",
      by: "U0OWNER",
      reason: "rebalancing",
    });
    atItsStart(site, "b2").nowMs += HOUR;
    expect(site.pass().phases()).toBe("up draining draining");
    expect(site.decide({ kind: "ask_down", batch: "b2" })).toContain("held by <@U0OWNER>");
    site.decide({ kind: "release" }, "U0BOB");
    expect(site.record.held).not.toBeNull();
    site.decide({ kind: "release" }, "U0OWNER");
    expect(site.pass().phases()).toBe("up awaiting_approval draining");
  });
});
