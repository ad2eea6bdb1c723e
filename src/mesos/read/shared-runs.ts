/** What runs of bytes of one answer mean, each distinct one decoded once and its value shared. */
export class SharedRuns<T> {
  readonly #answer: Buffer;
  readonly #known = new Map<string, T>();
  #lastStart = 0;
  #lastEnd = 0;
  #lastValue: T | null = null;

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  /** The value of the last run; `null` before the first. */
  get last(): T | null {
    return this.#lastValue;
  }

  /**
   * Where the bytes of the last run, standing at `start` once more, end; -1 if something else stands there. Mostly a run
   * is the same as the one before, and then nothing of it need be looked at but its bytes.
   */
  endOfSame(start: number, limit: number): number {
    const answer = this.#answer;
    const last = this.#lastStart;
    const length = this.#lastEnd - last;
    if (this.#lastValue === null || start + length > limit) return -1;
    for (let at = 0; at < length; at += 1) if (answer[last + at] !== answer[start + at]) return -1;
    return start + length;
  }

  /** The value of the bytes from `start` to before `end`. */
  get(start: number, end: number, decode: () => T): T {
    const key = this.#answer.toString("latin1", start, end);
    let value = this.#known.get(key);
    if (value === undefined) {
      value = decode();
      this.#known.set(key, value);
    }
    this.#lastStart = start;
    this.#lastEnd = end;
    this.#lastValue = value;
    return value;
  }
}
