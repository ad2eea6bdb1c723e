import type { Machine } from "./machine.js";

/** What the host pattern came to (`hosts/`), as far as planning needs it. */
export interface Resolution {
  readonly machines: readonly Machine[];
  readonly matchedNothing: readonly { readonly term: string; readonly nearest: readonly string[] }[];
  /** Names from an inventory that no agent has. */
  readonly unknown: readonly string[];
  /** Given as `host|ip`: meant, though no agent is registered for them. */
  readonly literals: readonly Machine[];
}
