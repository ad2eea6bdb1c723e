import type { Machine } from "./machine.js";

/** What a host pattern came to. */
export interface Resolution {
  /** In inventory order, each once; identities as the master has them (invariant 4). */
  readonly machines: readonly Machine[];
  /**
   * Terms, and members of ranges, that stand for nothing, with the nearest names there are. Exclusions and
   * intersections too: a misspelt `!web-O3` would otherwise take web-03 along.
   */
  readonly matchedNothing: readonly {
    readonly term: string;
    /** Where it is not simply that nothing is called so. */
    readonly why?: string;
    readonly nearest: readonly string[];
  }[];
  /** Plain names in it, also those of ranges, that stand for several of `machines` each; absent when there are none. */
  readonly ambiguous?: readonly { readonly term: string; readonly machines: readonly Machine[] }[];
  /** Hosts that the pattern selects in the inventory and that no registered agent stands for. */
  readonly unknown: readonly string[];
  /** Why a machine that might be one of `unknown` does not stand for it; sentences. Absent when there are none. */
  readonly doubts?: readonly string[];
  /** Those of `machines` that were given as `host|ip` and are not registered: no agent will notice. */
  readonly literals: readonly Machine[];
}
