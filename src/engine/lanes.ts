import { createHash } from "node:crypto";
import type { JobsOptions } from "bullmq";
import { z } from "zod";
import { type DecisionKind, decision } from "../maintenance/decision.js";
import { reply } from "../maintenance/reply.js";

/**
 * The lanes: where things run, and the jobs each of them carries. Job data is JSON that another process, or this one
 * after an upgrade, reads back; so every kind has a schema and is checked where it is taken from the queue.
 */
export const QUERY_QUEUE = "query";
export const NOTIFY_QUEUE = "notify";
/** One control queue per cluster, with a global concurrency of 1: one writer per record and per schedule (invariant 8). */
export const controlQueueName = (cluster: string): string => `control-${cluster}`;

/** Where one person is answered: through the response URL of their command or click, else by an ephemeral message. */
export const replyTarget = z.object({
  responseUrl: z.string().nullable(),
  channel: z.string(),
  user: z.string(),
  thread: z.string().nullable(),
});
export type StoredReplyTarget = z.output<typeof replyTarget>;

/** The long-lived job of a maintenance is named so; its data is the record (`maintenance/record.ts`). */
export const MAINTENANCE_JOB = "maintenance";

/** Who somebody was found to be when they clicked or typed: only the bot can ask Slack for the members of groups. */
export const person = z.object({
  user: z.string(),
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

/** Down, Up or Cancel as a command: what it decides on is only known once the pattern or the record is looked up. */
export const HOSTS_JOB = "hosts-decision";
export const hostsJob = z.object({
  verb: z.enum(["down", "up", "cancel"]),
  target: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("hosts"), hosts: z.string() }),
    z.object({ kind: z.literal("id"), id: z.string() }),
  ]),
  person,
  /** Why a rule of the policy is to be overridden (`--override`), for Down. */
  override: z.string().nullable(),
  askedAtMs: z.number().int(),
  replyTo: replyTarget,
});
export type HostsJob = z.output<typeof hostsJob>;

/** A read-only question that needs a master or the open maintenances. */
export const queryJob = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("status"),
    cluster: z.string(),
    hosts: z.string().nullable(),
    replyTo: replyTarget,
  }),
  z.object({ kind: z.literal("maintenance"), cluster: z.string(), id: z.string(), replyTo: replyTarget }),
  z.object({ kind: z.literal("schedule"), cluster: z.string(), replyTo: replyTarget }),
  z.object({
    kind: z.literal("history"),
    cluster: z.string(),
    id: z.string().nullable(),
    replyTo: replyTarget,
  }),
  /** A drain that is only looked at: the record as it would be opened. */
  z.object({ kind: z.literal("dry_run"), cluster: z.string(), record: z.unknown(), replyTo: replyTarget }),
  z.object({ kind: z.literal("clusters"), replyTo: replyTarget }),
  z.object({ kind: z.literal("hosts"), cluster: z.string(), hosts: z.string(), replyTo: replyTarget }),
]);
export type QueryJob = z.output<typeof queryJob>;

/** Tells one person something; short-lived. */
export const REPLY_JOB = "reply";
/** Where the whole of a reply's table goes when it does not fit into a message. */
const attachment = z.object({ maintenance: z.string(), name: z.string() });
export type Attachment = z.output<typeof attachment>;
export const replyJob = z.object({
  to: replyTarget,
  reply,
  attachment: attachment.nullable(),
  /** The person has the answer; what is left is the file. */
  answered: z.boolean().default(false),
});

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
  rootTs: z.string().nullable(),
  /** Fingerprint of what the root message shows; nothing is sent when it would not change. */
  rootHash: z.string().nullable(),
  /** The newest event whose message stands in the thread. */
  postedSeq: z.number().int(),
  /** The approval messages, by approval id. */
  approvals: z.record(z.string(), z.object({ ts: z.string(), hash: z.string() })),
  /** The hand-over record of the finished maintenance is in the thread. */
  handedOver: z.boolean(),
  /** Code of the failure the requester was already told about. */
  toldFailure: z.string().nullable(),
});
export type ThreadJob = z.output<typeof threadJob>;

/** The id of the thread job of a maintenance. */
export const threadJobId = (maintenance: string): string => `t-${maintenance}`;

/** BullMQ keeps a stack trace for each attempt, and a job that lives for weeks may have thousands. */
const STACKS_KEPT = 3;

/** How long finished maintenances are kept: they are the history. */
const KEPT = { age: 180 * 86_400, count: 2_000 };

/** A decision without a priority goes before every maintenance, which has one. */
export const MAINTENANCE_JOB_OPTIONS = {
  priority: 10,
  // The processor handles every failure but that of the queue itself, and then the job comes back (invariant 11).
  attempts: 1_000_000,
  backoff: { type: "fixed", delay: 5_000 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: KEPT,
  removeOnFail: false,
} as const satisfies JobsOptions;

/** Gone when done or given up: the id then is free, so that a person can click again after a click that came to nothing. */
export const SHORT_JOB_OPTIONS = {
  attempts: 5,
  backoff: { type: "exponential", delay: 500 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: true,
  removeOnFail: true,
} as const satisfies JobsOptions;

/** Slack may be away for minutes; a response URL lives for 30 of them. */
export const REPLY_JOB_OPTIONS = {
  attempts: 12,
  backoff: { type: "exponential", delay: 500 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: true,
  removeOnFail: { age: 86_400, count: 500 },
} as const satisfies JobsOptions;

export const THREAD_JOB_OPTIONS = {
  attempts: 1_000_000,
  backoff: { type: "fixed", delay: 5_000 },
  stackTraceLimit: STACKS_KEPT,
  removeOnComplete: KEPT,
  removeOnFail: false,
} as const satisfies JobsOptions;

/**
 * The id of the maintenance that one command opens: the same for a command that is delivered twice, because it is made
 * from Slack's trigger id. `attempt` makes another one when the first is taken by another command.
 */
export function maintenanceId(triggerId: string, attempt = 0): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  const bytes = createHash("sha256").update(`${attempt}/${triggerId}`).digest();
  let id = "";
  for (let i = 0; i < 5; i++) id += alphabet[(bytes[i] ?? 0) % alphabet.length];
  return `m-${id}`;
}

/**
 * The id of a decision's job: while it waits or runs, the same id is the same job. What can be decided once only is known
 * by what it decides, so a double click on Approve is one vote. What can be meant again (a hold after a release, an
 * extension after an extension) is known by its click as well: only the same click delivered twice is one job, and none
 * is swallowed in silence (invariant 10). BullMQ allows no colon in an id.
 */
export function decisionJobId({
  maintenance,
  decision: d,
  person,
  click,
}: Omit<DecisionJob, "askedAtMs">): string {
  const parts = ["d", maintenance, d.kind, "approval" in d ? d.approval : "all", person.user];
  if (!ONCE.includes(d.kind)) parts.push(shortHash(click));
  return parts.join(".").replaceAll(":", "_");
}

const ONCE: readonly DecisionKind[] = ["approve", "deny", "cancel", "up", "ready"];

/** The id of the job of a command: the same for a command that is delivered twice. */
export const commandJobId = (triggerId: string): string => `c.${shortHash(triggerId)}`;

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);
