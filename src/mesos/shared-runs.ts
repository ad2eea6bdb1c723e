/** What runs of bytes of one answer mean, each distinct one decoded once and its value shared. */
export class SharedRuns<T> {
  readonly #answer: Buffer;
  readonly #known = new Map<string, T>();

  constructor(answer: Buffer) {
    this.#answer = answer;
  }

  /** The value of the bytes from `start` to before `end`. */
  get(start: number, end: number, decode: () => T): T {
    const key = this.#answer.toString("latin1", start, end);
    let value = this.#known.get(key);
    if (value === undefined) {
      value = decode();
      this.#known.set(key, value);
    }
    return value;
  }
}
