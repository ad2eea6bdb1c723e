import { z } from "zod";
import { UNASKED } from "./picture.js";
import { runOutcome } from "./run.js";

const millis = z.number().int();

const base = { seq: z.number().int(), atMs: millis };

const by = z.string();

/** When a decision was asked for: the same request carried out again is known by it (invariant 7). */
const askedAtMs = millis;

const frameworksWithTasks = z.array(z.object({ name: z.string(), tasks: z.number().int() }));

/** Which run of which runbook. */
const ofRun = { batch: z.string(), run: z.string(), runbook: z.string() };

/**
 * One line of the event log: the audit of a maintenance and, one message each, its thread. Only facts; the words are
 * made where they are shown (`slack/render-event.ts`).
 */
export const logEvent = z.discriminatedUnion("kind", [
  z.object({ ...base, kind: z.literal("requested"), by }),
  /** The machines stood in a window that nobody looked after, Down or draining; nothing was posted. */
  z.object({
    ...base,
    kind: z.literal("adopted"),
    batch: z.string(),
    machines: z.number().int(),
    down: z.boolean(),
  }),
  /** The window stands in the master's schedule and was read back. */
  z.object({ ...base, kind: z.literal("scheduled"), batch: z.string(), machines: z.number().int() }),
  z.object({
    ...base,
    kind: z.literal("answers_changed"),
    tasksLeft: z.number().int(),
    tasksMost: z.number().int(),
    /** Frameworks whose last task there went since the look before, with how many went; absent where there are none. */
    went: frameworksWithTasks.optional(),
    /** The same of those that have tasks there now and had none. */
    came: frameworksWithTasks.optional(),
    /** Per framework, how many machines stand at which verdict, and which refuse. */
    frameworks: z.array(
      z.object({
        name: z.string(),
        tasks: z.number().int(),
        empty: z.number().int(),
        promised: z.number().int(),
        refused: z.number().int(),
        silent: z.number().int(),
        refusedOn: z.array(z.string()),
        /** On how many machines it cannot be asked, by the reason; events of 0.1.0 do not say. */
        unasked: z.array(z.object({ why: z.enum(UNASKED), machines: z.number().int() })).default([]),
      }),
    ),
    /** What of it may change a decision; absent where there is nothing of that, and in records of 0.1.0. */
    news: z
      .object({
        /** Who refuses, or took a promise back, since the look before: `kafka on web-04`. */
        refused: z.array(z.string()),
        withdrawn: z.array(z.string()),
        /** How many quarters of the tasks are gone, where another one is since the look before. */
        quarter: z.number().int().nullable(),
      })
      .optional(),
  }),
  /** No tasks are left on any machine of the batch. */
  z.object({ ...base, kind: z.literal("empty"), batch: z.string() }),
  z.object({
    ...base,
    kind: z.literal("answers_cleared"),
    why: z.enum(["fail_over", "schedule_change", "unknown"]),
  }),
  /** Agents of our machines are in no list of the master any more; `tasks` were last seen on them. */
  z.object({
    ...base,
    kind: z.literal("agents_away"),
    machines: z.array(z.string()),
    tasks: z.number().int(),
  }),
  /** Somebody marked agents of our machines gone; `tasks` were last seen on them, and are over. */
  z.object({
    ...base,
    kind: z.literal("agents_gone"),
    machines: z.array(z.string()),
    agents: z.number().int(),
    tasks: z.number().int(),
  }),
  /** They are registered again before Down. */
  z.object({ ...base, kind: z.literal("agents_registered"), machines: z.array(z.string()) }),
  /** Once for each batch; 0.1.0 did not name it. */
  z.object({
    ...base,
    kind: z.literal("window_starts_soon"),
    batch: z.string().optional(),
    startMs: millis,
  }),
  z.object({
    ...base,
    kind: z.literal("approval_asked"),
    batch: z.string(),
    approval: z.string(),
    by: by.nullable(),
  }),
  z.object({ ...base, kind: z.literal("approved"), batch: z.string(), approval: z.string(), by }),
  z.object({
    ...base,
    kind: z.literal("denied"),
    batch: z.string(),
    approval: z.string(),
    by,
    reason: z.string().nullable(),
  }),
  z.object({ ...base, kind: z.literal("approval_expired"), batch: z.string(), approval: z.string() }),
  /** Approved, but the picture had become worse: nothing was taken down and the question is asked anew. */
  z.object({
    ...base,
    kind: z.literal("approval_outdated"),
    batch: z.string(),
    approval: z.string(),
    by: by.nullable(),
    changes: z.array(z.string()),
  }),
  /** One of several approvals that are needed. */
  z.object({
    ...base,
    kind: z.literal("voted"),
    batch: z.string(),
    approval: z.string(),
    by,
    votes: z.number().int(),
    needed: z.number().int(),
  }),
  /** Half of the time for the answer is over. */
  z.object({
    ...base,
    kind: z.literal("approval_reminder"),
    batch: z.string(),
    approval: z.string(),
    expiresAtMs: millis,
  }),
  /** Somebody tried to decide and was not allowed to. */
  z.object({ ...base, kind: z.literal("refused"), by, decision: z.string(), why: z.string() }),
  z.object({
    ...base,
    kind: z.literal("held"),
    by,
    reason: z.string().nullable(),
    as: z.enum(["operator", "owner"]),
  }),
  z.object({ ...base, kind: z.literal("released"), by, askedAtMs }),
  z.object({
    ...base,
    kind: z.literal("extended"),
    batch: z.string(),
    by,
    byMs: millis,
    endMs: millis.nullable(),
    askedAtMs,
  }),
  /**
   * The windows of batches whose turn comes late were moved; `byMs` is how far the first of them was. `posted`: some of them
   * stand at the master, so that they are posted anew.
   */
  z.object({
    ...base,
    kind: z.literal("windows_moved"),
    batches: z.array(z.string()),
    byMs: millis,
    posted: z.boolean().default(true),
  }),
  z.object({
    ...base,
    kind: z.literal("deadline"),
    then: z.enum(["release", "ask", "force"]),
    tasksLeft: z.number().int(),
  }),
  z.object({
    ...base,
    kind: z.literal("overridden"),
    by,
    rule: z.string(),
    reason: z.string(),
    askedAtMs: askedAtMs.optional(),
  }),
  /** Owners of what runs on the machines are told; `owners` are user or group ids. */
  z.object({
    ...base,
    kind: z.literal("owners_told"),
    owners: z.array(z.object({ owner: z.string(), of: z.array(z.string()) })),
  }),
  z.object({ ...base, kind: z.literal("owner_ready"), by, of: z.array(z.string()) }),
  /** The blast radius before the drain is posted; the numbers are in `record.blast`. */
  z.object({ ...base, kind: z.literal("blast_radius") }),
  /** Nobody had looked after the record since then, so nothing is taken out of service by it until a person says so. */
  z.object({ ...base, kind: z.literal("unwatched"), sinceMs: millis }),
  /** A person says that it may go on all the same. */
  z.object({ ...base, kind: z.literal("watched_again"), by, askedAtMs }),
  /** A rule stopped a drain in batches before this one. */
  z.object({ ...base, kind: z.literal("paused"), batch: z.string(), rule: z.string(), saw: z.string() }),
  /** What stopped it is over; `by`: who went on in spite of it, `null` when it is no longer so. */
  z.object({
    ...base,
    kind: z.literal("went_on"),
    batch: z.string(),
    rule: z.string(),
    by: by.nullable(),
    askedAtMs: askedAtMs.optional(),
  }),
  z.object({ ...base, kind: z.literal("skipped"), batch: z.string(), by, askedAtMs: askedAtMs.optional() }),
  /** Machines whose agents are not back were split off into the maintenance `into`. */
  z.object({
    ...base,
    kind: z.literal("left_behind"),
    batch: z.string(),
    machines: z.array(z.string()),
    into: z.string(),
    by,
  }),
  /** How the maintenance that looks after them begins: `from` goes on without these machines. */
  z.object({ ...base, kind: z.literal("split_off"), from: z.string(), machines: z.array(z.string()), by }),
  /** Marathon was asked to kill a task under the approval to move tasks; `isAnswered: false`: no answer came. */
  z.object({
    ...base,
    kind: z.literal("move_step"),
    batch: z.string(),
    app: z.string(),
    host: z.string(),
    /** The how manieth of the app's tasks that are moved it is, and of how many. */
    number: z.number().int(),
    of: z.number().int(),
    /** How many were healthy before it, and how many have to be. */
    healthy: z.number().int(),
    minimum: z.number().int(),
    isAnswered: z.boolean(),
    /** Why no answer came, in sentences; absent where one did. */
    why: z.string().optional(),
  }),
  /** Nothing more of an app is moved. */
  z.object({ ...base, kind: z.literal("move_stopped"), batch: z.string(), app: z.string(), why: z.string() }),
  /** Moving tasks is over: so many of those that were approved are gone. */
  z.object({
    ...base,
    kind: z.literal("move_ended"),
    batch: z.string(),
    why: z.string(),
    moved: z.number().int(),
    of: z.number().int(),
  }),
  /** A batch goes down under the approval of an earlier one: it is inside of the limits that `by` approved. */
  z.object({ ...base, kind: z.literal("within_limits"), batch: z.string(), approval: z.string(), by }),
  /** The master is asked to kill what runs on the agents of the batch. */
  z.object({
    ...base,
    kind: z.literal("kill_draining"),
    batch: z.string(),
    agents: z.number().int(),
    tasks: z.number().int(),
  }),
  /** Nothing runs on them any more; `tasks` did when it was asked. */
  z.object({ ...base, kind: z.literal("kill_drained"), batch: z.string(), tasks: z.number().int() }),
  z.object({ ...base, kind: z.literal("taking_down"), batch: z.string() }),
  z.object({
    ...base,
    kind: z.literal("down"),
    batch: z.string(),
    machines: z.number().int(),
    tasksLost: z.number().int(),
    /** Last seen on agents that could not be reached: Down did not stop them. */
    tasksAway: z.number().int().optional(),
  }),
  z.object({
    ...base,
    kind: z.literal("bringing_up"),
    batch: z.string(),
    by: by.nullable(),
    askedAtMs: askedAtMs.optional(),
  }),
  z.object({ ...base, kind: z.literal("up"), batch: z.string(), machines: z.number().int() }),
  /** Somebody asks for a run after Down: the first one, or another after one that came to nothing. */
  z.object({ ...base, kind: z.literal("run_asked"), ...ofRun, by, askedAtMs }),
  z.object({ ...base, kind: z.literal("run_started"), ...ofRun, worker: z.string() }),
  z.object({ ...base, kind: z.literal("run_stop_asked"), ...ofRun, by, askedAtMs }),
  z.object({
    ...base,
    kind: z.literal("run_ended"),
    ...ofRun,
    how: runOutcome.shape.kind,
    words: z.string(),
    hosts: runOutcome.shape.hosts,
    /** `null` where it never ran. */
    lastedMs: millis.nullable(),
  }),
  /** Somebody leaves the machines Down after a run that came to nothing. */
  z.object({ ...base, kind: z.literal("left_down"), ...ofRun, by, askedAtMs }),
  z.object({
    ...base,
    kind: z.literal("agents_returned"),
    machines: z.array(z.string()),
    /** Agents that are not back, and how many there were; 0.1.0 counted machines and did not say of how many. */
    missing: z.number().int(),
    agents: z.number().int().optional(),
    /** What is not as it was before Down; a sentence each. */
    changes: z.array(z.string()).optional(),
  }),
  z.object({
    ...base,
    kind: z.literal("agents_missing"),
    machines: z.array(z.string()),
    /** What the master tells about some of them, a clause each. */
    why: z.array(z.string()).optional(),
  }),
  z.object({ ...base, kind: z.literal("cancel_asked"), by, askedAtMs: askedAtMs.optional() }),
  /**
   * `unseen`: closed by a person, while the master did not show whether our window is gone. `stillDrained`: and while agents of
   * these machines were not yet made to take tasks again.
   */
  z.object({
    ...base,
    kind: z.literal("cancelled"),
    unseen: z.boolean().optional(),
    stillDrained: z.array(z.string()).optional(),
  }),
  /** The window has passed and machines are still draining or down. */
  z.object({ ...base, kind: z.literal("overdue"), batch: z.string(), endMs: millis }),
  /** Somebody else changed what is ours at the master. */
  z.object({ ...base, kind: z.literal("foreign_change"), text: z.string() }),
  z.object({
    ...base,
    kind: z.literal("trouble"),
    code: z.string(),
    what: z.string(),
    said: z.string().nullable(),
    notDone: z.string(),
    next: z.string(),
  }),
  z.object({ ...base, kind: z.literal("trouble_over"), code: z.string(), sinceMs: millis }),
  /** Something people should know that stops nothing. */
  z.object({ ...base, kind: z.literal("note"), text: z.string() }),
  /** `line`: the command line to copy that is the way out, where one is certain to be meant. */
  z.object({
    ...base,
    kind: z.literal("failed"),
    why: z.string(),
    next: z.string(),
    line: z.string().optional(),
  }),
]);

export type LogEvent = z.output<typeof logEvent>;

export type LogEventKind = LogEvent["kind"];

/** An event before it has its number and time. */
export type NewEvent = LogEvent extends infer E
  ? E extends LogEvent
    ? Omit<E, "seq" | "atMs">
    : never
  : never;
