import { describe, expect, test } from "vitest";
import type { CalendarWindow, Policy } from "../../../src/maintenance/policy/policy.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { agent, HOUR, machine, NOW, policyOf, recordOf, windowOn, worldOf } from "../../support/world.js";
import { inPhase, lastEvent, planOf } from "../support/flow.js";

/** 12:00 UTC on a Tuesday is not among these hours. */
const NIGHT: CalendarWindow = { days: [1, 2, 3, 4, 5], from: 22 * 60, to: 6 * 60, timeZone: "Europe/Berlin" };

const HOSTS = ["web-01", "web-02", "web-03", "web-04", "web-05", "web-06", "web-07"];

const seven = { agents: [...HOSTS, "db-01"].map((host) => agent(host)) };

/** How a drain of `web-*`, which is web-01 to web-07, is refused. */
function refused(
  policy: Partial<Policy>,
  record: Partial<Maintenance> = {},
  world = worldOf(seven),
  others: readonly Maintenance[] = [],
  machines = HOSTS.map((host) => machine(host)),
) {
  const resolution = { machines, matchedNothing: [], unknown: [], literals: [] };
  const asked = recordOf({ hosts: "web-*", reason: null, ...record });
  return lastEvent(planOf(asked, resolution, world, others, policyOf(policy), NOW), "failed");
}

const capped = (parts: Partial<Policy["caps"]> = {}): Partial<Policy> => ({
  caps: {
    machinesPerMaintenance: { kind: "count", count: 3 },
    outOfService: null,
    above: "confirm",
    ...parts,
  },
});

const taken = (...hosts: string[]) => ({
  world: worldOf({ ...seven, windows: [windowOn(hosts, NOW, 4 * HOUR)] }),
  theirs: inPhase(
    "draining",
    { machines: hosts.map((host) => machine(host)) },
    { id: "m-aaaa", requester: "U0CAROL", reason: "disks" },
  ),
});

describe("machines that are in maintenance already are told by maintenance, with the line that leaves them out", () => {
  test("one sentence for all of one maintenance", () => {
    const { world, theirs } = taken("web-01", "web-02", "web-03");
    const { why, next, line } = refused({}, {}, world, [theirs]);
    expect(why).toBe(
      "3 machines (web-01, web-02, web-03) are already draining, by m-aaaa of <@U0CAROL> (disks), until 2026-10-20 16:00 UTC. The other 4 are free. No window was posted.",
    );
    expect(next).toMatch(/^Leave them out, or: wait until m-aaaa is over/);
    expect(line).toBe("/mesos drain web-*:!web-01:!web-02:!web-03 4h --cluster prod");
  });

  test("one sentence for each maintenance, and for each window of others", () => {
    const { theirs } = taken("web-01", "web-02");
    const world = worldOf({
      ...seven,
      windows: [
        windowOn(["web-01", "web-02"], NOW, 4 * HOUR),
        windowOn(["web-03", "web-04"], NOW, HOUR),
        windowOn(["web-05"], NOW + HOUR, null),
      ],
    });
    const { why } = refused({}, {}, world, [theirs]);
    expect(why.split("; ")).toEqual([
      expect.stringMatching(/^2 machines \(web-01, web-02\) are already draining, by m-aaaa/),
      expect.stringMatching(
        /^2 machines \(web-03, web-04\) are already draining, in a window of somebody else/,
      ),
      expect.stringMatching(/^web-05 is already draining, in a window of somebody else .* without an end/),
    ]);
  });

  test("a machine that has the host name of another is left out by its IP, and that other one stays (invariant 4)", () => {
    const wrong = machine("WEB-01", "10.0.0.77");
    const world = worldOf({ ...seven, windows: [windowOn([wrong], NOW, HOUR)] });
    const { why, line } = refused({}, {}, world, [], [...HOSTS.map((host) => machine(host)), wrong]);
    expect(why).toMatch(/^WEB-01 \(10\.0\.0\.77\) is already draining/);
    expect(line).toBe("/mesos drain web-*:!WEB-01|10.0.0.77 4h --cluster prod");
  });

  test("no line is offered where none of the machines is free", () => {
    const { world, theirs } = taken(...HOSTS);
    const { next, line } = refused({}, {}, world, [theirs]);
    expect(next).toMatch(/^What helps: wait until m-aaaa is over/);
    expect(line).toBeUndefined();
  });

  test("a line that nobody would read is not offered", () => {
    const many = Array.from({ length: 200 }, (_, at) => machine(`web-${at + 100}`, `10.1.0.${at}`));
    const world = worldOf({ ...seven, windows: [windowOn(many, NOW, HOUR)] });
    const { line } = refused({}, {}, world, [], [...HOSTS.map((host) => machine(host)), ...many]);
    expect(line).toBeUndefined();
  });

  test("what is left out does not count for the rules about the others", () => {
    const { world, theirs } = taken("web-01", "web-02", "web-03", "web-04");
    expect(refused(capped(), {}, world, [theirs]).why).not.toContain("machines_per_maintenance");
    const { why, line } = refused(
      capped({ machinesPerMaintenance: { kind: "count", count: 2 } }),
      {},
      world,
      [theirs],
    );
    expect(why).toMatch(
      /^2 things are in the way\.\n\(1\) 4 machines .*\n\(2\) clusters\.prod\.caps\.machines_per_maintenance allows 2 machines in one maintenance, and web-\*:!web-01:!web-02:!web-03:!web-04 stands for 3: web-05/s,
    );
    expect(line).toBe(
      "/mesos drain web-*:!web-01:!web-02:!web-03:!web-04 4h --confirm <number> --cluster prod",
    );
  });
});

describe("all that stands against a drain is told at once, each with its way out, and with one line for all", () => {
  test("rules, hours and machines in maintenance", () => {
    const { world, theirs } = taken("web-01");
    const policy = {
      ...capped(),
      requireReason: true,
      ticketPattern: "OPS-[0-9]+",
      maxDurationMs: 3 * HOUR,
      calendar: [NIGHT],
    };
    const { why, next, line } = refused(policy, {}, world, [theirs]);
    const parts = why.split(/\n(?:\(\d\) )?/);
    expect(parts[0]).toBe("6 things are in the way.");
    expect(parts[2]).toMatch(/^clusters\.prod\.caps\.machines_per_maintenance/);
    expect(parts[1]).toMatch(/^web-01 is already draining.* Leave it out, or: wait until m-aaaa/);
    expect(parts[3]).toMatch(/^clusters\.prod\.calendar.* Send it again then/);
    expect(parts[4]).toMatch(/^clusters\.prod\.max_duration.* Ask for a shorter window\./);
    expect(parts[5]).toMatch(/^clusters\.prod\.require_reason.* Add --reason/);
    expect(parts[6]).toMatch(/^clusters\.prod\.ticket_pattern.* Add --ticket/);
    expect(parts[7]).toBe("No window was posted.");
    expect(next).toBe(
      "If you mean all 6, say so with --confirm 6; otherwise name fewer machines. This line mends what a line can.",
    );
    expect(line).toBe(
      '/mesos drain web-*:!web-01 3h --reason "<why>" --ticket <ticket> --confirm <number> --cluster prod',
    );
  });

  test("what no line mends comes first, and then none is offered", () => {
    const { why, next, line } = refused({ ...capped({ above: "refuse" }), requireReason: true });
    expect(why).toMatch(
      /^2 things are in the way\.\n\(1\) clusters\.prod\.caps.*\n\(2\) clusters\.prod\.require_reason/,
    );
    expect(next).toBe("Mend all of this, then send it again.");
    expect(line).toBeUndefined();
  });

  test("hosts that are not there, and what else is wrong with the line", () => {
    const resolution = {
      machines: [],
      matchedNothing: [{ term: "wbe-*", nearest: ["web-01"] }],
      unknown: [],
      literals: [],
    };
    const record = recordOf({ hosts: "wbe-*", reason: null });
    const { why } = lastEvent(
      planOf(record, resolution, worldOf(), [], policyOf({ requireReason: true }), NOW),
      "failed",
    );
    expect(why).toMatch(/\(1\) Nothing in prod matches `wbe-\*`.*\n\(2\) clusters\.prod\.require_reason/);
  });

  test("one that a line mends has the same line with it", () => {
    const wanted = { startMs: NOW + 2 * HOUR, durationMs: 90 * 60_000, up: "auto" as const };
    const { next, line } = refused({ requireReason: true }, { wanted, ticket: "OPS-1" });
    expect(next).toBe('Add --reason "why" to the line.');
    expect(line).toBe(
      '/mesos drain web-* 1h30m --at 2026-10-20T14:00Z --up auto --reason "<why>" --ticket OPS-1 --cluster prod',
    );
  });
});

describe("a typed number", () => {
  test("of other machines than it is now is told with both numbers, why that may be, and the right line", () => {
    const { why, next, line } = refused(capped(), { confirmed: 5 });
    expect(why).toContain(
      "--confirm 5 was typed, and web-* stands for 7 machines (web-01, web-02, web-03, web-04, web-05, web-06, web-07); it may stand for more now than when they were counted.",
    );
    expect(next).toContain("If you mean all 7");
    expect(line).toBe("/mesos drain web-* 4h --confirm 7 --cluster prod");
    expect(refused(capped(), { confirmed: 9 }).why).toContain("may stand for fewer now");
  });

  test("stops a drain that no rule asks a number of", () => {
    const { why, next, line } = refused({}, { confirmed: 9 });
    expect(why).toMatch(
      /^--confirm 9 was typed, and web-\* stands for 7 machines .* No window was posted\.$/,
    );
    expect(next).toBe("If you mean all 7, say so with --confirm 7; otherwise mend the pattern.");
    expect(line).toBe("/mesos drain web-* 4h --confirm 7 --cluster prod");
  });

  test("is still to be typed by whoever typed none", () => {
    expect(refused(capped()).line).toBe("/mesos drain web-* 4h --confirm <number> --cluster prod");
  });

  test("is asked for once, however many rules ask for it", () => {
    const policy = capped({ outOfService: { kind: "count", count: 4 } });
    const { why, next } = refused(policy);
    expect(why).toMatch(/machines_per_maintenance.*out_of_service/s);
    expect(`${why} ${next}`.match(/--confirm 7/g)).toHaveLength(1);
    expect(next).toContain("otherwise name fewer machines, or wait until others are back.");
  });
});

test("a line is offered without an override that does not count", () => {
  const { line } = refused(
    { calendar: [NIGHT], admins: ["U0ROOT"] },
    { overrides: [{ rule: "calendar", by: "U0ALICE", atMs: NOW, reason: "power cut" }] },
  );
  expect(line).toBe("/mesos drain web-* 4h --cluster prod");
});
