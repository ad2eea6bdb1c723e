import { RE2JS, RE2JSException } from "re2js";
import { knowsDraining } from "../cluster/version-advice.js";
import { firstPostMs } from "../record/batch.js";
import { drainWords } from "../record/drain-line.js";
import type { Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import { formatSpan, type Millis } from "../time.js";
import { machinesInRecord, machinesPerMaintenance, openPerPerson, outOfService } from "./caps.js";
import type { DrainAsked } from "./drain-asked.js";
import { closedForDrain } from "./hours.js";
import { mentions, nobodyCouldApprove } from "./may-approve.js";
import type { Objection } from "./objection.js";
import { neverInBudget } from "./over-budget.js";
import { lastOfPlace } from "./places.js";
import { isAmong, type Policy, settingOf } from "./policy.js";
import { requesterOf } from "./requester.js";
import { unusableRunbook } from "./runbooks.js";
import { otherNumber } from "./typed-number.js";
import { unprovedSight } from "./unproved-view.js";

type Rule = (asked: DrainAsked) => Objection | null;

/** The rules of what is asked for, whatever the machines are, in the order in which they are told. */
const ASKING: readonly Rule[] = [
  approvers,
  ({ record, policy, nowMs }) => closedForDrain(record, policy, firstPostMs(record, nowMs)),
  openPerPerson,
  unusableRunbook,
  killDrain,
  maxDuration,
  allowForce,
  approveMode,
  requireReason,
  ticketPattern,
];

/** The rules of which machines go, and how many together. */
const MACHINES: readonly Rule[] = [
  machinesInRecord,
  otherNumber,
  machinesPerMaintenance,
  outOfService,
  neverInBudget,
  lastOfPlace,
  unprovedSight,
];

/** Those of the rules that hold for taking over machines that are out of service already. */
const ADOPTING: readonly Rule[] = [approvers, requireReason, ticketPattern, machinesInRecord, otherNumber];

const RULES = { asking: ASKING, machines: MACHINES, adopting: ADOPTING };

/** What the rules say against it, each with its setting: all that are broken. */
export function brokenRules(asked: DrainAsked, rules: keyof typeof RULES): Objection[] {
  return RULES[rules].flatMap((rule) => rule(asked) ?? []);
}

/** Why a window of this length is too long, or `null`; also asked when a window is extended. */
export function tooLong(record: Maintenance, durationMs: Millis, policy: Policy): string | null {
  if (durationMs <= policy.maxDurationMs) return null;
  return `${settingOf(record.cluster, "max_duration")} allows windows of at most ${formatSpan(policy.maxDurationMs)}, and this one would last ${formatSpan(durationMs)}.`;
}

/** Who may not ask at all is told only that. */
export function mayNotAsk({ record, policy }: DrainAsked): Objection | null {
  if (policy.requesters.length === 0 || isAmong(requesterOf(record), policy.requesters)) return null;
  const setting = settingOf(record.cluster, "requesters");
  return {
    why: `${setting} does not name <@${record.requester}>. Who may ask for a drain: ${mentions(policy.requesters)}. A group whose members could not be looked up counts as no.`,
    next: "Have one of them ask for it.",
    change: null,
  };
}

function approvers({ record, policy }: DrainAsked): Objection | null {
  const why = nobodyCouldApprove(record, policy);
  if (why === null) return null;
  return { why, next: "Have somebody else ask for it, or have these settings changed.", change: null };
}

function maxDuration({ record, policy }: DrainAsked): Objection | null {
  const why = tooLong(record, record.wanted.durationMs, policy);
  if (why === null) return null;
  const { deadline } = drainWords(record);
  const afterMs = Math.min(deadline?.afterMs ?? 0, policy.maxDurationMs);
  return {
    why,
    next: "Ask for a shorter window.",
    change: {
      durationMs: policy.maxDurationMs,
      ...(deadline === null ? {} : { deadline: { ...deadline, afterMs } }),
    },
  };
}

function requireReason({ record, policy }: DrainAsked): Objection | null {
  if (!policy.requireReason || (record.reason ?? "").trim() !== "") return null;
  return {
    why: `${settingOf(record.cluster, "require_reason")} wants a reason, and none was given.`,
    next: 'Add --reason "why" to the line.',
    change: { reason: "<why>" },
  };
}

function ticketPattern({ record, policy }: DrainAsked): Objection | null {
  if (policy.ticketPattern === null || fits(record.ticket, policy.ticketPattern)) return null;
  const given = record.ticket === null ? "none was given" : `${quoted(record.ticket)} is not one`;
  return {
    why: `${settingOf(record.cluster, "ticket_pattern")} wants a ticket that matches ${policy.ticketPattern}, and ${given}.`,
    next: "Add --ticket and the ticket's number to the line.",
    change: { ticket: "<ticket>" },
  };
}

/** Whether the whole ticket matches. A pattern that cannot be read lets nothing pass: it was meant to stop something. */
function fits(ticket: string | null, pattern: string): boolean {
  if (ticket === null) return false;
  try {
    return RE2JS.matches(pattern, ticket);
  } catch (error) {
    if (error instanceof RE2JSException) return false;
    throw error;
  }
}

function approveMode({ record, policy }: DrainAsked): Objection | null {
  const mode = record.wanted.roll?.approve ?? "each";
  const { approve } = policy.rolling;
  if (record.wanted.roll === undefined || approve.includes(mode)) return null;
  return {
    why: `${settingOf(record.cluster, "rolling.approve")} allows ${approve.map((one) => `--approve ${one}`).join(" and ")}, and not --approve ${mode}.`,
    next: `Send the same line again with --approve ${approve[0] ?? "each"}.`,
    change: { roll: { ...record.wanted.roll, approve: approve[0] ?? "each" } },
  };
}

/** What the master is to kill is asked about batch by batch, and takes a master that knows how. */
function killDrain({ record: { wanted }, world, policy }: DrainAsked): Objection | null {
  if (wanted.kill === undefined) return null;
  if (!knowsDraining(world.version)) {
    return {
      why: `The master runs Mesos ${world.version}, and --kill takes DRAIN_AGENT, which exists since 1.9.0.`,
      next: "Send the same line without --kill: Down ends what runs there as well.",
      change: { kill: null },
    };
  }
  if (wanted.roll === undefined || (wanted.roll.approve ?? "each") === "each") return null;
  const { approve: mode, ...roll } = wanted.roll;
  return {
    why: `With --kill each batch is asked about alone, and not with --approve ${mode}.`,
    next: "Send the same line again without --approve.",
    change: policy.rolling.approve.includes("each") ? { roll } : null,
  };
}

function allowForce({ record, policy }: DrainAsked): Objection | null {
  if (record.deadline?.then !== "force" || policy.allowForce) return null;
  return {
    why: `${settingOf(record.cluster, "allow_force")} is off, so --then force is not possible.`,
    next: "Use --then ask or --then release.",
    change: { deadline: { afterMs: drainWords(record).deadline?.afterMs ?? 0, action: "ask" } },
  };
}
