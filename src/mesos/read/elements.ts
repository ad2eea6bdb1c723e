import { fixedSize, isLengthDelimited, readerOf, skipField, type WireReader } from "./wire.js";

/** An agent is some KiB, a task with its history hardly more: what claims to be larger is none. */
const LARGEST_ELEMENT_BYTES = 32 * 1024 * 1024;

/** Bytes of a varint at most. */
const LONGEST_VARINT = 10;

/** Where a list is in an answer, and what is done with what is in it. */
export interface ListOf {
  /** Tag of the message with the list, in the answer. */
  readonly tag: number;
  /** For errors: `get_agents`. */
  readonly name: string;
  /** Tags of the elements that are read; everything else is passed over. */
  readonly elements: ReadonlySet<number>;
  /** One element; the reader is behind its tag. `bytes` are what it reads; nobody writes into them afterwards. */
  readonly read: (tag: number, reader: WireReader, bytes: Buffer) => void;
}

/**
 * Takes an answer apart whose one field is a message of many elements (GET_AGENTS, GET_TASKS), and hands over each element once
 * all of it has arrived. What is not wanted is not even kept.
 */
export class Elements {
  readonly #list: ListOf;
  readonly #reader = readerOf(Buffer.alloc(0));
  /** What has arrived and is not read yet. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** So many bytes have to be there before it goes on. */
  #needed = 1;
  /** So many are passed over before. */
  #skip = 0;
  /** Bytes that are left of the list; `null` outside of it. */
  #left: number | null = null;
  #hasList = false;

  constructor(list: ListOf) {
    this.#list = list;
  }

  write(chunk: Buffer): void {
    let rest = chunk;
    if (this.#skip > 0) {
      const passed = Math.min(this.#skip, chunk.length);
      this.#skip -= passed;
      rest = chunk.subarray(passed);
    }
    if (rest.length === 0) return;
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
    if (this.#pendingBytes < this.#needed) return;
    const [only] = this.#pending;
    const bytes = this.#pending.length === 1 && only !== undefined ? only : Buffer.concat(this.#pending);
    const read = this.#readFrom(bytes);
    this.#pending = read < bytes.length ? [bytes.subarray(read)] : [];
    this.#pendingBytes = bytes.length - read;
  }

  /** Throws where the answer ended before its end, or had no list. */
  end(): void {
    const { name } = this.#list;
    if (this.#pendingBytes > 0 || this.#skip > 0 || (this.#left ?? 0) > 0)
      throw new RangeError(`The answer ends in the middle of ${name}.`);
    if (!this.#hasList) throw new TypeError(`The answer lacks ${name}.`);
  }

  /** Reads what is whole, and returns how many bytes that was. */
  #readFrom(bytes: Buffer): number {
    const { tag: listTag, elements, read } = this.#list;
    const reader = this.#reader;
    reader.buf = bytes;
    reader.len = bytes.length;
    this.#needed = 1;
    let at = 0;
    while (at < bytes.length) {
      reader.pos = at;
      const field = fieldAt(reader);
      if (field === null) {
        this.#needed = bytes.length - at + 1;
        return at;
      }
      const { tag, valueAt } = field;
      const end = reader.pos + field.size;
      if (this.#left === null && tag === listTag) {
        this.#hasList = true;
        this.#left = field.size > 0 ? field.size : null;
        at = reader.pos;
        continue;
      }
      const length = end - at;
      if (this.#left !== null && length > this.#left)
        throw new RangeError("An element goes beyond the end of its list.");
      if (this.#left !== null && elements.has(tag)) {
        if (field.size > LARGEST_ELEMENT_BYTES) throw new RangeError("An element is larger than any can be.");
        if (end > bytes.length) {
          this.#needed = length;
          return at;
        }
        reader.pos = valueAt;
        read(tag, reader, bytes);
      }
      if (this.#left !== null) this.#left = this.#left === length ? null : this.#left - length;
      this.#skip = Math.max(0, end - bytes.length);
      at = Math.min(end, bytes.length);
    }
    return at;
  }
}

/** What was found by `fieldAt`, filled anew by each call: there are hundreds of thousands. */
const found = { tag: 0, valueAt: 0, size: 0 };

/**
 * The field that begins where the reader stands, which is at its value afterwards, behind the size of one that has a size;
 * `null` where not enough of it is there to tell.
 */
function fieldAt(reader: WireReader): typeof found | null {
  if (!isVarintAt(reader)) return null;
  found.tag = reader.tag();
  found.valueAt = reader.pos;
  const size = fixedSize(found.tag);
  if (size !== null) {
    found.size = size;
    return found;
  }
  if (!isVarintAt(reader)) return null;
  if (isLengthDelimited(found.tag)) found.size = reader.size();
  else {
    skipField(reader, found.tag);
    found.size = 0;
  }
  return found;
}

/** Whether all of a varint is there. */
function isVarintAt({ buf, pos, len }: WireReader): boolean {
  const last = Math.min(pos + LONGEST_VARINT, len);
  for (let at = pos; at < last; at += 1) if ((buf[at] ?? 0) < 0x80) return true;
  if (last === pos + LONGEST_VARINT) throw new RangeError("A number in the answer has no end.");
  return false;
}
