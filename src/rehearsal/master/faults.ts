import type { CallType } from "./call.js";
import type { Spoiling } from "./spoil.js";

/**
 * What goes wrong with the next calls of a type. `…_before`: nothing took effect. `…_after`: it did, and the caller does
 * not learn of it. `delay`: it takes effect after `ms`, also when the caller has given up by then; `hold`: so, but when
 * `until` resolves. `status`: refused with this status and text, without an effect. Those of `Spoiling`: it took effect, and the
 * answer is no good.
 */
export type Fault = (
  | { readonly kind: Spoiling }
  | { readonly kind: "hang_before" | "hang_after" | "reset_before" | "reset_after" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "hold"; readonly until: Promise<unknown> }
  | { readonly kind: "status"; readonly status: number; readonly text?: string }
) & {
  /** How many calls it hits. @defaultValue 1 */
  readonly times?: number;
  /** How many calls of the type go well before. @defaultValue 0 */
  readonly skip?: number;
  /** Told of each call that it hits, once what is to take effect at once has. */
  readonly onHit?: () => void;
};

/** Faults in the order they were asked for; `*` hits any call. */
export class Faults {
  private pending: { readonly type: CallType | "*"; readonly fault: Fault; left: number; skip: number }[] =
    [];

  add(type: CallType | "*", fault: Fault): void {
    this.pending.push({ type, fault, left: fault.times ?? 1, skip: fault.skip ?? 0 });
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault for this call, used up by one. */
  take(type: CallType): Fault | null {
    const next = this.pending.find((fault) => fault.type === type || fault.type === "*");
    if (next === undefined) return null;
    if (next.skip > 0) {
      next.skip -= 1;
      return null;
    }
    next.left -= 1;
    if (next.left <= 0) this.pending = this.pending.filter((fault) => fault !== next);
    return next.fault;
  }
}
