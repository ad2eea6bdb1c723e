import { inspect } from "node:util";

/** What stands in a log or an answer instead of a secret. */
export const MASK = "[secret]";

/**
 * A token or password on its way through the program. Printing, logging or serialising it gives `[secret]`; the text
 * comes out of `reveal()` only, so a search for that word finds every place that uses one.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself: hand it straight to the client that needs it and keep it nowhere. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
