// What do we know of one maintenance?

import { z } from "zod";
import { COMMAND, commandName } from "../text/command.js";
import { blastRadius } from "./blast-radius.js";
import { logEvent } from "./events.js";
import { picture, seen } from "./picture.js";

/** An exact int64 of nanoseconds: a decimal string in JSON (job data), a bigint in the program (invariant 1). */
const nanos = z.codec(z.string().regex(/^-?\d{1,19}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

const millis = z.number().int();

export const machine = z.object({ hostname: z.string().min(1), ip: z.string().min(1) }).readonly();

/** Phases of a batch, in order; then the ends. `held` is a flag beside the phase, not a phase. */
export const PHASES = [
  "scheduled",
  "draining",
  "awaiting_approval",
  "taking_down",
  "down",
  "bringing_up",
  "up",
  "cancelled",
  "failed",
] as const;

export type Phase = (typeof PHASES)[number];

/** Why a question is withdrawn. `overtaken`: the machines went Down, or were given back, without it. */
const WITHDRAWN = ["cancelled", "deadline", "extended", "posted_again", "replaced", "overtaken"] as const;

/** The question "take these machines down?", asked once; a new question is a new approval with a new id. */
export const approval = z.object({
  /** Unique within the maintenance, such as `b1a2`: part of the button, so an old button cannot answer a new question. */
  id: z.string(),
  askedAtMs: millis,
  /** Who asked for it with a button or `/mesos down`; `null` when the bot asked by itself. */
  askedBy: z.string().nullable(),
  /** Who may not approve because they asked for it, so that nobody has to try (invariant 6). */
  notBy: z.array(z.string()),
  expiresAtMs: millis,
  /** How many distinct people have to approve. */
  votesNeeded: z.number().int().min(1),
  /** Who approved so far, on what is in `seen`; the last one that is needed grants. */
  votes: z.array(z.object({ by: z.string(), atMs: millis })),
  /** The reminder at half time was posted. */
  reminded: z.boolean(),
  /** Asked because the deadline has passed (`--then force`): the question says so. */
  forced: z.boolean(),
  /** What people saw when they were asked; compared with the world at the click (invariant 5). */
  seen,
  outcome: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("granted"), by: z.string(), atMs: millis }),
      z.object({ kind: z.literal("denied"), by: z.string(), atMs: millis, reason: z.string().nullable() }),
      z.object({ kind: z.literal("expired"), atMs: millis }),
      /** The picture got worse between question and answer; `changes` says how. */
      z.object({ kind: z.literal("outdated"), atMs: millis, changes: z.array(z.string()) }),
      /** Nobody is asked any more; `by`: `null` when the bot withdrew it. */
      z.object({
        kind: z.literal("withdrawn"),
        atMs: millis,
        why: z.enum(WITHDRAWN),
        by: z.string().nullable(),
      }),
    ])
    .nullable(),
});

export type Approval = z.output<typeof approval>;

/**
 * Written before START_MAINTENANCE is sent and kept until the world shows its outcome or another approval is granted
 * (invariants 5 and 7): after a crash or a time-out it says that a call may be under way, so it is settled by reading,
 * not by calling again, and a Down that shows late is not taken for somebody else's.
 */
export const downIntent = z.object({
  approvalId: z.string(),
  sentAtMs: millis,
  /** Tasks that were on the machines when it was sent. */
  tasks: z.number().int(),
});

export const batch = z.object({
  /** `b1`, `b2`, … in the order they go down. */
  id: z.string(),
  machines: z.array(machine),
  /** Agents ever seen on the machines: after Down the master's list no longer has them. `machine` is a machine key. */
  agents: z.array(z.object({ machine: z.string(), id: z.string() })),
  window: z.object({ start: nanos, duration: nanos.nullable() }),
  /** The window our machines still stand in at the master while an extension is being posted; `null` otherwise. */
  movingFrom: z.object({ start: nanos, duration: nanos.nullable() }).nullable(),
  phase: z.enum(PHASES),
  /** Newest last; at most one is without an outcome. */
  approvals: z.array(approval),
  intent: downIntent.nullable(),
  /** The bot asks by itself at most once per draining; after a deny or an expiry a person asks again. */
  askedByItself: z.boolean(),
  /**
   * A question that stood was taken back and is to be asked anew once the machines drain in our window; by whom it was
   * asked stays, because they may not approve it (invariant 6).
   */
  askAnew: z.object({ by: z.string().nullable(), forced: z.boolean() }).nullable(),
  /** When the window was first seen in the master's schedule. */
  drainingSinceMs: millis.nullable(),
  /** When the machines became empty; `null` while tasks run on them. */
  emptySinceMs: millis.nullable(),
  /** The window has passed with the machines still away, and that was told. */
  overdueTold: z.boolean(),
  /** Machines (keys) whose agents registered again after Up. */
  returned: z.array(z.string()),
  upAtMs: millis.nullable(),
  /** Agents did not register in time after Up, and that was told. */
  missingTold: z.boolean(),
  /** When the window was last posted, accepted or without an answer; `null` before, and once a person has it posted again. */
  postedAtMs: millis.nullable(),
  /** Before its first post the master showed windows: one that shows none after that is not believed (invariant 2). */
  sightProved: z.boolean(),
  /** When the master last accepted a post that took the machines out of the schedule again. */
  removedAtMs: millis.nullable(),
  /** The leader (its id) that showed our window and was then asked to take the machines out, whatever it answered. */
  removalLeaderId: z.string().nullable(),
  /** Machines (keys) that were given back while others stayed Down, or that the master has confirmed not to be Down since Up was asked for. */
  confirmedUp: z.array(z.string()),
});

export type Batch = z.output<typeof batch>;

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

/** The rules of the policy that can be overridden. */
export type OverridableRule = "calendar";

/** An override counts for one rule and for no other. 0.1.0 wrote `*` for the calendar, the only rule there was. */
const overriddenRule = z.codec(z.string(), z.string(), {
  decode: (rule) => (rule === "*" ? "calendar" : rule),
  encode: (rule) => rule,
});

/**
 * One maintenance: what one `/mesos drain` opens, and the whole of what the bot knows about it. It is the data of one
 * long-lived job of the control lane; nothing else stores it (DESIGN: the queue is the only store).
 */
export const maintenance = z.object({
  version: z.literal(1),
  id: z.string().regex(/^m-[a-z0-9]{4,8}$/),
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
  wanted: z.object({ startMs: millis.nullable(), durationMs: millis }),
  /** Empty until the pattern has been resolved against the master's agents; then the machines are fixed. */
  batches: z.array(batch),
  /**
   * What to do when the machines are not empty by a time; `null` when no deadline was given. `met`: nothing is to be done
   * about it any more, because they were empty or because it was acted on.
   */
  deadline: z
    .object({ atMs: millis, then: z.enum(["release", "ask", "force"]), met: z.boolean() })
    .nullable(),
  /** Rules that a person has overridden, each with a reason. */
  overrides: z.array(z.object({ rule: overriddenRule, by: z.string(), atMs: millis, reason: z.string() })),
  /** How many machines the requester confirmed by typing (`--confirm 40`), for caps that ask for it. */
  confirmed: z.number().int().nullable(),
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
      framework: z.string(),
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
  /** What goes away with the machines, as it was when the drain was planned. */
  blast: blastRadius.nullable(),
  /** Set by `cancel`; the machines are given back when the world says so. */
  cancel: z.object({ by: z.string(), atMs: millis }).nullable(),
  /** Progress stands still until the last hold is released: the oldest, and those of others that came after it. */
  held: hold.extend({ also: z.array(hold).optional() }).nullable(),
  trouble: trouble.nullable(),
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

/** From job data to the domain. Throws a ZodError for data of another shape. */
export function decodeMaintenance(data: unknown): Maintenance {
  return maintenance.decode(data as StoredMaintenance);
}

/** From the domain to job data: JSON without bigint. */
export function encodeMaintenance(record: Maintenance): StoredMaintenance {
  return maintenance.encode(record);
}
