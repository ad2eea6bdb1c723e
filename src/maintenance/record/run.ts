import { z } from "zod";

const millis = z.number().int();

/** How one host came out of a run, as far as the program said. */
export const hostResult = z.object({
  hostname: z.string(),
  how: z.enum(["ok", "failed", "unreachable", "not_run", "unknown"]),
});

export type HostResult = z.output<typeof hostResult>;

/** A runbook as people are shown it before they approve it; never its command. */
export const runbookShown = z.object({
  name: z.string(),
  /** Over all that decides what is run: what was approved is what runs. */
  digest: z.string(),
  /** Once for all machines of a batch, or once for each machine with at most so many at once. */
  where: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("batch") }),
    z.object({ kind: z.literal("machine"), atOnce: z.number().int().positive() }),
  ]),
  timeLimitMs: millis,
  /** What comes after its success: Up by itself, or a person asks for it. */
  then: z.enum(["up", "ask"]),
});

export type RunbookShown = z.output<typeof runbookShown>;

export const runOutcome = z.object({
  /**
   * `ok`: exit code 0. `failed`: any other end of its own. `ended`: by us; nothing of it is left but what its words
   * name. `not_started`: it never ran. `unknown`: whoever ran it is gone; nobody knows how far it came, or whether it still runs.
   */
  kind: z.enum(["ok", "failed", "ended", "not_started", "unknown"]),
  atMs: millis,
  /** One sentence or two. */
  words: z.string(),
  hosts: z.array(hostResult),
});

export type RunOutcome = z.output<typeof runOutcome>;

/** One run of a runbook on the machines of a batch that are Down. It is started at most once; another try is another run. */
export const run = z.object({
  /** `b1r1`, `b1r2`, … of the batch `b1`. */
  id: z.string(),
  batch: z.string(),
  runbook: runbookShown,
  /** The approval of the Down that showed the runbook; `null` for a run that somebody asked for afterwards. */
  approval: z.string().nullable(),
  /** Who asked for it after Down; `null` for the one that comes with the approval of the Down. */
  askedBy: z.string().nullable(),
  askedAtMs: millis,
  /**
   * When its job was known to lie in the queue; no worker starts it before. So a job that is missing afterwards may have
   * been started, and one that is missing before was not.
   */
  queuedAtMs: millis.nullable(),
  startedAtMs: millis.nullable(),
  /** The worker that started it. */
  worker: z.string().nullable(),
  /** Somebody wants it ended. */
  stop: z.object({ by: z.string(), atMs: millis }).nullable(),
  outcome: runOutcome.nullable(),
  /** Somebody leaves the machines Down after it: nothing more is asked. */
  leftDown: z.object({ by: z.string(), atMs: millis }).nullable(),
});

export type Run = z.output<typeof run>;
