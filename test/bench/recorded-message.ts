import protobuf from "protobufjs/minimal.js";
import { skipField, type WireReader } from "../../src/mesos/read/wire.js";

/** Masters list what they have in the order of a hash map. 7919 is prime, so every number comes once. */
export function shuffled(n: number, count: number): number {
  return (n * 7919) % count;
}

/** The first field with a tag. */
export function field(reader: WireReader, wanted: number): Uint8Array {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === wanted) return reader.bytes();
    skipField(reader, tag);
  }
  throw new TypeError(`The recording lacks the field with tag ${wanted}.`);
}

/** Copies a message field by field, bytes as they are but for those that `replace` writes anew. */
export function copy(
  writer: protobuf.Writer,
  message: Uint8Array,
  replace: Readonly<Record<number, (value: Uint8Array) => void>>,
): void {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const write = replace[tag];
    if (write === undefined) {
      skipField(reader, tag);
      writer.raw(message.subarray(start, reader.pos));
    } else {
      writer.uint32(tag);
      write(reader.bytes());
    }
  }
}
