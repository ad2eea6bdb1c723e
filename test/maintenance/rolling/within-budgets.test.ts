import fc from "fast-check";
import { expect, test } from "vitest";
import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import type { Budget } from "../../../src/maintenance/policy/policy.js";
import { millisToNanos, nanosToMillis } from "../../../src/maintenance/time.js";
import { runs } from "../../support/fast-check.js";
import { agent, HOUR, MINUTE, NOW, task } from "../../support/world.js";
import { Site } from "./site.js";

/** What happens beside a roll: somebody else takes machines and gives them back, and copies of an app come and go. */
type Happening =
  | { readonly kind: "pass"; readonly minutes: number }
  | { readonly kind: "approve" | "up" | "go_on" }
  | { readonly kind: "taken" | "down" | "given_back" | "copy" | "loss"; readonly which: number };

const which = fc.nat({ max: 99 });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), minutes: fc.nat({ max: 80 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom("approve" as const, "up", "go_on") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("taken" as const, "down", "given_back", "copy", "loss"),
      which,
    }),
  },
);

const plan = fc.record({
  own: fc.integer({ min: 2, max: 8 }),
  size: fc.integer({ min: 1, max: 4 }),
  zones: fc.integer({ min: 1, max: 3 }),
  most: fc.integer({ min: 1, max: 5 }),
  keep: fc.integer({ min: 0, max: 100 }),
  copies: fc.array(which, { maxLength: 12 }),
});

const BESIDE = 6;

type Wanted = typeof plan extends fc.Arbitrary<infer P> ? P : never;

function siteOf({ own, size, zones, most, keep, copies }: Wanted): Site {
  const agents = Array.from({ length: own + BESIDE }, (_, at) =>
    agent(`web-${String(at + 1).padStart(2, "0")}`, { zone: `z${at % zones}` }),
  );
  const budgets: Budget[] = [
    { kind: "machines", most: { kind: "count", count: most }, hours: [] },
    { kind: "zones", most: 1, hours: [] },
  ];
  if (keep > 0)
    budgets.push({ kind: "app", match: "api", keep: { kind: "percent", percent: keep }, hours: [] });
  return new Site(
    agents.slice(0, own),
    { rule: { kind: "count", count: size }, canary: null, horizon: 9 },
    {
      policy: { budgets },
      beside: agents.slice(own),
      tasks: copies.map((at, n) => copy(n, agents[at % agents.length]?.machine.hostname ?? "")),
    },
  );
}

function copy(n: number, host: string) {
  return task(`api.${n}`, "marathon", host, { app: "api" });
}

function happens(site: Site, what: Happening): void {
  const foreign = site.agents.slice(-BESIDE);
  const one = "which" in what ? foreign[what.which % BESIDE]?.machine : undefined;
  const own = site.record.batches.find(({ phase }) => phase !== "up");
  switch (what.kind) {
    case "pass":
      site.nowMs += what.minutes * MINUTE;
      return;
    case "approve":
      if (own !== undefined) site.approve(own.id);
      return;
    case "go_on":
      site.decide({ kind: "go_on", batch: null });
      return;
    case "up":
      site.decide({ kind: "up" });
      return;
    case "copy": {
      const up = site.world().agents;
      const host = up[what.which % up.length]?.machine.hostname;
      if (host !== undefined) site.tasks.push(copy(site.tasks.length + site.nowMs, host));
      return;
    }
    case "loss":
      site.tasks.splice(what.which % (site.tasks.length + 1), 1);
      return;
    case "taken":
      if (one === undefined || outOf(site).has(machineKey(one))) return;
      site.schedule = {
        windows: [
          ...site.schedule.windows,
          { machines: [one], start: millisToNanos(site.nowMs - MINUTE) + 1n, duration: null },
        ],
      };
      return;
    case "down":
      // As a master has it: only what is in a window.
      if (one !== undefined && outOf(site).has(machineKey(one))) site.othersDown.add(one.hostname);
      return;
    case "given_back":
      if (one === undefined) return;
      site.othersDown.delete(one.hostname);
      site.schedule = {
        windows: site.schedule.windows.filter(({ machines }) => machines[0]?.hostname !== one.hostname),
      };
  }
}

/** Machines that are Down, or that somebody else has in a window that has begun, by their keys. */
function outOf(site: Site): Set<string> {
  const own = new Set(site.record.batches.flatMap(({ machines }) => machines.map(machineKey)));
  const begun = site.schedule.windows
    .filter(({ start }) => nanosToMillis(start) <= site.nowMs)
    .flatMap(({ machines }) => machines.map(machineKey))
    .filter((key) => !own.has(key));
  return new Set([...begun, ...site.down]);
}

test("never more machines or zones out than budgets allow, and no app below what it keeps, whatever happens", () => {
  let downs = 0;
  let waits = 0;
  const property = fc.property(
    plan,
    fc.array(happening, { minLength: 20, maxLength: 80 }),
    (wanted, happenings) => {
      const site = siteOf(wanted);
      const planned = site.tasks.length;
      // Batches are built so that they can keep them.
      for (const { machines } of site.record.batches)
        expect(machines.length).toBeLessThanOrEqual(wanted.most);
      const known = new Set<string>();
      for (const what of happenings) {
        happens(site, what);
        const before = new Set(site.down);
        const copies = [...site.tasks];
        site.pass();
        if (site.record.trouble?.code === "over_budget") waits += 1;
        const went = [...site.down].filter((key) => !before.has(key) && !known.has(key));
        if (went.length === 0) continue;
        downs += 1;
        for (const key of went) known.add(key);
        const out = outOf(site);
        expect(out.size, "machines out").toBeLessThanOrEqual(wanted.most);
        const isOut = (agentId: string) =>
          site.agents.some(({ id, machine }) => id === agentId && out.has(machineKey(machine)));
        expect(new Set(site.agents.filter(({ id }) => isOut(id)).map(({ zone }) => zone)).size, "zones").toBe(
          1,
        );
        const kept = Math.ceil((Math.max(planned, copies.length) * wanted.keep) / 100);
        const touched = copies.some(({ agentId }) => went.some((key) => agentId === hostOf(key)));
        if (touched) {
          expect(copies.filter(({ agentId }) => !isOut(agentId)).length, "copies").toBeGreaterThanOrEqual(
            kept,
          );
        }
      }
    },
  );
  fc.assert(property, { numRuns: runs(150), endOnFailure: true });
  expect(downs).toBeGreaterThan(20);
  expect(waits).toBeGreaterThan(20);
});

/** The agent of a machine. */
function hostOf(key: string): string {
  return `${key.slice(0, key.indexOf("|"))}-S0`;
}

test("two rolls of one cluster that wait for the same budget both come to their end", () => {
  const sites = ["m-aaaa", "m-bbbb"].map((id, at) => {
    const agents = [1, 2].map((n) => agent(`web-${at}${n}`, { zone: "z1" }));
    const beside = [1, 2].map((n) => agent(`web-${1 - at}${n}`, { zone: "z1" }));
    const budgets: Budget[] = [{ kind: "machines", most: { kind: "count", count: 1 }, hours: [] }];
    const roll = { rule: { kind: "count", count: 1 } as const, canary: null, horizon: 9 };
    const site = new Site(agents, roll, { policy: { budgets }, beside, durationMs: HOUR });
    site.record = { ...site.record, id };
    return site;
  });
  let most = 0;
  for (let round = 0; round < 400 && sites.some(({ record }) => record.end === null); round++) {
    for (const [at, site] of sites.entries()) {
      const other = sites[1 - at];
      if (other === undefined) continue;
      site.nowMs = NOW + round * 5 * MINUTE;
      site.others = other.record.end === null ? [other.record] : [];
      // One master: what one posts or takes Down the other sees.
      const theirs = other.schedule.windows.filter(({ machines }) => isOf(other, machines));
      site.schedule = {
        windows: [...site.schedule.windows.filter(({ machines }) => isOf(site, machines)), ...theirs],
      };
      site.othersDown.clear();
      for (const { machine } of other.agents)
        if (other.down.has(machineKey(machine))) site.othersDown.add(machine.hostname);
      site.pass();
      most = Math.max(most, site.down.size + site.othersDown.size);
      const turn = site.record.batches.find(({ phase }) => phase !== "up" && phase !== "cancelled");
      if (site.record.trouble?.code === "window_over") site.decide({ kind: "skip", batch: null });
      else if (site.record.paused !== null) site.decide({ kind: "go_on", batch: null });
      else if (turn?.phase === "down") site.decide({ kind: "up" });
      else if (turn !== undefined) site.approve(turn.id);
    }
  }
  expect(sites.map(({ record }) => record.end?.phase)).toEqual(["up", "up"]);
  expect(most).toBe(1);
});

function isOf({ record }: Site, machines: readonly { readonly hostname?: string | undefined }[]): boolean {
  const own = record.batches.flatMap((batch) => batch.machines.map(({ hostname }) => hostname));
  return machines.some(({ hostname }) => own.includes(hostname ?? ""));
}
