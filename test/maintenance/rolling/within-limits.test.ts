import fc from "fast-check";
import { expect, test } from "vitest";
import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Batch } from "../../../src/maintenance/record/record.js";
import { nanosToMillis } from "../../../src/maintenance/time.js";
import { runs } from "../../support/fast-check.js";
import { agent, answer, MINUTE, policyOf, task } from "../../support/world.js";
import { Site } from "./site.js";

/** What happens while batches go down under an approval that was given for several. */
type Happening =
  | { readonly kind: "pass"; readonly minutes: number }
  | { readonly kind: "up" | "approve" | "go_on" }
  | {
      readonly kind: "starts" | "ends" | "refuses" | "accepts" | "stops" | "returns";
      readonly which: number;
    };

const which = fc.nat({ max: 99 });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("pass" as const), minutes: fc.nat({ max: 200 }) }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constantFrom("up" as const, "up", "approve", "go_on", "go_on") }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "starts" as const,
        "starts",
        "ends",
        "ends",
        "refuses",
        "refuses",
        "accepts",
        "stops",
        "returns",
        "returns",
      ),
      which,
    }),
  },
);

const plan = fc.record({
  machines: fc.integer({ min: 3, max: 8 }),
  size: fc.integer({ min: 1, max: 2 }),
  approve: fc.constantFrom("once" as const, "canary"),
  early: fc.boolean(),
  tasks: fc.array(which, { maxLength: 8 }),
});

type Wanted = typeof plan extends fc.Arbitrary<infer P> ? P : never;

/** More agents than go down: copies may run there. */
const BESIDE = 2;

function siteOf({ machines, size, approve, early, tasks }: Wanted): Site {
  const agents = Array.from({ length: machines + BESIDE }, (_, at) => agent(`web-0${at + 1}`));
  const rolling = { ...policyOf().rolling, earlyMs: early ? 24 * 60 * MINUTE : 0, resume: "auto" as const };
  return new Site(
    agents.slice(0, machines),
    { rule: { kind: "count", count: size }, canary: approve === "canary" ? 1 : null, horizon: 9, approve },
    {
      policy: { rolling },
      beside: agents.slice(machines),
      tasks: [
        ...tasks.map((at, n) => running(n, at, agents[at % agents.length]?.machine.hostname ?? "")),
        // Mostly another copy stays.
        ...[0, 1].map((at) => running(100 + at, at, agents.at(-1)?.machine.hostname ?? "")),
      ],
    },
  );
}

function running(n: number, at: number, host: string) {
  return task(`t${n}`, "marathon", host, { app: `app-${at % 3}` });
}

function happens(site: Site, what: Happening): void {
  const own = site.agents.slice(0, -BESIDE);
  const host = "which" in what ? (own[what.which % own.length]?.machine.hostname ?? "") : "";
  const next = site.record.batches.find(({ phase }) => !["up", "cancelled"].includes(phase));
  switch (what.kind) {
    case "pass":
      site.nowMs += what.minutes * MINUTE;
      return;
    case "up":
      site.decide({ kind: "up" });
      return;
    case "go_on":
      site.decide({ kind: "go_on", batch: null });
      return;
    case "approve":
      // Only what was asked for: by itself nobody asks.
      if (next?.phase === "awaiting_approval") site.approve(next.id);
      return;
    case "starts": {
      const up = site.world().agents;
      const on = up[what.which % up.length]?.machine.hostname;
      if (on === undefined) return;
      for (let n = 0; n < 3; n += 1) site.tasks.push(running(site.tasks.length + site.nowMs, what.which, on));
      return;
    }
    case "ends":
      site.tasks.splice(what.which % (site.tasks.length + 1), 1);
      return;
    case "refuses":
      site.answers = { ...site.answers, [host]: [answer("marathon", "decline", site.nowMs)] };
      return;
    case "accepts":
      site.answers = { ...site.answers, [host]: [answer("marathon", "accept", site.nowMs)] };
      return;
    case "stops":
      site.stopped.add(`${host}-S0`);
      return;
    case "returns":
      site.stopped.clear();
  }
}

/** What was so when a batch went down under the approval of another one. */
function checkUnder(before: Site["tasks"], site: Site, batch: Batch, refused: ReadonlySet<string>): void {
  const under = batch.approvals.at(-1)?.under;
  const limits = site.record.batches
    .flatMap(({ approvals }) => approvals)
    .find(({ id }) => id === under)?.limits;
  if (limits === undefined) throw new Error(`${under} has no limits.`);
  const hosts = new Set(batch.machines.map(({ hostname }) => hostname));
  const isOn = (agentId: string) => hosts.has(agentId.replace(/-S0$/, ""));
  const lost = before.filter(({ agentId }) => isOn(agentId));
  expect(limits.batches).toContain(batch.id);
  expect(lost.length, "tasks lost").toBeLessThanOrEqual(limits.tasks);
  expect(batch.machines.length, "machines at once").toBeLessThanOrEqual(limits.machines);
  expect(site.nowMs, "after the last window").toBeLessThan(limits.untilMs);
  if (lost.length > 0) expect(site.nowMs).toBeGreaterThanOrEqual(nanosToMillis(batch.window.start));
  const begun = new Set(
    site.record.batches
      .filter(({ window, phase }) => phase !== "up" && nanosToMillis(window.start) <= site.nowMs)
      .flatMap(({ machines }) => machines.map(({ hostname }) => hostname)),
  );
  const stays = (agentId: string) => {
    const host = agentId.replace(/-S0$/, "");
    return !hosts.has(host) && !begun.has(host) && !site.stopped.has(agentId);
  };
  for (const { app } of lost) {
    const elsewhere = before.filter((one) => one.app === app && stays(one.agentId));
    expect(elsewhere.length, `copies of ${app} that stay`).toBeGreaterThan(0);
  }
  for (const host of hosts) {
    expect(refused.has(host) && lost.some(({ agentId }) => agentId === `${host}-S0`), "refused").toBe(false);
    expect(site.stopped.has(`${host}-S0`), "away").toBe(false);
  }
}

test("nothing goes down outside of the limits that were approved for several batches, whatever happens (invariant 5)", () => {
  let under = 0;
  let outside = 0;
  const property = fc.property(
    plan,
    fc.array(happening, { minLength: 60, maxLength: 120 }),
    (wanted, happenings) => {
      const site = siteOf(wanted);
      for (const what of happenings) {
        happens(site, what);
        const isDown = ({ phase }: Batch) => ["down", "bringing_up", "up"].includes(phase);
        const before = new Set(site.record.batches.filter(isDown).map(({ id }) => id));
        const tasks = [...site.tasks];
        const refused = new Set(
          Object.entries(site.answers).flatMap(([host, [one]]) => (one?.answer === "decline" ? [host] : [])),
        );
        site.pass();
        if (site.record.paused?.rule === "outside_limits") outside += 1;
        for (const batch of site.record.batches) {
          if (!isDown(batch) || before.has(batch.id) || batch.approvals.at(-1)?.under === undefined) continue;
          // Machines that somebody left Down by hand do not count: here nobody does.
          expect(batch.machines.every((one) => site.down.has(machineKey(one)))).toBe(true);
          under += 1;
          checkUnder(tasks, site, batch, refused);
        }
      }
    },
  );
  fc.assert(property, { numRuns: runs(150), endOnFailure: true });
  expect(under).toBeGreaterThan(20);
  expect(outside).toBeGreaterThan(20);
});
