import fc from "fast-check";
import type { z } from "zod";
import {
  DECISION_JOB,
  decisionJob,
  HOSTS_JOB,
  hostsJob,
  queryJob,
  REPLY_JOB,
  RETIRE_JOB,
  RUN_JOB,
  replyJob,
  retireJob,
  runJob,
  THREAD_JOB,
  threadJob,
  UNCLAIMED_JOB,
  UNCLAIMED_LOOK_JOB,
  unclaimedJob,
  unclaimedLook,
} from "../../../src/engine/lanes/jobs.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { nearly, oddJson } from "../../support/odd-json.js";
import { recordOf } from "../../support/world.js";
import { ALICE, BOB } from "../support/people.js";

export const replyTo = { responseUrl: null, channel: "C1", user: ALICE, thread: null, command: "/mesos" };

const person = { user: BOB, standing: "member", groups: [], lookupFailed: false };

export const ASKED = { person, askedAtMs: 1, replyTo };

export const REPLY = {
  tone: "info",
  text: "x",
  said: null,
  notDone: null,
  next: null,
  line: null,
  table: null,
};

/** A job of every kind as it should be, for a maintenance that is not there. */
export const decide = (decision: object) => ({ maintenance: "m-none2", decision, click: "c", ...ASKED });

export const onHosts = {
  verb: "up",
  rest: "",
  decision: { kind: "up" },
  target: { kind: "hosts", hosts: "web-01" },
  override: null,
};

const QUERIES = [
  { kind: "status", hosts: null },
  { kind: "maintenance", id: "m-none2" },
  { kind: "history", id: null },
  { kind: "dry_run", record: null },
  { kind: "hosts", hosts: "web-*" },
  { kind: "clusters" },
].map((query) => ({ cluster: "c1", replyTo, ...query }));

export const THREAD = {
  maintenance: "m-none2",
  cluster: "c1",
  channel: "C1",
  replyTo,
  asked: null,
  rootTs: null,
  rootHash: null,
  postedSeq: 0,
  approvals: {},
  handedOver: false,
  toldFailure: null,
};

export const RUN = {
  maintenance: "m-none2",
  cluster: "c1",
  run: "r1",
  started: null,
  tail: [],
  outcome: null,
  output: null,
};

export type Lane = "control" | "query" | "notify" | "runs";

export interface Kind {
  readonly lane: Lane;
  readonly name: string;
  readonly schema: z.ZodType;
  readonly good: readonly object[];
}

export const KINDS: readonly Kind[] = [
  {
    ...{ lane: "control", name: DECISION_JOB, schema: decisionJob },
    good: [decide({ kind: "approve", batch: "b1", approval: "a1" }), decide({ kind: "extend", byMs: 1 })],
  },
  { ...{ lane: "control", name: HOSTS_JOB, schema: hostsJob }, good: [{ ...onHosts, ...ASKED }] },
  { lane: "control", name: UNCLAIMED_LOOK_JOB, schema: unclaimedLook, good: [{ told: "x" }] },
  { lane: "query", name: "status", schema: queryJob, good: QUERIES },
  { lane: "notify", name: REPLY_JOB, schema: replyJob, good: [{ to: replyTo, reply: REPLY }] },
  {
    lane: "notify",
    name: RETIRE_JOB,
    schema: retireJob,
    good: [{ maintenance: "m-none2", channel: "C1", ts: "1.1" }],
  },
  {
    ...{ lane: "notify", name: UNCLAIMED_JOB, schema: unclaimedJob },
    good: [{ cluster: "c1", channel: "C1", digest: "x", groups: [] }],
  },
  { lane: "notify", name: THREAD_JOB, schema: threadJob, good: [THREAD] },
  { lane: "runs", name: RUN_JOB, schema: runJob, good: [RUN] },
];

export const RECORD = JSON.parse(JSON.stringify(encodeMaintenance(recordOf()))) as object;

/** Data of a job that are nearly as they should be, or anything. */
export const anyOf = (kind: Kind) => fc.oneof(oddJson, nearly(...kind.good)).map((data) => ({ kind, data }));
