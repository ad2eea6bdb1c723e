import { advance } from "../../../src/maintenance/advance.js";
import type { Resolution } from "../../../src/maintenance/cluster/resolution.js";
import type { World } from "../../../src/maintenance/cluster/world.js";
import { decide } from "../../../src/maintenance/decide.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import { plan } from "../../../src/maintenance/plan.js";
import type { Policy } from "../../../src/maintenance/policy/policy.js";
import type { LogEvent } from "../../../src/maintenance/record/events.js";
import {
  type Batch,
  encodeMaintenance,
  type Maintenance,
  type StoredMaintenance,
} from "../../../src/maintenance/record/record.js";
import type { Standing } from "../../../src/maintenance/record/standing.js";
import { NONE_STORED } from "../../../src/maintenance/record/unreadable.js";
import { sightOf } from "../../../src/maintenance/sight/sight.js";
import { batchOf, HOUR, NOW, policyOf, recordOf, windowOn, worldOf } from "../../support/world.js";

/** Our window: web-01 and web-02, four hours from now on. */
export const OURS = windowOn(["web-01", "web-02"], NOW, 4 * HOUR);

/** A world in which our window stands. */
export function drainingWorld(parts: Parameters<typeof worldOf>[0] = {}): World {
  return worldOf({ windows: [OURS], ...parts });
}

/** A world without our window, in which a window of others shows that we see windows at all. */
export function goneWorld(parts: Parameters<typeof worldOf>[0] = {}): World {
  return worldOf({ windows: [windowOn(["web-03"], NOW + HOUR, null)], ...parts });
}

/** A world in which both our machines are Down. */
export function downWorld(parts: Parameters<typeof worldOf>[0] = {}): World {
  return drainingWorld({ down: ["web-01", "web-02"], ...parts });
}

/** A maintenance with one batch in this phase. */
export function inPhase(
  phase: Batch["phase"],
  parts: Parameters<typeof batchOf>[0] = {},
  record: Partial<Maintenance> = {},
): Maintenance {
  return recordOf({ ...record, batches: [batchOf({ phase, ...parts })] });
}

export function tick(record: Maintenance, world: World, nowMs = NOW, policy: Policy = policyOf()) {
  return advance(record, { world, policy, nowMs, hosts: null, others: null });
}

/** The same, once the other maintenances of the cluster were looked up. */
export function tickBeside(record: Maintenance, world: World, others: readonly Maintenance[], nowMs = NOW) {
  const resolution: Resolution = { machines: [], matchedNothing: [], unknown: [], literals: [] };
  return advance(record, {
    world,
    policy: policyOf(),
    nowMs,
    hosts: { kind: "found", resolution, others },
    others: { ...NONE_STORED, records: others },
  });
}

/** Looks at the same world twice, a poll apart: what is gone counts only when it stays so. */
export function twoLooks(record: Maintenance, world: World, nowMs = NOW) {
  const laterMs = nowMs + policyOf().pollMs;
  const { record: once } = tick(record, { ...world, observedAtMs: nowMs }, nowMs);
  return tick(once, { ...world, observedAtMs: laterMs }, laterMs);
}

/** What a host pattern that came to this is planned as. */
export function planOf(
  record: Maintenance,
  resolution: Resolution,
  world: World,
  others: readonly Maintenance[] = [],
  policy: Policy = policyOf(),
  nowMs = NOW,
): Maintenance {
  return plan(record, { kind: "found", resolution, others }, { world, sight: sightOf(world), policy, nowMs });
}

export function click(
  record: Maintenance,
  decision: Decision,
  parts: {
    readonly by?: string;
    readonly groups?: readonly string[];
    readonly lookupFailed?: boolean;
    readonly standing?: Standing;
    readonly world?: World | null;
    readonly nowMs?: number;
    readonly policy?: Policy;
    readonly others?: readonly Maintenance[];
    readonly freeId?: string;
  } = {},
) {
  const { by = "U0BOB", groups = [], lookupFailed = false, standing = "member" } = parts;
  const { world = null, nowMs = NOW, policy = policyOf(), others = [] } = parts;
  return decide(record, decision, {
    person: { user: by, standing, groups, lookupFailed },
    world,
    nowMs,
    askedAtMs: nowMs,
    policy,
    others: { ...NONE_STORED, records: others },
    freeId: parts.freeId ?? "m-other",
  });
}

/** A maintenance whose question stands, asked about what this world shows. */
export function asked(world: World = drainingWorld(), nowMs = NOW, policy: Policy = policyOf()): Maintenance {
  const draining = tick(inPhase("scheduled", { drainingSinceMs: null }), world, nowMs, policy).record;
  if (first(draining).phase === "awaiting_approval") return draining;
  return click(draining, { kind: "ask_down", batch: "b1" }, { world, nowMs, policy, by: "U0ALICE" }).record;
}

/** A maintenance that was to kill what runs there before its window is posted, and whose question about that stands. */
export function askedToKill(world: World, nowMs = NOW, policy: Policy = policyOf()): Maintenance {
  const wanted = { startMs: null, durationMs: 4 * HOUR, kill: { graceMs: null } };
  return tick(inPhase("kill_draining", { drainingSinceMs: null }, { wanted }), world, nowMs, policy).record;
}

export const APPROVE: Decision = { kind: "approve", batch: "b1", approval: "b1a1" };

export const DENY: Decision = { kind: "deny", batch: "b1", approval: "b1a1", reason: null };

export const ASK: Decision = { kind: "ask_down", batch: "b1" };

/** A maintenance that was approved on what this world shows. */
export function approved(world: World = drainingWorld(), nowMs = NOW): Maintenance {
  return click(asked(world, nowMs), APPROVE, { world, nowMs }).record;
}

export function first(record: Maintenance): Batch {
  const batch = record.batches[0];
  if (batch === undefined) throw new Error("The maintenance has no batch.");
  return batch;
}

/** The first batch as it is stored: with every field, whatever its phase. */
export function stored(record: Maintenance): StoredMaintenance["batches"][number] {
  const batch = encodeMaintenance(record).batches[0];
  if (batch === undefined) throw new Error("The maintenance has no batch.");
  return batch;
}

/** The kinds of the events that came after another record. */
export function news(record: Maintenance, since: Maintenance = recordOf()): LogEvent["kind"][] {
  return record.events.filter((event) => event.seq > since.seq).map((event) => event.kind);
}

export function lastEvent<K extends LogEvent["kind"]>(
  record: Maintenance,
  kind: K,
): Extract<LogEvent, { kind: K }> {
  const event = record.events.findLast((e): e is Extract<LogEvent, { kind: K }> => e.kind === kind);
  if (event === undefined) throw new Error(`No ${kind} in ${news(record).join(", ")}.`);
  return event;
}
