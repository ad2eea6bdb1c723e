/** What runs of bytes of one answer mean, each distinct one decoded once and its value shared. */
export class SharedRuns<T> {
  readonly #known = new Map<string, T>();
  /** Copied: the bytes of an answer are gone once what is in them was read. */
  #last: Uint8Array = new Uint8Array(0);
  #lastValue: T | null = null;

  /** The value of the last run; `null` before the first. */
  get last(): T | null {
    return this.#lastValue;
  }

  /**
   * Where the bytes of the last run, standing at `start` once more, end; -1 if something else stands there. Mostly a run
   * is the same as the one before, and then nothing of it need be looked at but its bytes.
   */
  endOfSame(bytes: Uint8Array, start: number, limit: number): number {
    const last = this.#last;
    const { length } = last;
    if (this.#lastValue === null || start + length > limit) return -1;
    for (let at = 0; at < length; at += 1) if (last[at] !== bytes[start + at]) return -1;
    return start + length;
  }

  /** The value of the bytes from `start` to before `end`. */
  get(bytes: Buffer, start: number, end: number, decode: () => T): T {
    const key = bytes.toString("latin1", start, end);
    let value = this.#known.get(key);
    if (value === undefined) {
      value = decode();
      this.#known.set(key, value);
    }
    this.#last = Uint8Array.prototype.slice.call(bytes, start, end);
    this.#lastValue = value;
    return value;
  }
}
