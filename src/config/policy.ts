import type { FrameworkMapping } from "../maintenance/frameworks/recognise.js";
import type { Budget, CalendarWindow } from "../maintenance/policy/policy.js";
import type { ClusterPolicy } from "./config.js";
import { FRAMEWORK_KEYS, type PolicySettings } from "./policy-schema.js";

/** The policy that a cluster's settings add up to. */
export function clusterPolicy(settings: PolicySettings): Omit<ClusterPolicy, "runbooks"> {
  const { caps } = settings;
  return {
    requesters: settings.requesters,
    approvers: settings.approvers,
    admins: settings.admins,
    votes: settings.approvals,
    selfApproval: settings.self_approval,
    membersOnly: settings.members_only,
    caps: {
      machinesPerMaintenance: caps?.machines_per_maintenance ?? null,
      outOfService: caps?.out_of_service ?? null,
      above: caps?.above ?? "refuse",
    },
    maxOpenPerPerson: settings.max_open_per_person,
    requireReason: settings.require_reason,
    ticketPattern: settings.ticket_pattern ?? null,
    calendar: settings.calendar.map(calendarWindow),
    allowForce: settings.allow_force,
    owners: settings.owners,
    frameworks: settings.frameworks.map(frameworkMapping),
    budgets: settings.budgets.map(budget),
    rolling: {
      gapMs: settings.rolling.gap,
      earlyMs: settings.rolling.early,
      maxSpanMs: settings.rolling.max_span,
      outsideHours: settings.rolling.outside_hours,
      approve: settings.rolling.approve,
      resume: settings.rolling.resume,
      failing: {
        times: settings.rolling.failing.times,
        withinMs: settings.rolling.failing.within,
      },
    },
    approvalTtlMs: settings.approval_ttl,
    askAfterMs: settings.ask_after,
    answersWaitMs: settings.answers_wait,
    agentReturnMs: settings.agent_return,
    pollMs: settings.poll_interval,
    // A record is looked after once a poll.
    unwatchedAfterMs: Math.max(settings.unwatched_after, 3 * settings.poll_interval),
  };
}

function calendarWindow({ time_zone, ...window }: PolicySettings["calendar"][number]): CalendarWindow {
  return { ...window, timeZone: time_zone };
}

/** The schema takes one of `id`, `name` and `principal`. */
function frameworkMapping(said: FrameworkSettings): FrameworkMapping {
  const { family, marathon } = said;
  return { ...nameOf(said), family, ...(marathon === undefined ? {} : { marathon: true }) };
}

export type FrameworkSettings = PolicySettings["frameworks"][number];

/** What an entry of `frameworks` names its framework by. */
export function nameOf(said: FrameworkSettings): Pick<FrameworkMapping, "by" | "value"> {
  const by = FRAMEWORK_KEYS.find((key) => said[key] !== undefined) ?? "name";
  return { by, value: said[by] ?? "" };
}

function budget({ machines, zones, match = "", keep, ...rest }: PolicySettings["budgets"][number]): Budget {
  const hours = rest.hours.map(calendarWindow);
  if (machines !== undefined) return { kind: "machines", most: machines, hours };
  if (zones !== undefined) return { kind: "zones", most: zones, hours };
  return { kind: "app", match, keep: keep ?? ALL, hours };
}

/** The schema takes `match` and `keep` only together. */
const ALL = { kind: "percent", percent: 100 } as const;

/** Settings that are right one by one and cannot hold together. */
export interface Contradiction {
  readonly path: readonly string[];
  /** A clause that goes on from the setting's name. */
  readonly what: string;
}

/** Rules under which no Down could ever be approved, and rules that would silently not count. */
export function contradictions(settings: PolicySettings): readonly Contradiction[] {
  const { approvals, caps } = settings;
  const found: Contradiction[] = [];
  const approvers = onlyPeople(settings.approvers);
  const requesters = onlyPeople(settings.requesters);
  if (approvers !== null && approvers.length < approvals) {
    const count = approvers.length === 1 ? "one person" : `${approvers.length} people`;
    found.push({
      path: ["approvals"],
      what: `asks for more than the ${count} in approvers: no Down could ever be approved`,
    });
  } else if (
    approvers !== null &&
    requesters !== null &&
    !settings.self_approval &&
    // Invariant 6: whoever asked does not count.
    requesters.every((asking) => approvers.filter((person) => person !== asking).length < approvals)
  ) {
    found.push({
      path: ["approvers"],
      what: "leaves too few people: none of the requesters could ever get a Down approved, because self_approval is off",
    });
  }
  if (caps?.above === "confirm" && !caps.machines_per_maintenance && !caps.out_of_service) {
    found.push({
      path: ["caps", "above"],
      what: "has no effect: set machines_per_maintenance or out_of_service as well",
    });
  }
  return found;
}

/** The different people of a list; `null` where that cannot be told: an empty list is anyone, a group any number. */
function onlyPeople(ids: readonly string[]): readonly string[] | null {
  return ids.length === 0 || ids.some((id) => id.startsWith("S")) ? null : [...new Set(ids)];
}
