import type { AnswerReader } from "../read/answer-reader.js";

/** Length lines are short; one that goes on is no RecordIO. */
const LONGEST_LENGTH = 20;

const NEWLINE = 0x0a;

/**
 * Splits a RecordIO stream, Mesos' framing of event streams: decimal length, newline, that many bytes. Chunks may be
 * cut anywhere. Each record is read as it arrives.
 */
export class RecordSplitter<T> {
  readonly #limit: number;
  readonly #readerOf: (length: number) => AnswerReader<T>;
  #digits = "";
  /** The current record, or `null` while its length is being read. */
  #record: { readonly reader: AnswerReader<T>; missing: number } | null = null;

  /**
   * @param limit bytes of the longest record to accept.
   * @param readerOf what reads a record of so many bytes.
   */
  constructor(limit: number, readerOf: (length: number) => AnswerReader<T>) {
    this.#limit = limit;
    this.#readerOf = readerOf;
  }

  /**
   * Takes the next chunk and gives what the records say that it completes.
   *
   * @throws RangeError if the stream is not RecordIO or a record is longer than the limit; or what a reader throws.
   */
  push(chunk: Buffer): readonly T[] {
    const records: T[] = [];
    let at = 0;
    while (at < chunk.length || this.#record?.missing === 0) {
      const record = this.#record;
      if (record === null) {
        at = this.#readLength(chunk, at);
        continue;
      }
      const part = chunk.subarray(at, at + record.missing);
      at += part.length;
      record.missing -= part.length;
      if (part.length > 0) record.reader.write(part);
      if (record.missing > 0) continue;
      this.#record = null;
      records.push(record.reader.end());
    }
    return records;
  }

  #readLength(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? NEWLINE;
      if (byte === NEWLINE) {
        const missing = this.#length();
        this.#record = { reader: this.#readerOf(missing), missing };
        return at + 1;
      }
      this.#digits += String.fromCharCode(byte);
      if (this.#digits.length > LONGEST_LENGTH) break;
    }
    if (this.#digits.length > LONGEST_LENGTH) throw new RangeError("The event stream is not RecordIO.");
    return at;
  }

  #length(): number {
    const length = /^\d+$/.test(this.#digits) ? Number(this.#digits) : Number.NaN;
    this.#digits = "";
    if (Number.isNaN(length)) throw new RangeError("The event stream is not RecordIO.");
    if (length > this.#limit)
      throw new RangeError(`A record of ${length} bytes is longer than ${this.#limit}.`);
    return length;
  }
}
