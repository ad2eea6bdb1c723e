import type { Moment } from "./state.js";

/** Turns a millisecond clock into moments whose nanoseconds grow strictly and are never round. */
export class MomentClock {
  private lastNs = 0n;
  private ticks = 0n;

  constructor(private readonly clock: () => number) {}

  now(): Moment {
    const ms = this.clock();
    this.ticks += 1n;
    // Room below the microsecond for the updates that one moment numbers itself.
    const ns = BigInt(Math.floor(ms)) * 1_000_000n + (this.ticks % 9_000n) * 100n + 1n;
    this.lastNs = ns > this.lastNs + 100n ? ns : this.lastNs + 100n;
    return { ms, ns: this.lastNs };
  }
}
