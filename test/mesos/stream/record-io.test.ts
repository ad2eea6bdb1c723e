import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mesos } from "../../../src/mesos/proto/generated/mesos.js";
import { whole } from "../../../src/mesos/read/answer-reader.js";
import { recordReader } from "../../../src/mesos/stream/events.js";
import { RecordSplitter } from "../../../src/mesos/stream/record-io.js";
import { recorded } from "../support/recordings.js";

/** Reads a record as its bytes. */
const bytes = whole((record) => record);

const frame = (record: Uint8Array) => Buffer.concat([Buffer.from(`${record.length}\n`), record]);

function split(stream: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const splitter = new RecordSplitter(1e6, bytes);
  const edges = [...new Set([0, ...cuts, stream.length])].sort((a, b) => a - b);
  return edges.flatMap((edge, index) => splitter.push(stream.subarray(edge, edges[index + 1] ?? edge)));
}

describe("an event stream", () => {
  test("an event stream comes apart into the same records wherever it is cut", () => {
    const records = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(records, fc.array(fc.nat(2500)), (list, cuts) => {
        const stream = Buffer.concat(list.map(frame));
        const inside = cuts.filter((cut) => cut < stream.length);
        expect(split(stream, inside).map((each) => [...each])).toEqual(list.map((each) => [...each]));
      }),
    );
  });

  test("an event stream of a real master comes apart the same byte by byte", () => {
    const stream = recorded("subscribe-during-down.recordio.pb");
    const everywhere = Array.from({ length: stream.length }, (_, index) => index);
    expect(split(stream, everywhere)).toEqual(split(stream, []));
    expect(split(stream, []).length).toBeGreaterThan(2);
  });

  test("the splitter of a stream gives a record as soon as its last byte is there", () => {
    const splitter = new RecordSplitter(10, bytes);
    expect(splitter.push(Buffer.from("3\nab"))).toEqual([]);
    expect(splitter.push(Buffer.from("c0\n1"))).toEqual([Buffer.from("abc"), Buffer.alloc(0)]);
  });

  test("the state of a large cluster, with which a stream begins, is passed over as it arrives", () => {
    const task = {
      ...{ name: "x".repeat(1_000), state: "TASK_RUNNING", task_id: { value: "t" } },
      ...{ framework_id: { value: "F1" }, agent_id: { value: "S1" } },
    };
    const get_state = { get_tasks: { tasks: Array.from({ length: 10_000 }, () => task) } };
    const parts = { type: "SUBSCRIBED", subscribed: { get_state, heartbeat_interval_seconds: 15 } };
    const { Event } = mesos.v1.master;
    const record = Buffer.from(Event.encode(Event.fromObject(parts)).finish());
    expect(record.length).toBeGreaterThan(8 * 1024 * 1024);
    const splitter = new RecordSplitter(1e9, recordReader);
    const heartbeat = frame(Buffer.from(Event.encode(Event.fromObject({ type: "HEARTBEAT" })).finish()));
    const stream = Buffer.concat([frame(record), heartbeat]);
    const told = [];
    for (let at = 0; at < stream.length; at += 65_536)
      told.push(...splitter.push(stream.subarray(at, at + 65_536)));
    expect(told).toEqual([{ kind: "subscribed", heartbeatMs: 15_000 }, { kind: "alive" }]);
  });

  test("a record of that size that is something else ends the stream", () => {
    const reader = recordReader(9 * 1024 * 1024);
    reader.write(Buffer.from([8, 9]));
    expect(() => reader.end()).toThrow(/lacks subscribed/);
  });

  test.each([
    ["a web page", "<html>\n"],
    ["no length", "\nabc"],
    ["a negative length", "-1\n"],
    ["a length without an end", "1".repeat(30)],
  ])("an event stream that is %s is refused", (_, text) => {
    expect(() => new RecordSplitter(1e6, bytes).push(Buffer.from(text))).toThrow(/not RecordIO/);
  });

  test("an event stream whose record is longer than allowed is refused before it is gathered", () => {
    expect(() => new RecordSplitter(10, bytes).push(Buffer.from("11\n"))).toThrow(/longer than 10/);
  });
});
