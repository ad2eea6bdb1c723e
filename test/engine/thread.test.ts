import { expect, it } from "vitest";
import type { ThreadJob } from "../../src/engine/lanes.js";
import { deliver } from "../../src/engine/thread.js";
import type { SlackMessage } from "../../src/slack/blocks.js";
import { SlackFailure } from "../../src/slack/errors.js";
import { batchOf, NOW, recordOf } from "../support/world.js";

const START: ThreadJob = {
  maintenance: "m-7k3q",
  cluster: "prod",
  channel: "C1",
  replyTo: { responseUrl: null, channel: "C1", user: "U0ALICE", thread: null },
  rootTs: "1.0",
  rootHash: "old",
  postedSeq: 0,
  approvals: { b1a1: { ts: "1.1", hash: "old" } },
  handedOver: false,
  toldFailure: null,
};

/** Slack as it is after somebody has deleted the bot's messages. */
function afterDeletion() {
  const calls: string[] = [];
  let posted = 0;
  const gone = async (_channel: string, ts: string) => {
    calls.push(`update ${ts}`);
    throw new SlackFailure("message_not_found", { doing: "updating" });
  };
  const post = async (_channel: string, thread: string | null, _message: SlackMessage) => {
    posted += 1;
    calls.push(`post in ${thread ?? "channel"}`);
    return { ts: `2.${posted}` };
  };
  const upload = async (_channel: string, thread: string) => {
    calls.push(`upload in ${thread}`);
  };
  return { calls, messenger: { update: gone, post, upload } };
}

it("a deleted card is posted anew, keeps no message back, and takes the hand-over record with it", async () => {
  const { calls, messenger } = afterDeletion();
  const record = recordOf({
    batches: [batchOf({ phase: "up" })],
    events: [{ seq: 1, atMs: NOW, kind: "up", batch: "b1", machines: 2 }],
    seq: 1,
    end: { phase: "up", atMs: NOW, why: null },
  });
  const saved: ThreadJob[] = [];
  const outcome = await deliver(record, START, {
    messenger,
    reply: async () => {},
    save: async (progress) => void saved.push(progress),
    edits: new Map(),
    habits: new Map(),
    now: () => NOW,
  });
  expect(outcome).toBe("finished");
  expect(calls).toEqual(["post in 1.0", "update 1.0", "post in channel", "upload in 2.2"]);
  expect(saved.at(-1)).toMatchObject({ rootTs: "2.2", postedSeq: 1, handedOver: true });
});
