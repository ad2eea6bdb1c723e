import { RE2JS, RE2JSException } from "re2js";
import { knowsDraining } from "../cluster/version-advice.js";
import type { Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import type { Refusal } from "../text/reply.js";
import { formatSpan, type Millis } from "../time.js";
import { machinesPerMaintenance, openPerPerson, outOfService } from "./caps.js";
import type { DrainAsked } from "./drain-asked.js";
import { closedForDrain } from "./hours.js";
import { mentions, nobodyCouldApprove } from "./may-approve.js";
import { neverInBudget } from "./over-budget.js";
import { lastOfPlace } from "./places.js";
import { isAmong, type Policy, settingOf } from "./policy.js";
import { unusableRunbook } from "./runbooks.js";
import { unprovedSight } from "./unproved-view.js";

/** The rules for a drain that may be asked for at all, in the order in which they are told. */
const RULES: readonly ((asked: DrainAsked) => Refusal | null)[] = [
  approvers,
  openPerPerson,
  maxDuration,
  requireReason,
  ticketPattern,
  allowForce,
  approveMode,
  killDrain,
  unusableRunbook,
  machinesPerMaintenance,
  outOfService,
  neverInBudget,
  lastOfPlace,
  unprovedSight,
  ({ record, policy, nowMs }) => closedForDrain(record, policy, nowMs),
];

/**
 * What the rules that this drain breaks say, each with its setting: all of them, so that it need not be sent once for
 * each. Who may not ask at all is told only that.
 */
export function brokenRules(asked: DrainAsked): readonly Refusal[] {
  const mayNotAsk = requesters(asked);
  return mayNotAsk === null ? RULES.flatMap((rule) => rule(asked) ?? []) : [mayNotAsk];
}

/** Those of the rules that hold for taking over machines that are out of service already. */
const ADOPT_RULES: typeof RULES = [approvers, requireReason, ticketPattern];

/** What the rules say that taking over machines breaks, as `brokenRules` does for a drain. */
export function brokenAdoptRules(asked: DrainAsked): readonly Refusal[] {
  const mayNotAsk = requesters(asked);
  return mayNotAsk === null ? ADOPT_RULES.flatMap((rule) => rule(asked) ?? []) : [mayNotAsk];
}

/** Why a window of this length is too long, or `null`; also asked when a window is extended. */
export function tooLong(record: Maintenance, durationMs: Millis, policy: Policy): string | null {
  if (durationMs <= policy.maxDurationMs) return null;
  return `${settingOf(record.cluster, "max_duration")} allows windows of at most ${formatSpan(policy.maxDurationMs)}, and this one would last ${formatSpan(durationMs)}.`;
}

function requesters({ record, policy }: DrainAsked): Refusal | null {
  const person = { user: record.requester, groups: record.requesterGroups, lookupFailed: false };
  if (policy.requesters.length === 0 || isAmong(person, policy.requesters)) return null;
  const setting = settingOf(record.cluster, "requesters");
  return {
    why: `${setting} does not name <@${record.requester}>. Who may ask for a drain: ${mentions(policy.requesters)}. A group whose members could not be looked up counts as no.`,
    next: "Have one of them ask for it.",
  };
}

function approvers({ record, policy }: DrainAsked): Refusal | null {
  const why = nobodyCouldApprove(record, policy);
  if (why === null) return null;
  return { why, next: "Have somebody else ask for it, or have these settings changed." };
}

function maxDuration({ record, policy }: DrainAsked): Refusal | null {
  const why = tooLong(record, record.wanted.durationMs, policy);
  return why === null ? null : { why, next: "Ask for a shorter window." };
}

function requireReason({ record, policy }: DrainAsked): Refusal | null {
  if (!policy.requireReason || (record.reason ?? "").trim() !== "") return null;
  return {
    why: `${settingOf(record.cluster, "require_reason")} wants a reason, and none was given.`,
    next: 'Send the same line again with --reason "why" at its end.',
  };
}

function ticketPattern({ record, policy }: DrainAsked): Refusal | null {
  if (policy.ticketPattern === null || fits(record.ticket, policy.ticketPattern)) return null;
  const given = record.ticket === null ? "none was given" : `${quoted(record.ticket)} is not one`;
  return {
    why: `${settingOf(record.cluster, "ticket_pattern")} wants a ticket that matches ${policy.ticketPattern}, and ${given}.`,
    next: "Send the same line again with --ticket and the ticket's number at its end.",
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

function approveMode({ record, policy }: DrainAsked): Refusal | null {
  const mode = record.wanted.roll?.approve ?? "each";
  const { approve } = policy.rolling;
  if (record.wanted.roll === undefined || approve.includes(mode)) return null;
  return {
    why: `${settingOf(record.cluster, "rolling.approve")} allows ${approve.map((one) => `--approve ${one}`).join(" and ")}, and not --approve ${mode}.`,
    next: `Send the same line again with --approve ${approve[0] ?? "each"}.`,
  };
}

/** What the master is to kill is asked about batch by batch, and takes a master that knows how. */
function killDrain({ record: { wanted }, world }: DrainAsked): Refusal | null {
  if (wanted.kill === undefined) return null;
  if (!knowsDraining(world.version)) {
    return {
      why: `The master runs Mesos ${world.version}, and --kill takes DRAIN_AGENT, which exists since 1.9.0.`,
      next: "Send the same line without --kill: Down ends what runs there as well.",
    };
  }
  const mode = wanted.roll?.approve ?? "each";
  if (mode === "each") return null;
  return {
    why: `With --kill each batch is asked about alone, and not with --approve ${mode}.`,
    next: "Send the same line again without --approve.",
  };
}

function allowForce({ record, policy }: DrainAsked): Refusal | null {
  if (record.deadline?.then !== "force" || policy.allowForce) return null;
  return {
    why: `${settingOf(record.cluster, "allow_force")} is off, so --then force is not possible.`,
    next: "Use --then ask or --then release.",
  };
}
