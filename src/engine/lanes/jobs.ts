// What lies in the queue, under which ids?

import { z } from "zod";
import { decision } from "../../maintenance/decisions/table.js";
import { type Maintenance, standShown } from "../../maintenance/record/record.js";
import { type Run, runOutcome } from "../../maintenance/record/run.js";
import { standing } from "../../maintenance/record/standing.js";
import { timeline } from "../../maintenance/show/timeline.js";
import { COMMAND, commandName } from "../../maintenance/text/command.js";
import { reply } from "../../maintenance/text/reply.js";
import { grid } from "../../maintenance/text/table.js";

/**
 * The lanes: where things run, and the jobs each of them carries. Job data is JSON that another process, or this one
 * after an upgrade, reads back; so every kind has a schema and is checked where it is taken from the queue.
 */
export const QUERY_QUEUE = "query";

export const NOTIFY_QUEUE = "notify";

/** One control queue per cluster, with a global concurrency of 1: one writer per record and per schedule (invariant 8). */
export const controlQueueName = (cluster: string): string => `control-${cluster}`;

/** One lane of runs per cluster: a runbook runs for minutes or hours, and holds nothing else up. */
export const runsQueueName = (cluster: string): string => `runs-${cluster}`;

/** Where the records of a cluster's refused drains are kept, apart from its control queue. No worker runs its jobs. */
export const refusalsQueueName = (cluster: string): string => `refusals-${cluster}`;

/**
 * Where one person is answered: in the dialog with the preview of their drain, through the response URL of their command or
 * click, by an ephemeral message, or, where the channel is their own id, by a direct message.
 */
export const replyTarget = z.object({
  responseUrl: z.string().nullable(),
  channel: z.string(),
  user: z.string(),
  thread: z.string().nullable(),
  /** The dialog by the id that we gave it, and the line that it previews. */
  preview: z.object({ id: z.string(), line: z.string() }).optional(),
  /** The line that a form stood for, which is told with the answer. */
  line: z.string().optional(),
  /** What the person calls the command. */
  command: commandName.default(COMMAND),
});

export type StoredReplyTarget = z.output<typeof replyTarget>;

/** The part of whoever asks that is stored with what they ask for. */
export function targetOf({
  responseUrl,
  channel,
  user,
  thread,
  command,
  preview,
  line,
}: StoredReplyTarget): StoredReplyTarget {
  const ofForm = { ...(preview === undefined ? {} : { preview }), ...(line === undefined ? {} : { line }) };
  return { responseUrl, channel, user, thread, command, ...ofForm };
}

/** Slack takes answers at a response URL for so long. */
const RESPONSE_URL_MS = 30 * 60_000;

/** The same without its response URL, which is as good as a password for as long as it counts, and nothing afterwards. */
export function withoutResponseUrl(to: StoredReplyTarget): StoredReplyTarget {
  return { ...to, responseUrl: null };
}

/** The same without its response URL if that cannot count any more. @param sinceMs for how long it is stored at least. */
export function whileItCounts(to: StoredReplyTarget, sinceMs: number): StoredReplyTarget {
  return to.responseUrl !== null && sinceMs > RESPONSE_URL_MS ? withoutResponseUrl(to) : to;
}

/** The data of a job are of another shape than this version knows. It is tried again: a newer version may run beside this one. */
export class UnreadableJobError extends Error {
  override readonly name = "UnreadableJobError";

  readonly what =
    "What was asked for lies in the queue in a shape that this version of the bot cannot read; most likely a newer one wrote it.";
  readonly next = "Run the newer version of the bot again, and then {goOn}.";

  constructor(cause: unknown) {
    super("The data of a job cannot be read by this version of the bot. Nothing is done for it.", { cause });
  }
}

/** @throws UnreadableJobError */
export function readJob<S extends z.ZodType>(schema: S, { data }: { readonly data: unknown }): z.output<S> {
  const read = schema.safeParse(data);
  if (!read.success) throw new UnreadableJobError(read.error);
  return read.data;
}

/** The long-lived job of a maintenance is named so; its data is the record (`maintenance/record.ts`). */
export const MAINTENANCE_JOB = "maintenance";

/** Who somebody was found to be when they clicked or typed: only the bot can ask Slack for the members of groups. */
export const person = z.object({
  user: z.string(),
  /** Not known of jobs of 0.1.0. */
  standing: standing.default("unknown"),
  groups: z.array(z.string()).readonly(),
  lookupFailed: z.boolean(),
});

/** A person's decision on one maintenance, from a button or from a command with an id. */
export const DECISION_JOB = "decision";

export const decisionJob = z.object({
  maintenance: z.string(),
  decision,
  person,
  /** Slack's trigger id of the click or command: what tells a decision that is meant again from one delivered again. */
  click: z.string(),
  /** When it was asked for, by the clock of the bot: the same job run again is known by it. */
  askedAtMs: z.number().int(),
  replyTo: replyTarget,
});

export type DecisionJob = z.output<typeof decisionJob>;

/** What a decision's job asks for, from whichever job it came. */
export type DecisionRequest = Omit<DecisionJob, "click">;

/** A decision as a command: what it decides on is only known once the pattern is looked up. */
export const HOSTS_JOB = "hosts-decision";

export const hostsJob = z.preprocess(
  withDecision,
  z.object({
    /** As it was typed, for lines to copy. */
    verb: z.string(),
    /** What stands behind the target in a line to copy, such as ` 2h`. */
    rest: z.string(),
    /** What is decided on each maintenance that is meant; on which of its batches is found out. */
    decision,
    target: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("hosts"), hosts: z.string() }),
      z.object({ kind: z.literal("id"), id: z.string() }),
    ]),
    person,
    /** Why a rule of the policy is to be overridden (`--override`), for Down. */
    override: z.string().nullable(),
    askedAtMs: z.number().int(),
    replyTo: replyTarget,
  }),
);

/** 0.1.0 queued three verbs, each of which said what was to be decided. */
function withDecision(data: unknown): unknown {
  const older = z
    .looseObject({ verb: z.enum(["down", "up", "cancel"]), decision: z.undefined().optional() })
    .safeParse(data);
  if (!older.success) return data;
  const meant = { down: { kind: "ask_down", batch: null }, up: { kind: "up" }, cancel: { kind: "cancel" } };
  return { ...older.data, rest: "", decision: meant[older.data.verb] };
}

export type HostsJob = z.output<typeof hostsJob>;

/** The one job of a cluster that looks for machines that nobody looks after; it waits in between. */
export const UNCLAIMED_LOOK_JOB = "unclaimed-look";

export const unclaimedLook = z.object({
  /** A fingerprint of what the channel was told last; the notify lane writes it once Slack has the message. */
  told: z.string(),
});

const question = z.object({ cluster: z.string(), replyTo: replyTarget });

/** Which maintenances of a history are asked for; what is `null` does not matter. */
const historyFilter = z.object({
  hosts: z.string().nullable(),
  /** Who asked, by Slack id. */
  by: z.string().nullable(),
  /** For how long back, in ms. */
  sinceForMs: z.number().nullable(),
  refused: z.boolean(),
});

/** A read-only question that needs a master or the open maintenances. */
export const queryJob = z.discriminatedUnion("kind", [
  question.extend({ kind: z.literal("status"), hosts: z.string().nullable() }),
  question.extend({ kind: z.literal("maintenance"), id: z.string() }),
  question.extend({ kind: z.literal("schedule") }),
  question.extend({ kind: z.literal("frameworks") }),
  question.extend({
    kind: z.literal("history"),
    id: z.string().nullable(),
    /** Of the list, without an id. */
    filter: historyFilter.default({ hosts: null, by: null, sinceForMs: null, refused: false }),
    csv: z.boolean().default(false),
  }),
  /** A drain that is only looked at: the record as it would be opened. */
  question.extend({
    kind: z.literal("dry_run"),
    record: z.unknown(),
    /** Whether nobody said how long the window lasts. */
    isUsualDuration: z.boolean().default(false),
  }),
  question.extend({ kind: z.literal("hosts"), hosts: z.string() }),
  /** Of all clusters, or of one. */
  question.extend({ kind: z.literal("clusters"), cluster: z.string().nullable().default(null) }),
]);

export type QueryJob = z.output<typeof queryJob>;

/** One run of a runbook. What its worker knows of it stands in its data; the control lane takes it into the record. */
export const RUN_JOB = "run";

export const runJob = z.object({
  maintenance: z.string(),
  cluster: z.string(),
  /** Its id in the record. */
  run: z.string(),
  /** Stored right before it is started: whoever finds it in a job that comes again does not start it. */
  started: z.object({ atMs: z.number().int(), worker: z.string() }).nullable(),
  /** The newest lines of its output. */
  tail: z.array(z.string()),
  outcome: runOutcome.nullable(),
  /** All of its output, until it is in the thread. */
  output: z.string().nullable(),
});

export type RunJob = z.output<typeof runJob>;

export function newRunJob({ id, cluster }: Maintenance, run: Run): RunJob {
  return { maintenance: id, cluster, run: run.id, started: null, tail: [], outcome: null, output: null };
}

/** Tells one person something; short-lived. */
export const REPLY_JOB = "reply";

/** A file that belongs to a reply. */
export const attachment = z.object({
  /** It goes into the thread of this maintenance while it has one; else, and with `null`, to the person. */
  maintenance: z.string().nullable(),
  /** Of the file, with its ending. */
  name: z.string(),
  what: z.discriminatedUnion("kind", [
    /** The whole of the reply's table, where it does not fit into a message. */
    z.object({ kind: z.literal("table") }),
    /** A table of its own, for spreadsheets. */
    z.object({ kind: z.literal("csv"), grid }),
    /** A picture, drawn for who gets it. */
    z.object({ kind: z.literal("timeline"), timeline }),
  ]),
});

export type Attachment = z.output<typeof attachment>;

export const replyJob = z.preprocess(
  withAttachments,
  z.object({
    to: replyTarget,
    reply,
    attachments: z.array(attachment).default([]),
    /** The person has the answer; what is left is the files. */
    answered: z.boolean().default(false),
    /** How many of the files are where they go. */
    filed: z.number().int().default(0),
    /** The channel of the person's direct messages, once they have been told there which file comes. */
    direct: z.string().nullable().default(null),
  }),
);

export type ReplyJob = z.output<typeof replyJob>;

/** 0.1.0 queued one file at most, always the table, for the thread of a maintenance. */
function withAttachments(data: unknown): unknown {
  const older = z.looseObject({ attachment: attachment.omit({ what: true }).nullable() }).safeParse(data);
  if (!older.success) return data;
  const { attachment: one, ...rest } = older.data;
  return { ...rest, attachments: one === null ? [] : [{ ...one, what: { kind: "table" } }] };
}

/** Tells a cluster's channel of machines that nobody looks after; short-lived. */
export const UNCLAIMED_JOB = "unclaimed";

export const unclaimedJob = z.object({
  cluster: z.string(),
  channel: z.string(),
  /** Stored as what was told last, once Slack has it. */
  digest: z.string(),
  groups: z.array(
    z.object({
      machines: z.array(z.string()).readonly(),
      hosts: z.string(),
      stand: standShown,
      startMs: z.number(),
      endMs: z.number().nullable(),
    }),
  ),
});

export type UnclaimedJob = z.output<typeof unclaimedJob>;

/** Takes the buttons off a message that is not its maintenance's own any more; short-lived. */
export const RETIRE_JOB = "retire";

export const retireJob = z.object({ maintenance: z.string(), channel: z.string(), ts: z.string() });

export type RetireJob = z.output<typeof retireJob>;

/**
 * The thread of one maintenance: a long-lived job that brings Slack up to date with the record whenever it is woken.
 * Its data is all that is known of what Slack already shows.
 */
export const THREAD_JOB = "thread";

export const threadJob = z.object({
  maintenance: z.string(),
  cluster: z.string(),
  channel: z.string(),
  /** Of the drain command: tells the requester when the thread itself cannot be reached. */
  replyTo: replyTarget,
  /**
   * What the requester asked for, in words, until they have heard what came of it; `queued`: they have heard that it is queued.
   * `null`: there is nothing more to tell them.
   */
  asked: z.object({ what: z.string(), queued: z.boolean() }).nullable().default(null),
  rootTs: z.string().nullable(),
  /** A card is about to be posted: should the process die now, one may stand in the channel that nobody knows of. */
  rootPosting: z.boolean().optional(),
  /** Fingerprint of what the root message shows; nothing is sent when it would not change. */
  rootHash: z.string().nullable(),
  /** The newest event whose message stands in the thread. */
  postedSeq: z.number().int(),
  /** The approval messages, by approval id. */
  approvals: z.record(
    z.string(),
    z.object({
      ts: z.string(),
      hash: z.string(),
      /** Fingerprint of its buttons; absent in threads of 0.1.0. */
      buttons: z.string().optional(),
      /** Its address; empty where Slack tells none, absent in threads of 0.1.0. */
      link: z.string().optional(),
    }),
  ),
  /** The one message that is edited for what only shows that it goes on, with the events that are its lines. */
  progress: z
    .object({ ts: z.string().nullable(), hash: z.string().nullable(), lines: z.array(z.number().int()) })
    .nullable()
    .default(null),
  /** When news of the last hour was told, and what it was about. */
  news: z.array(z.object({ atMs: z.number(), of: z.enum(["answers", "trouble", "other"]) })).default([]),
  /** The messages of runs, by run id; `isFiled`: all of its output is in the thread. */
  runs: z
    .record(z.string(), z.object({ ts: z.string(), hash: z.string(), isFiled: z.boolean() }))
    .default({}),
  /** Addresses of the cards of the maintenances that this one is linked with, by id; empty where Slack tells none. */
  links: z.record(z.string(), z.string()).default({}),
  /** The hand-over record of the finished maintenance is in the thread. */
  handedOver: z.boolean(),
  /** Code of the failure the requester was already told about. */
  toldFailure: z.string().nullable(),
});

export type ThreadJob = z.output<typeof threadJob>;
