import fc from "fast-check";
import { decodeAnswer } from "../../../src/mesos/errors/errors.js";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { recordReader } from "../../../src/mesos/stream/events.js";
import { RecordSplitter } from "../../../src/mesos/stream/record-io.js";
import { recorded } from "../../mesos/support/recordings.js";
import { kindOf } from "../case-runner.js";
import { mutatedBytes } from "../mutations.js";
import { BLANKS, expectUndecodable, FIELDS, orUndecodable } from "./master-answers.js";

const { Event } = mesos.v1.master;

const frame = (record: Uint8Array) => Buffer.concat([Buffer.from(`${record.length}\n`), record]);

const event = (parts: object) => Buffer.from(Event.encode(Event.fromObject(parts)).finish());

const TASK = {
  ...{ name: "t", state: "TASK_RUNNING", task_id: { value: "t" } },
  ...{ framework_id: { value: "F1" }, agent_id: { value: "S1" } },
};

const EVENTS = [
  { type: "HEARTBEAT" },
  { type: "SUBSCRIBED", subscribed: { heartbeat_interval_seconds: 15 } },
  { type: "TASK_ADDED", task_added: { task: TASK } },
  {
    type: "TASK_UPDATED",
    task_updated: {
      framework_id: { value: "F1" },
      status: { task_id: { value: "t" }, state: "TASK_LOST" },
      state: "TASK_LOST",
    },
  },
  { type: "AGENT_REMOVED", agent_removed: { agent_id: { value: "S1" } } },
].map(event);

/** Events one by one, which are framed after they were changed, and streams, whose frames are changed with them. */
const streams = fc.oneof(
  mutatedBytes({ bases: EVENTS, tokens: FIELDS, longest: 200_000 }).map(frame),
  mutatedBytes({
    bases: [recorded("subscribe-during-down.recordio.pb"), Buffer.concat(EVENTS.map(frame))],
    tokens: [
      ...EVENTS.map(frame),
      ...FIELDS,
      ...["\n", "0\n", "1\n", "9", "-1\n", "1e3\n", "99999999\n", "<html>"].map((text) => Buffer.from(text)),
    ],
    longest: 200_000,
  }),
);

export const eventStreams = kindOf({
  name: "event streams (RecordIO)",
  share: 6_000,
  cases: fc.record({ stream: streams, chunk: fc.constantFrom(1, 7, 100, 65_536) }),
  run({ stream, chunk }) {
    const splitter = new RecordSplitter(1024 * 1024 * 1024, recordReader);
    const size = stream.length > 20_000 ? 65_536 : chunk;
    try {
      for (let at = 0; at < stream.length; at += size) {
        decodeAnswer(() => splitter.push(stream.subarray(at, at + size)), BLANKS);
      }
      return null;
    } catch (error) {
      return orUndecodable(error);
    }
  },
  check: expectUndecodable,
});
