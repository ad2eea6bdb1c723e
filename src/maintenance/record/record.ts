// What do we know of one maintenance?

import { z } from "zod";
import { COMMAND, commandName } from "../text/command.js";
import { batch } from "./batch-phases.js";
import { blastRadius } from "./blast-radius.js";
import { logEvent } from "./events.js";
import { move } from "./move.js";
import { picture } from "./picture.js";
import { roll } from "./roll.js";
import { run } from "./run.js";
import { standing } from "./standing.js";

export type { Batch, BatchIn, BatchToGoDown, DrainingBatch, StandingBatch } from "./batch-phases.js";
export {
  type About,
  type Approval,
  type DownIntent,
  PHASES,
  type Phase,
} from "./stored-batch.js";

const millis = z.number().int();

/** What every maintenance's id looks like. */
export const MAINTENANCE_ID = /^m-[a-z0-9]{4,8}$/;

/** Somebody's hold. `owner`: an owner's, which owners may release. */
export const hold = z.object({
  by: z.string(),
  atMs: millis,
  reason: z.string().nullable(),
  as: z.enum(["operator", "owner"]),
});

export type Hold = z.output<typeof hold>;

/** What currently keeps a maintenance from going on, such as an unreachable master; gone when it is over. */
export const trouble = z.object({
  /** A code of the table of errors (`mesos/errors.ts`), such as `no_leader`. */
  code: z.string(),
  /** One sentence: what happened. */
  what: z.string(),
  /** The master's own words, if it said any. */
  said: z.string().nullable(),
  /** What was not done because of it. */
  notDone: z.string(),
  /** What to do next. */
  next: z.string(),
  sinceMs: millis,
});

export type Trouble = z.output<typeof trouble>;

/** Machines that a batch goes on without. */
const leftBehind = z.object({
  /** The maintenance that looks after them. */
  id: z.string(),
  /** The batch that they were in. */
  batch: z.string(),
  /** Host names. */
  machines: z.array(z.string()),
  by: z.string(),
  atMs: millis,
  /** When it was asked for: the same request carried out again is known by it (invariant 7). */
  askedAtMs: millis,
  /** What that maintenance begins with, until it is known to be stored. */
  opening: batch.nullable(),
});

export type LeftBehind = z.output<typeof leftBehind>;

/** How machines come back after Down. `ask`: a person asks for it. `auto`: by itself, after the success of the runbook, else when the window ends. */
export const UP_MODES = ["ask", "auto"] as const;

export type UpMode = (typeof UP_MODES)[number];

/** The rules of the policy that can be overridden. */
export type OverridableRule = "calendar" | "budgets";

/** An override counts for one rule and for no other. 0.1.0 wrote `*` for the calendar, the only rule there was. */
const overriddenRule = z.codec(z.string(), z.string(), {
  decode: (rule) => (rule === "*" ? "calendar" : rule),
  encode: (rule) => rule,
});

/** How machines out of service stood when they were shown: exact nanoseconds as decimal strings (invariant 1). */
export const standShown = z.object({
  startNs: z.string(),
  /** `null`: without an end. */
  durationNs: z.string().nullable(),
  isDown: z.boolean(),
});

export type StandShown = z.output<typeof standShown>;

/**
 * One maintenance: what one `/mesos drain` opens, and the whole of what the bot knows about it. It is the data of one
 * long-lived job of the control lane; nothing else stores it (DESIGN: the queue is the only store).
 */
export const maintenance = z.object({
  version: z.literal(1),
  id: z.string().regex(MAINTENANCE_ID),
  cluster: z.string(),
  /** Slack channel id of the root message and thread. */
  channel: z.string(),
  /** Slack user id of who asked. */
  requester: z.string(),
  /** What the requester calls the command: the name that the workspace gave it. */
  command: commandName.default(COMMAND),
  /** The host pattern as it was typed, after undoing Slack's formatting. */
  hosts: z.string(),
  reason: z.string().nullable(),
  ticket: z.string().nullable(),
  requestedAtMs: millis,
  /** The window that was asked for; `start` in ms, `null` means as soon as it is posted. */
  wanted: z.object({
    startMs: millis.nullable(),
    durationMs: millis,
    /** How long before its start a window is posted; absent: at once. */
    announceMs: millis.optional(),
    /** How the machines are divided into batches; absent where all go down together. */
    roll: roll.optional(),
    /** Absent: `ask`. */
    up: z.enum(UP_MODES).optional(),
    /** The master is to kill what runs on the machines before their window is posted; see `graceMs` of an approval. */
    kill: z.object({ graceMs: millis.nullable() }).optional(),
    /** The runbook that is run between Down and Up, by its name; absent: none. */
    run: z.string().optional(),
    /**
     * The machines stand in a window already, and are to be looked after from now on: none is posted for them. `shown`: how they
     * stood in the message whose button was pressed; whoever types it means how they stand.
     */
    adopt: z.object({ shown: standShown.optional() }).optional(),
  }),
  /** Empty until the pattern has been resolved against the master's agents; then the machines are fixed. */
  batches: z.array(batch),
  /**
   * What to do when the machines are not empty by a time; `null` when no deadline was given. `met`: nothing is to be done
   * about it any more, because they were empty or because it was acted on. Of several batches it is that of the one whose
   * turn it is.
   */
  deadline: z
    .object({
      atMs: millis,
      then: z.enum(["release", "ask", "force"]),
      met: z.boolean(),
      /** Counted from the start of the window; 0.1.0 did not write it down. */
      afterMs: millis.optional(),
      /** Whose deadline it is, where there are several batches. */
      batch: z.string().optional(),
    })
    .nullable(),
  /** Rules that a person has overridden, each with a reason. */
  overrides: z.array(
    z.object({
      rule: overriddenRule,
      by: z.string(),
      atMs: millis,
      reason: z.string(),
      /** The only batch that it is for; absent: for all. */
      batch: z.string().optional(),
    }),
  ),
  /** How many machines the requester confirmed by typing (`--confirm 40`), for caps that ask for it. */
  confirmed: z.number().int().nullable(),
  /** The requester's kind of account when asking; not known of records of 0.1.0. */
  requesterStanding: standing.default("unknown"),
  /** User groups that the requester was found to be in when asking. */
  requesterGroups: z.array(z.string()),
  /** Owners of frameworks and apps on the machines: who was told, and what they said. */
  owners: z.array(
    z.object({
      /** Slack user id, or user group id (`S…`). */
      owner: z.string(),
      /** Frameworks or apps of theirs that are affected. */
      of: z.array(z.string()),
      said: z.enum(["nothing", "ready", "hold"]),
      by: z.string().nullable(),
      atMs: millis.nullable(),
    }),
  ),
  /** What frameworks did in this maintenance: where habits are learnt from. */
  behaviour: z.array(
    z.object({
      /** As it is called among the others of its cluster. */
      framework: z.string(),
      /** Its id; 0.1.0 did not write it down. */
      id: z.string().optional(),
      /** Machines on which it had tasks when draining began. */
      asked: z.number().int(),
      accepted: z.number().int(),
      declined: z.number().int(),
      /** Machines from which all its tasks went before Down. */
      left: z.number().int(),
      /** How long before the window's start its last task went, in ms; `null` while some are left. Negative: after. */
      leftBeforeStartMs: millis.nullable(),
    }),
  ),
  /** What is known of the frameworks with tasks on the machines, to explain what they do; only those of which something is. */
  frameworks: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        /** A family of the table of frameworks; one that it does not have counts as none. */
        family: z.string().nullable(),
        by: z.enum(["clusters_file", "signs"]).nullable(),
        driver: z.enum(["old", "http"]).nullable(),
        /** It is a Marathon whose API the worker may call. */
        marathon: z.literal(true).optional(),
      }),
    )
    .default([]),
  /** What goes away with the machines, as it was when the drain was planned. */
  blast: blastRadius.nullable(),
  /** How many copies ran of the apps on the machines of which budgets keep some, when the drain was planned. */
  copiesPlanned: z
    .array(z.object({ frameworkId: z.string(), app: z.string(), copies: z.number().int() }))
    .default([]),
  /**
   * In which zone machines in windows of others are, by machine key; `null`: in none. Kept because the master no longer says
   * it of machines that are Down.
   */
  neighbours: z.record(z.string(), z.string().nullable()).default({}),
  /** Set by `cancel`; the machines are given back when the world says so. */
  cancel: z.object({ by: z.string(), atMs: millis }).nullable(),
  /** Progress stands still until the last hold is released: the oldest, and those of others that came after it. */
  held: hold.extend({ also: z.array(hold).optional() }).nullable(),
  /** A rule stopped a drain in batches before this batch; nothing more goes down until a person decides, or it is over. */
  paused: z
    .object({
      rule: z.string(),
      batch: z.string(),
      saw: z.string(),
      /** What it is about, such as the frameworks that refuse; numbers in `saw` may change. */
      about: z.array(z.string()).default([]),
      sinceMs: millis,
      /** A question for the batch alone stands meanwhile: whoever approves it goes on. */
      asksAlone: z.boolean().optional(),
      /** What stopped it is over, and a person has not gone on yet. */
      isOver: z.boolean().optional(),
    })
    .nullable()
    .default(null),
  /** What rules saw and a person went on with: it does not stop that batch again. */
  wentOn: z
    .array(
      z.object({
        rule: z.string(),
        batch: z.string(),
        saw: z.string(),
        about: z.array(z.string()).default([]),
        by: z.string(),
      }),
    )
    .default([]),
  /** Machines whose agents did not come back: each entry is looked after in a maintenance of its own. */
  leftBehind: z.array(leftBehind).default([]),
  /** Of machines that another maintenance left behind: its id. Nobody asked for a drain of them. */
  leftBehindBy: z.string().optional(),
  /** Runs of runbooks on its machines, in the order in which they were asked for. */
  runs: z.array(run).default([]),
  /** Tasks that were moved, newest last; at most one is not over. */
  moves: z.array(move).default([]),
  trouble: trouble.nullable(),
  /** When a worker last looked after it; earlier builds did not write it down. */
  watchedAtMs: millis.optional(),
  /** Nobody had looked after it for long, and no person has said since that it may go on. */
  unwatched: z.object({ sinceMs: millis, noticedAtMs: millis }).nullable().default(null),
  /**
   * A schedule post or a STOP_MAINTENANCE got no answer: until then it may still take effect, so it is neither repeated
   * nor counted as failed; afterwards the world is its outcome (invariant 7).
   */
  unsettledUntilMs: millis.nullable(),
  picture: picture.nullable(),
  events: z.array(logEvent),
  /** Sequence number of the newest event ever; goes on when old events are dropped. */
  seq: z.number().int(),
  end: z
    .object({ phase: z.enum(["up", "cancelled", "failed"]), atMs: millis, why: z.string().nullable() })
    .nullable(),
});

/** A maintenance in the program: times of windows are bigint. */
export type Maintenance = z.output<typeof maintenance>;

/** The same as JSON, as it stands in the job's data. */
export type StoredMaintenance = z.input<typeof maintenance>;

/** From job data to the domain. Throws for data of another shape. */
export function decodeMaintenance(data: unknown): Maintenance {
  return maintenance.parse(data);
}

/** From the domain to job data: JSON without bigint. */
export function encodeMaintenance(record: Maintenance): StoredMaintenance {
  return maintenance.encode(record);
}
