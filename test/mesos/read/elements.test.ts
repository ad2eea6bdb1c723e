import fc from "fast-check";
import protobuf from "protobufjs/minimal.js";
import { describe, expect, test } from "vitest";
import { type AnswerReader, readAll } from "../../../src/mesos/read/answer-reader.js";
import { Elements } from "../../../src/mesos/read/elements.js";
import { type Agents, agentsReader } from "../../../src/mesos/read/read-agents.js";
import { tasksReader } from "../../../src/mesos/read/read-tasks.js";
import { recorded } from "../support/recordings.js";

/** Written in pieces that end anywhere. */
function inPieces<T>(reader: AnswerReader<T>, answer: Buffer, lengths: readonly number[]): T {
  let at = 0;
  for (let turn = 0; at < answer.length; turn += 1) {
    const piece = answer.subarray(at, at + (lengths[turn % lengths.length] ?? 1));
    // The bytes of a piece are somebody else's afterwards.
    const copy = Buffer.from(piece);
    reader.write(copy);
    at += piece.length;
  }
  return reader.end();
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 900 })), {
  minLength: 1,
  maxLength: 12,
});

/** Without what the reader of the next answer needs. */
function plainly(reader: AnswerReader<Agents>) {
  return {
    write: (chunk: Buffer) => reader.write(chunk),
    end() {
      const { agents, allocated, recoveredAgents } = reader.end();
      return { agents, allocated: [...allocated.values()], recoveredAgents };
    },
  };
}

describe("an answer that arrives in pieces", () => {
  test.each(["agents.pb", "agents-after-down.pb", "tasks.pb"])(
    "%s reads as one that is there already",
    (name) => {
      const answer = recorded(name);
      const reader = () => (name.startsWith("agents") ? plainly(agentsReader()) : tasksReader());
      const expected = readAll<unknown>(reader(), answer);
      fc.assert(
        fc.property(sizes, (lengths) => {
          expect(inPieces<unknown>(reader(), answer, lengths)).toEqual(expected);
        }),
      );
    },
  );

  test("what it says does not change with what its bytes are used for afterwards", () => {
    const answer = recorded("agents.pb");
    const reader = plainly(agentsReader());
    const chunk = Buffer.from(answer);
    reader.write(chunk);
    chunk.fill(0);
    expect(reader.end()).toEqual(readAll(plainly(agentsReader()), answer));
  });
});

describe("the framing of a list", () => {
  const LIST = 0x12;
  const ELEMENT = 0x0a;

  function read(answer: Uint8Array, lengths: readonly number[] = [answer.length]): string[] {
    const seen: string[] = [];
    const list = new Elements({
      tag: LIST,
      name: "list",
      elements: new Set([ELEMENT]),
      read: (_, reader) => void seen.push(reader.string()),
    });
    return inPieces(
      {
        write: (chunk) => list.write(chunk),
        end() {
          list.end();
          return seen;
        },
      },
      Buffer.from(answer),
      lengths,
    );
  }

  test("fields of every kind that are not wanted are passed over, around the list and in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("varint", "fixed64", "fixed32", "text", "long", "element"), {
          maxLength: 20,
        }),
        sizes,
        (fields, lengths) => {
          const write = (writer: protobuf.Writer, inList: boolean) => {
            for (const field of fields) {
              if (field === "varint") writer.uint32(0x18).uint64("18446744073709551615");
              else if (field === "fixed64") writer.uint32(0x21).fixed64(1);
              else if (field === "fixed32") writer.uint32(0x2d).fixed32(1);
              else if (field === "text") writer.uint32(0x32).string("other");
              else if (field === "long") writer.uint32(0x32).string("x".repeat(3_000));
              else if (inList) writer.uint32(ELEMENT).string("wanted");
            }
          };
          const writer = protobuf.Writer.create();
          write(writer, false);
          writer.uint32(LIST).fork();
          write(writer, true);
          writer.ldelim();
          write(writer, false);
          const wanted = fields.filter((field) => field === "element").map(() => "wanted");
          expect(read(writer.finish(), lengths)).toEqual(wanted);
        },
      ),
    );
  });

  test.each([
    ["without its list", [0x08, 0x01], /lacks list/],
    ["that ends in a size", [0x12, 0x83], /middle of list/],
    ["that ends in an element", [0x12, 0x04, 0x0a, 0x02, 0x61], /middle of list/],
    ["that ends between two elements", [0x12, 0x06, 0x0a, 0x01, 0x61], /middle of list/],
    ["that ends in what is passed over", [0x12, 0x01, 0x32, 0x05, 0x61], /beyond the end|middle/],
    ["whose element is longer than the list", [0x12, 0x02, 0x0a, 0x02, 0x61, 0x61], /beyond the end/],
    ["with a group", [0x12, 0x02, 0x0b, 0x0c], /a kind that nobody sends/],
    ["with a number without an end", Array.from({ length: 12 }, () => 0xff), /has no end/],
    [
      "whose element claims to be endless",
      [0x12, 0xff, 0xff, 0xff, 0x7f, 0x0a, 0x80, 0x80, 0x80, 0x7f],
      /larger than any/,
    ],
  ])("an answer %s is refused", (_, bytes, words) => {
    for (const lengths of [[100], [1], [2, 3]]) {
      expect(() => read(Uint8Array.from(bytes), lengths)).toThrow(words);
    }
  });

  test("an empty list is one", () => {
    expect(read(Uint8Array.from([0x12, 0x00]))).toEqual([]);
  });
});
