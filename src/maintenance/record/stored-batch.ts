import { z } from "zod";
import { agentsSeen } from "./agent-seen.js";
import { movePlan } from "./move.js";
import { seen } from "./picture.js";
import { limits } from "./roll.js";
import { runbookShown } from "./run.js";

/** An exact int64 of nanoseconds: a decimal string in JSON (job data), a bigint in the program (invariant 1). */
const nanos = z.codec(z.string().regex(/^-?\d{1,19}$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

/** A time of windows: when machines are planned to be away. */
const unavailability = z.object({ start: nanos, duration: nanos.nullable() });

const millis = z.number().int();

const machine = z.object({ hostname: z.string().min(1), ip: z.string().min(1) }).readonly();

/** Phases of a batch, in order; then the ends. `held` is a flag beside the phase, not a phase. */
export const PHASES = [
  "kill_draining",
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

/**
 * Why a question is withdrawn. `overtaken`: the machines went Down, or were given back, without it. `within_limits`: the
 * batch, asked about alone, is inside of the limits again that were approved for it.
 */
const WITHDRAWN = [
  "cancelled",
  "deadline",
  "extended",
  "posted_again",
  "replaced",
  "overtaken",
  "skipped",
  "within_limits",
  "empty",
] as const;

/** What a question is about, and so what its approval is for: nothing else may be done under it (invariant 5). */
export const ABOUT = ["down", "kill_drain", "move_tasks"] as const;

/** A question such as "take these machines down?", asked once; a new question is a new approval with a new id. */
const approval = z.object({
  /** 0.1.0 asked about Down only, and did not say so. */
  about: z.enum(ABOUT).default("down"),
  /** Unique within the maintenance, such as `b1a2`: part of the button, so an old button cannot answer a new question. */
  id: z.string(),
  askedAtMs: millis,
  /** Who asked for it with a button or `/mesos down`; `null` when the bot asked by itself. */
  askedBy: z.string().nullable(),
  /** Who may not approve because they asked for it, so that nobody has to try (invariant 6). */
  notBy: z.array(z.string()),
  /** Who may approve by the policy as it was then, people and groups; empty: everybody. Records of 0.1.0 do not say. */
  approvers: z.array(z.string()).optional(),
  expiresAtMs: millis,
  /** How many distinct people have to approve. */
  votesNeeded: z.number().int().min(1),
  /** Who approved so far, on what is in `seen`; the last one that is needed grants. */
  votes: z.array(z.object({ by: z.string(), atMs: millis })),
  /** The reminder at half time was posted. */
  reminded: z.boolean(),
  /** Asked because the deadline has passed (`--then force`): the question says so. */
  forced: z.boolean(),
  /** Of a kill-drain: how long tasks get that do not say so themselves, in ms; `null`: what their executors take. */
  graceMs: millis.nullable().optional(),
  /** Set where it is for several batches: what those after this one have to keep. */
  limits: limits.optional(),
  /** The question of another batch under whose limits this one was granted, without asking anybody. */
  under: z.string().optional(),
  /** The runbook that is run once the machines are Down: to approve the Down is to approve this one run of it. */
  runbook: runbookShown.optional(),
  /** Set where it is about moving tasks: which ones. */
  move: movePlan.optional(),
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

export type About = Approval["about"];

/**
 * Written before START_MAINTENANCE is sent and kept until the world shows its outcome or another approval is granted
 * (invariants 5 and 7): after a crash or a time-out it says that a call may be under way, so it is settled by reading,
 * not by calling again, and a Down that shows late is not taken for somebody else's.
 */
const downIntent = z.object({
  approvalId: z.string(),
  sentAtMs: millis,
  /** Tasks that were on the machines when it was sent. */
  tasks: z.number().int(),
  /** Tasks that were last seen on agents that were away by then: Down does not stop them. */
  tasksAway: z.number().int().optional(),
});

export type DownIntent = z.output<typeof downIntent>;

/**
 * Written before DRAIN_AGENT is sent for an agent, and kept: an agent that is drained takes nothing until it was Down and is
 * up again, or is reactivated.
 */
const drainIntent = z.object({
  agentId: z.string(),
  approvalId: z.string(),
  sentAtMs: millis,
  /** Tasks that were on it then. */
  tasks: z.number().int(),
});

export type DrainIntent = z.output<typeof drainIntent>;

/**
 * A batch as it is stored, and as 0.1.0 has stored it: all fields of all phases side by side, `null` or empty outside the
 * phases that they belong to. In the program it is a `Batch` (`batch-phases.ts`).
 */
export const storedBatch = z.object({
  /** `b1`, `b2`, … in the order they go down. */
  id: z.string(),
  machines: z.array(machine),
  /** Agents ever seen on the machines until Down: after it the master's list no longer has them. */
  agents: agentsSeen,
  /**
   * Ids of agents that ran on other machines of the same host names while those of the batch ran, at the last look before
   * Down: they are no agents of it that came back. Absent when there were none.
   */
  namesakes: z.array(z.string()).optional(),
  window: unavailability,
  /** The window our machines still stand in at the master while an extension is being posted; `null` otherwise. */
  movingFrom: unavailability.nullable(),
  /** The windows that our machines were moved out of, oldest first: an old list that is written back puts them there again. */
  earlierWindows: z.array(unavailability).readonly().optional(),
  phase: z.enum(PHASES),
  /** Newest last; at most one is without an outcome. */
  approvals: z.array(approval),
  intent: downIntent.nullable(),
  drained: z.array(drainIntent).readonly().optional(),
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
  /** Ids of agents that are back after Up, also under another id; 0.1.0 wrote machine keys. */
  returned: z.array(z.string()),
  /** Ids of agents that were not back when a person went on without them: only the end of the maintenance waits for them. */
  wentOnWithout: z.array(z.string()).optional(),
  /** A person has it given back without taking it down, while the other batches go on. */
  skippedBy: z.string().optional(),
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
  /** Since when the master has not shown our window after it was taken out; absent where it was never posted. */
  goneSinceMs: millis.optional(),
  /** Machines (keys) that were given back while others stayed Down, or that the master has confirmed not to be Down since Up was asked for. */
  confirmedUp: z.array(z.string()),
});

/** A stored batch in the program: times of windows are bigint. */
export type FlatBatch = z.output<typeof storedBatch>;
