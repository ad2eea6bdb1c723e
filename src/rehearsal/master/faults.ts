import type { CallType } from "./call.js";

/**
 * What goes wrong with the next calls of a type. `…_before`: nothing took effect. `…_after`: it did, and the caller does
 * not learn of it. `delay`: it takes effect after `ms`, also when the caller has given up by then; `hold`: so, but when
 * `until` resolves. `status`: refused with this status and text, without an effect.
 */
export type Fault = (
  | { readonly kind: "hang_before" | "hang_after" | "reset_before" | "reset_after" }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "hold"; readonly until: Promise<unknown> }
  | { readonly kind: "status"; readonly status: number; readonly text?: string }
) & {
  /** How many calls it hits. @defaultValue 1 */
  readonly times?: number;
};

/** Faults in the order they were asked for; `*` hits any call. */
export class Faults {
  private pending: { readonly type: CallType | "*"; readonly fault: Fault; left: number }[] = [];

  add(type: CallType | "*", fault: Fault): void {
    this.pending.push({ type, fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault for this call, used up by one. */
  take(type: CallType): Fault | null {
    const next = this.pending.find((fault) => fault.type === type || fault.type === "*");
    if (next === undefined) return null;
    next.left -= 1;
    if (next.left <= 0) this.pending = this.pending.filter((fault) => fault !== next);
    return next.fault;
  }
}
