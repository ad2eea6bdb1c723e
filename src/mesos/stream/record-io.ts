/** Length lines are short; one that goes on is no RecordIO. */
const LONGEST_LENGTH = 20;

const NEWLINE = 0x0a;

/**
 * Splits a RecordIO stream, Mesos' framing of event streams: decimal length, newline, that many bytes. Chunks may be
 * cut anywhere. Each byte is copied at most once, however many chunks a record comes in.
 */
export class RecordSplitter {
  readonly #limit: number;
  #digits = "";
  /** Bytes of the current record still to come, or `null` while its length is being read. */
  #missing: number | null = null;
  #parts: Buffer[] = [];

  /** @param limit bytes of the longest record to accept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes the next chunk and gives the records that it completes.
   *
   * @throws RangeError if the stream is not RecordIO or a record is longer than the limit.
   */
  push(chunk: Buffer): readonly Buffer[] {
    const records: Buffer[] = [];
    let at = 0;
    while (at < chunk.length || this.#missing === 0) {
      if (this.#missing === null) {
        at = this.#readLength(chunk, at);
        continue;
      }
      const part = chunk.subarray(at, at + this.#missing);
      at += part.length;
      this.#missing -= part.length;
      this.#parts.push(part);
      if (this.#missing > 0) continue;
      records.push(this.#parts.length === 1 ? part : Buffer.concat(this.#parts));
      this.#parts = [];
      this.#missing = null;
    }
    return records;
  }

  #readLength(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? NEWLINE;
      if (byte === NEWLINE) {
        this.#missing = this.#length();
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
