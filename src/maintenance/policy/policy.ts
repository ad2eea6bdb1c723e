// What is allowed, and who may?

import type { FrameworkMapping } from "../frameworks/recognise.js";
import type { ApproveMode } from "../record/roll.js";
import type { RunbookShown } from "../record/run.js";
import type { Standing } from "../record/standing.js";
import type { Millis } from "../time.js";

/** Hours of a week in which something is allowed, in a time zone; as Kured's time windows. */
export interface CalendarWindow {
  /** 0 Sunday … 6 Saturday. */
  readonly days: readonly number[];
  /** Minutes after midnight, local time of `timeZone`. `to` before `from` means past midnight. */
  readonly from: number;
  readonly to: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** A limit in machines, or in percent of the active agents (rounded down, at least 1). */
export type Cap =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "percent"; readonly percent: number };

/**
 * A limit on what goes down, asked before every Down. Of the budgets for the same thing all hold in whose hours it is;
 * outside the hours of all of them, all hold: then the tightest decides.
 */
export type Budget = MachinesBudget | ZonesBudget | AppBudget;

/** When a budget holds; without hours always. */
interface InHours {
  readonly hours: readonly CalendarWindow[];
}

/** Machines out of service at once, everybody's counted. */
export interface MachinesBudget extends InHours {
  readonly kind: "machines";
  readonly most: Cap;
}

/** Zones with machines out of service at once, everybody's counted. */
export interface ZonesBudget extends InHours {
  readonly kind: "zones";
  readonly most: number;
}

/** Running copies of each app that have to stay outside of what goes down. */
export interface AppBudget extends InHours {
  readonly kind: "app";
  /** Glob over names of frameworks and apps. */
  readonly match: string;
  /** A number of copies, or a share of them, rounded up. */
  readonly keep: Cap;
}

/** A runbook of the clusters file, as far as it is asked about: what is run is the worker's alone. */
export interface RunbookTerms extends RunbookShown {
  /** People and groups that may use it; never empty. */
  readonly who: readonly string[];
}

/** The rules of one cluster, from its configuration. People and groups are Slack ids (`U…`, `W…`; groups `S…`). */
export interface Policy {
  /**
   * Whether masters are asked with credentials. Without rights of their principal a master leaves windows out; one that
   * asks nobody who they are shows everybody the same.
   */
  readonly hasCredentials: boolean;
  /** Who may ask for a drain; empty means everybody. */
  readonly requesters: readonly string[];
  /** Who may approve; empty means everybody who can see the question. */
  readonly approvers: readonly string[];
  /** Who may release other people's holds and override rules; they get no other right from it. */
  readonly admins: readonly string[];
  /** How many distinct people have to approve a Down. */
  readonly votes: number;
  /** Whether the requester may approve their own Down (invariant 6). Being an admin changes nothing about it. */
  readonly selfApproval: boolean;
  /** Whether only full members of the workspace may approve and override: no guests, bots and accounts that are not known. */
  readonly membersOnly: boolean;
  readonly caps: {
    readonly machinesPerMaintenance: Cap | null;
    /** Machines draining or Down at the same time, everybody's counted. */
    readonly outOfService: Cap | null;
    /** Above a cap: refuse, or ask the requester to type the number (`--confirm 40`). */
    readonly above: "refuse" | "confirm";
  };
  readonly budgets: readonly Budget[];
  /** Open maintenances that one person may have asked for. */
  readonly maxOpenPerPerson: number;
  readonly maxDurationMs: Millis;
  readonly requireReason: boolean;
  /** Tickets have to match this; `null` when none is needed. Linear-time syntax (RE2). */
  readonly ticketPattern: string | null;
  /** When drains may be posted and machines taken down; empty means always. */
  readonly calendar: readonly CalendarWindow[];
  /** Whether `--then force` is allowed. */
  readonly allowForce: boolean;
  /** Whose frameworks and apps are whose: glob patterns over framework names and apps. */
  readonly owners: readonly { readonly match: string; readonly owners: readonly string[] }[];
  /** What the operator says that frameworks are; only to explain what they do. */
  readonly frameworks: readonly FrameworkMapping[];
  /** What `--run` may name. */
  readonly runbooks: readonly RunbookTerms[];
  /** Of maintenances whose machines go down one batch after another. */
  readonly rolling: {
    /** Between the end of a batch's window and the start of the next. */
    readonly gapMs: Millis;
    /** How long before its window begins a batch that is empty may go down. */
    readonly earlyMs: Millis;
    /** From the start of the first window to the end of the last. */
    readonly maxSpanMs: Millis;
    /** A window that would begin outside the calendar: `move` it to the next hours, or `refuse` the drain. */
    readonly outsideHours: "move" | "refuse";
    /** After a pause: a person goes on (`ask`), or by itself once what stopped it is over (`auto`). */
    readonly resume: "ask" | "auto";
    /** What one approval may cover. */
    readonly approve: readonly ApproveMode[];
    /** An app that fails more than so many times within so long on machines that are back stops the batches. */
    readonly failing: { readonly times: number; readonly withinMs: Millis };
  };
  readonly approvalTtlMs: Millis;
  /** How long after draining began, or the window started, Down is asked for though tasks remain. */
  readonly askAfterMs: Millis;
  /** How long erased answers are waited for before the bot asks by itself, in case frameworks give them again at once. */
  readonly answersWaitMs: Millis;
  /** How long agents may take to register again after Up before that is told. */
  readonly agentReturnMs: Millis;
  /** How often an open maintenance looks at the master when no event wakes it. */
  readonly pollMs: Millis;
  /** How long a record may be left alone before a person has to say that it may go on. */
  readonly unwatchedAfterMs: Millis;
  /**
   * How long after a call to a master was sent without an answer the world is taken as its outcome. Longer than any
   * call can still be under way.
   */
  readonly settleMs: Millis;
}

/**
 * Who somebody is, as far as it was found out when they clicked or typed: their user id, their kind of account, and the
 * configured groups they are in. A group look-up that failed counts as not being in any group (invariant 6).
 */
export interface Person {
  readonly user: string;
  readonly standing: Standing;
  readonly groups: readonly string[];
  /** Whether a look-up failed, to say so when that is why somebody is refused. */
  readonly lookupFailed: boolean;
}

/** Whether a list of user and group ids names this person. */
export function isAmong(person: Person, ids: readonly string[]): boolean {
  return ids.includes(person.user) || person.groups.some((group) => ids.includes(group));
}

/** Where a rule of a cluster is set, as its clusters file writes it: `clusters.prod.caps.out_of_service`. */
export function settingOf(cluster: string, key: string): string {
  return `clusters.${cluster}.${key}`;
}
