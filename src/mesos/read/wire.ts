import protobuf from "protobufjs/minimal.js";

/** A reader over an answer; protobufjs' own, because generated and hand-placed readers share it. */
export type WireReader = protobuf.Reader;

export function readerOf(bytes: Uint8Array): WireReader {
  return protobuf.Reader.create(bytes);
}

/** A tag is the field's number and the wire type in one; these are the wire types that our messages use. */
const VARINT = 0;

const FIXED_64 = 1;

const LENGTH_DELIMITED = 2;

const FIXED_32 = 5;

/** Tag of a message or string field. */
export function lengthTag(field: number): number {
  return (field << 3) | LENGTH_DELIMITED;
}

/** Tag of a number, bool or enum field. */
export function varintTag(field: number): number {
  return (field << 3) | VARINT;
}

/** Tag of a double field. */
export function doubleTag(field: number): number {
  return (field << 3) | FIXED_64;
}

/** Whether a field of this tag is text or a message. */
export function isLengthDelimited(tag: number): boolean {
  return (tag & 7) === LENGTH_DELIMITED;
}

/** How many bytes the value of such a field has; `null` where the bytes themselves tell. Throws for groups, which nobody sends. */
export function fixedSize(tag: number): number | null {
  const type = tag & 7;
  if (type === FIXED_64) return 8;
  if (type === FIXED_32) return 4;
  if (type === VARINT || type === LENGTH_DELIMITED) return null;
  throw new RangeError("The answer has a field of a kind that nobody sends.");
}

/** Skips the field that `tag` announced. */
export function skipField(reader: WireReader, tag: number): void {
  // Nearly all that is skipped is text and messages.
  if ((tag & 7) === LENGTH_DELIMITED && tag > 7) {
    reader.pos = messageEnd(reader);
    return;
  }
  reader.skipType(tag & 7, 0, tag >>> 3);
}

/** Where the message that follows ends; the reader stands at its first field afterwards. */
export function messageEnd(reader: WireReader): number {
  const size = reader.size();
  const end = reader.pos + size;
  if (end > reader.len) throw new RangeError("A message goes beyond the end of the answer.");
  return end;
}

/** Every id of Mesos is a message with the text in field 1. */
export function readId(reader: WireReader): string {
  const end = messageEnd(reader);
  let value = "";
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === lengthTag(1)) value = reader.string();
    else skipField(reader, tag);
  }
  return value;
}

/** Throws unless a field that Mesos always sends was there; half an answer is no answer. */
export function required(value: string | null, field: string): string {
  if (value === null || value === "") throw lacks(field);
  return value;
}

export function lacks(field: string): TypeError {
  return new TypeError(`The answer lacks ${field}.`);
}
