import type { DrainAsked } from "./policy-rules.js";

/** The requester typed how many machines it is (`--confirm 40`), and that is exactly how many it is now. */
export function isConfirmed({ record, machines }: DrainAsked): boolean {
  return record.confirmed === machines.length;
}

/** How to go on where a typed number is asked for, and what to do `otherwise`. */
export function howToConfirm({ machines }: DrainAsked, otherwise: string): string {
  const count = machines.length;
  const all = count === 1 ? "If you mean it" : `If you mean all ${count}`;
  return `${all}, send the same line again with --confirm ${count} at its end; otherwise ${otherwise}`;
}
