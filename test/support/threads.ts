import type { ThreadJob } from "../../src/engine/lanes/jobs.js";

/** The job of a thread of which Slack shows nothing yet. */
export function threadJobOf(parts: Partial<ThreadJob> = {}): ThreadJob {
  return {
    maintenance: "m-7k3q",
    cluster: "prod",
    channel: "C1",
    replyTo: { responseUrl: null, channel: "C1", user: "U01ALICE", thread: null, command: "/mesos" },
    asked: null,
    rootTs: null,
    rootHash: null,
    postedSeq: 0,
    approvals: {},
    progress: null,
    news: [],
    runs: {},
    links: {},
    handedOver: false,
    toldFailure: null,
    ...parts,
  };
}
