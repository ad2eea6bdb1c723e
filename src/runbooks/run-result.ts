/** How one host came out, as far as the program said: Ansible's recap, or the exit code where it runs per machine. */
export interface HostResult {
  readonly hostname: string;
  readonly how: "ok" | "failed" | "unreachable" | "not_run" | "unknown";
}

export type RunEnd =
  | { readonly kind: "ok" }
  /** Its exit code, or the signal that ended it without our doing. */
  | {
      readonly kind: "failed";
      readonly code: number | null;
      readonly signal: string | null;
      readonly words: string;
    }
  | { readonly kind: "not_started"; readonly words: string }
  /** We ended its process group. */
  | { readonly kind: "ended"; readonly why: EndReason; readonly words: string };

/** Why a run is ended before it is through: `reason` of the signal that ends it. */
export type EndReason = "time_limit" | "stopped" | "shutdown" | "lock_lost";

export interface RunResult {
  readonly end: RunEnd;
  readonly hosts: readonly HostResult[];
  /** All that it printed, masked and bounded; says how much was left out. */
  readonly output: string;
}
