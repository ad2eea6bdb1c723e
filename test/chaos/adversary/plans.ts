import type { Command } from "../../../src/commands/command.js";
import { parseCommand } from "../../../src/commands/parse.js";
import { openApproval } from "../../../src/maintenance/approval/question.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { isIn } from "../../../src/maintenance/record/troubles.js";
import { turnOf } from "../../../src/maintenance/rolling/turn.js";
import { HOUR, MINUTE } from "../../support/world.js";
import type { Random } from "./random.js";

type DrainCommand = Extract<Command, { verb: "drain" }>;

const ENDS = ["draining", "cancelled", "down", "up"] as const;

/** What people mean to do with one maintenance of ours. */
export interface Plan {
  readonly id: string;
  /** `/mesos drain …` as it was understood. */
  readonly command: DrainCommand;
  readonly end: (typeof ENDS)[number];
  /** By how much a window is extended, one after another. */
  readonly extensions: number[];
  /** How long its windows last together. */
  durationMs: number;
}

/** Ten of them, of two machines each, together or one after the other: `web-1` and `web-2` for the first, and so on. */
export function tenPlans(random: Random): Plan[] {
  return Array.from({ length: 10 }, (_, at): Plan => {
    const isRoll = random.chance(0.4);
    // Short windows, so that a batch is late now and then.
    const windowMs = isRoll ? (2 + random.below(9)) * MINUTE : (1 + random.below(4)) * HOUR;
    const extensions = Array.from({ length: random.below(3) }, () => (1 + random.below(6)) * (HOUR / 2));
    const roll = isRoll ? ` --batch 1 --horizon ${1 + random.below(2)}` : "";
    const line = `drain web-${2 * at + 1},web-${2 * at + 2} ${windowMs / MINUTE}m --confirm 2${roll}`;
    const durationMs = isRoll ? 2 * windowMs : windowMs;
    return { id: `m-000${at}`, command: drainOf(line), end: random.pick(ENDS), extensions, durationMs };
  });
}

/** What a person does next, as soon as it can be done; `null` while there is nothing to do but wait. */
export function nextDecision({ end, extensions }: Plan, record: Maintenance): Decision | null {
  const batch = turnOf(record);
  if (batch === null || record.end !== null || record.cancel !== null) return null;
  // Somebody took our window out of the schedule: as long as it is wanted, a person has it posted again.
  if (isIn(record, "window_changed", "windows_gone", "own_window_unseen") && end !== "cancelled") {
    return { kind: "retry" };
  }
  const byMs = extensions[0];
  const isDraining = batch.phase === "draining" || batch.phase === "awaiting_approval";
  if (byMs !== undefined) {
    if (isDraining || batch.phase === "down") return { kind: "extend", byMs };
    return null;
  }
  if (batch.phase === "down") return end === "up" ? { kind: "up" } : null;
  if (!isDraining || end === "draining") return null;
  if (end === "cancelled") return { kind: "cancel" };
  const open = openApproval(batch);
  return open === null
    ? { kind: "ask_down", batch: batch.id }
    : { kind: "approve", batch: batch.id, approval: open.id };
}

export function isDone({ end, extensions }: Plan, record: Maintenance | undefined): boolean {
  if (record === undefined || record.batches.length === 0) return false;
  if (end === "cancelled" || end === "up") return record.end !== null;
  if (extensions.length > 0 || record.batches.some(({ movingFrom }) => movingFrom !== null)) return false;
  const [first, ...rest] = record.batches;
  const isAnnounced = rest.every(({ seenSinceMs }) => seenSinceMs !== null || isOneAtATime(record));
  if (end === "down") return first?.phase === "down" && isAnnounced;
  return (first?.seenSinceMs ?? null) !== null && isAnnounced;
}

/** Whether the windows of later batches are not posted before their turn. */
export function isOneAtATime(record: Maintenance): boolean {
  return record.wanted.roll?.horizon === 1;
}

function drainOf(line: string): DrainCommand {
  const context = {
    channel: "C0OPS",
    command: "/mesos",
    nowMs: 0,
    timeZone: null,
    clusters: [{ name: "test", channel: "C0OPS", defaultDurationMs: HOUR, maxDurationMs: 100 * HOUR }],
  };
  const parsed = parseCommand(line, context);
  if (!parsed.ok || !("hosts" in parsed.command) || parsed.command.verb !== "drain")
    throw new Error(`Not understood: ${line}`);
  return parsed.command;
}
