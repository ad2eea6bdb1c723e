import type { RedisConfig } from "../../../config/config.js";
import { StoreError } from "../store-error.js";
import { lookAtWires, type WireTrouble } from "./redis-wire.js";

const AGAIN_AFTER_MS = 10_000;

/** While it fails, it is looked at more often. */
const COUNTS_FOR_MS = 30_000;

/**
 * While Redis is away: what its wires show, looked at beside the client, which only knows that a connection does not come
 * about. So a certificate that expires while the bot runs is told as that in each command, and not as the network.
 */
export class WireWatch {
  readonly #settings: RedisConfig;
  readonly #tell: (trouble: StoreError) => void;
  #found: WireTrouble | null = null;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** @param tell is told what was found, each time. */
  constructor(settings: RedisConfig, tell: (trouble: StoreError) => void) {
    this.#settings = settings;
    this.#tell = tell;
  }

  /** A connection failed, or ended. */
  failed(): void {
    const now = performance.now();
    if (now - this.#lookedAtMs < AGAIN_AFTER_MS) return;
    this.#lookedAtMs = now;
    void lookAtWires(this.#settings).then((found) => {
      this.#found = found;
      if (found === null) return;
      this.#tell(new StoreError("unreachable", { ...found, notDone: "Nothing was queued." }));
    });
  }

  /** A connection stands. */
  stands(): void {
    this.#found = null;
  }

  /** The same error, told by what the wires show. */
  explained(error: unknown): unknown {
    if (this.#found === null || !(error instanceof StoreError)) return error;
    if (performance.now() - this.#lookedAtMs > COUNTS_FOR_MS) return error;
    if (error.code !== "unreachable" && error.code !== "no_answer") return error;
    return new StoreError(error.code, { ...this.#found, notDone: error.notDone }, error);
  }
}
