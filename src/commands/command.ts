import type { Decision } from "../maintenance/decisions/table.js";
import type { StandShown, UpMode } from "../maintenance/record/record.js";
import type { Roll } from "../maintenance/record/roll.js";
import type { Reply } from "../maintenance/text/reply.js";

/** Where and when a command was typed, and the clusters it may mean. */
export interface CommandContext {
  readonly clusters: readonly CommandCluster[];
  /** Slack channel id. */
  readonly channel: string;
  /** What the workspace calls the command. */
  readonly command: string;
  readonly nowMs: number;
  /** The person's time zone, such as `Europe/Berlin`; `null` where it is not known. */
  readonly timeZone: string | null;
}

export interface CommandCluster {
  readonly name: string;
  /** Slack channel id of the cluster's own channel. */
  readonly channel: string | null;
  readonly defaultDurationMs: number;
  readonly maxDurationMs: number;
}

/** What a verb acts on: the machines of a host pattern, or a maintenance by its id. */
export type Target =
  | { readonly kind: "hosts"; readonly hosts: string }
  | { readonly kind: "id"; readonly id: string };

/** What happens when the machines are not empty by the deadline: give them back, ask for the Down, or go on. */
export const DEADLINE_ACTIONS = ["release", "ask", "force"] as const;

/** `--deadline 2h --then release`. */
export interface Deadline {
  /** Milliseconds after the window's start; never later than its end. */
  readonly afterMs: number;
  readonly action: (typeof DEADLINE_ACTIONS)[number];
}

export interface DrainCommand {
  readonly verb: "drain";
  readonly cluster: string;
  readonly hosts: string;
  readonly durationMs: number;
  /** Whether the line says how long it lasts, or when it ends; else it is the cluster's default. */
  readonly hasDuration: boolean;
  /** When the window starts (`--in`, `--at`), in milliseconds since the epoch; `null` means at once. */
  readonly startMs: number | null;
  /** How long before its start the window is posted (`--announce`), in milliseconds; `null`: at once. */
  readonly announceMs: number | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly deadline: Deadline | null;
  /** Into which batches the machines are divided (`--batch`, `--canary`); `null` means that all go down together. */
  readonly roll: Roll | null;
  /** Whether the master is to kill what runs there, with the grace of its tasks in ms (`--kill`); `null`: it is not. */
  readonly kill: { readonly graceMs: number | null } | null;
  /** Whether a person brings the machines back, or the end of the window (`--up`). */
  readonly up: UpMode;
  /** The runbook that is run between Down and Up (`--run`), by its name. */
  readonly run: string | null;
  /** Why it should go on though the policy's calendar says no. */
  readonly override: string | null;
  /** How many machines the requester confirms by typing it (`--confirm 40`). */
  readonly confirmed: number | null;
  /** Show what would go away, and do nothing. */
  readonly dryRun: boolean;
}

/** Machines that stand in a window already are looked after from now on. */
export interface AdoptCommand {
  readonly verb: "adopt";
  readonly cluster: string;
  readonly hosts: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** How many machines the requester confirms by typing it (`--confirm 40`). */
  readonly confirmed: number | null;
  /** How they stood in the message whose button was pressed; absent where it was typed. */
  readonly shown?: StandShown;
}

/** What was: everything about one maintenance, or a list of those that are asked for. */
export interface HistoryCommand {
  readonly verb: "history";
  readonly cluster: string | null;
  readonly id: string | null;
  /** Names of machines with `*` and `?`. */
  readonly hosts: string | null;
  /** Who asked for them: `me`, a Slack id, or a name as Slack shows it. */
  readonly by: string | null;
  /** Only those of so long back, in ms. */
  readonly sinceForMs: number | null;
  /** Refused drains alone. */
  readonly refused: boolean;
  /** All of them as a file. */
  readonly csv: boolean;
}

/** A verb that decides something on one maintenance, named by its id or by its hosts. */
export interface DecisionCommand {
  /** As the table of verbs names it. */
  readonly verb: string;
  readonly cluster: string | null;
  readonly target: Target;
  /** About the batch whose turn it is, until the hosts are known to be those of another. */
  readonly decision: Decision;
  /** Why rules of the policy are to be lifted first (`--override`), for Down. */
  readonly override: string | null;
  /** What stands behind the target in the same line about another one, such as ` 2h`; empty where nothing does. */
  readonly rest: string;
}

/**
 * A command that was understood. `hosts` are patterns of good form (`parsePattern`). `cluster` is `null` where the
 * target is an id, which is one of a kind in all clusters, and for `status` and `history` of everything.
 */
export type Command =
  | DrainCommand
  | AdoptCommand
  | DecisionCommand
  | { readonly verb: "status"; readonly cluster: string | null; readonly target: Target | null }
  | HistoryCommand
  | { readonly verb: "schedule" | "frameworks"; readonly cluster: string }
  | { readonly verb: "hosts"; readonly cluster: string; readonly hosts: string }
  | { readonly verb: "clusters"; readonly cluster: string | null }
  | { readonly verb: "help"; readonly topic: string | null };

export type Parsed =
  | { readonly ok: true; readonly command: Command }
  /**
   * `text` says what was wrong, `line` is the corrected line to copy, `next` ends with one example. Of an offer nothing was
   * wrong: `line` is the line as it was understood, and may be sent as it stands.
   */
  | { readonly ok: false; readonly isOffer: boolean; readonly reply: Reply };
