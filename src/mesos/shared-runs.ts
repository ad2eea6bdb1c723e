/** What runs of bytes of one answer mean, each distinct one decoded once and its value shared. */
export class SharedRuns<T> {
  readonly #answer: Buffer;
  readonly #known = new Map<string, T>();
  #last: { readonly start: number; readonly end: number; readonly value: T } | null = null;

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  /** The value of the bytes from `start` to before `end`. */
  get(start: number, end: number, decode: () => T): T {
    const last = this.#last;
    // Mostly the same as the one before: comparing the bytes is cheaper than making a key of them.
    if (last !== null && this.#answer.compare(this.#answer, last.start, last.end, start, end) === 0) {
      return last.value;
    }
    const key = this.#answer.toString("latin1", start, end);
    let value = this.#known.get(key);
    if (value === undefined) {
      value = decode();
      this.#known.set(key, value);
    }
    this.#last = { start, end, value };
    return value;
  }
}
