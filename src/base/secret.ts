import { inspect } from "node:util";
import { MASK, noteSecret } from "./known-secrets.js";

/**
 * A token or password on its way through the program. Printing, logging or serialising it gives `[secret]`; the text
 * comes out of `reveal()` only, so a search for that word finds every place that uses one. From when it is made its text is
 * hidden wherever others say it (`scrub`).
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    noteSecret(text);
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
