import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordSplitter } from "../../../src/mesos/stream/record-io.js";
import { recorded } from "../support/recordings.js";

const frame = (record: Uint8Array) => Buffer.concat([Buffer.from(`${record.length}\n`), record]);

function split(stream: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const splitter = new RecordSplitter(1e6);
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
    const splitter = new RecordSplitter(10);
    expect(splitter.push(Buffer.from("3\nab"))).toEqual([]);
    expect(splitter.push(Buffer.from("c0\n1"))).toEqual([Buffer.from("abc"), Buffer.alloc(0)]);
  });

  test.each([
    ["a web page", "<html>\n"],
    ["no length", "\nabc"],
    ["a negative length", "-1\n"],
    ["a length without an end", "1".repeat(30)],
  ])("an event stream that is %s is refused", (_, text) => {
    expect(() => new RecordSplitter(1e6).push(Buffer.from(text))).toThrow(/not RecordIO/);
  });

  test("an event stream whose record is longer than allowed is refused before it is gathered", () => {
    expect(() => new RecordSplitter(10).push(Buffer.from("11\n"))).toThrow(/longer than 10/);
  });
});
