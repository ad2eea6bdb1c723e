/** The inputs of the form for a drain, by the ids of their blocks: `state.values[id][id]` when it is submitted. */
export const INPUTS = [
  "cluster",
  "hosts",
  "duration",
  "other_duration",
  "start",
  "reason",
  "ticket",
  "batches",
  "canary",
  "runbook",
  "options",
] as const;

export type InputName = (typeof INPUTS)[number];

/** What somebody filled in, as they typed or chose it; `null` for what was left empty. */
export interface DrainForm {
  readonly cluster: string | null;
  readonly hosts: string | null;
  /** A word of a line, such as `4h`. */
  readonly duration: string | null;
  /** The same, typed; it counts instead of the chosen one. */
  readonly otherDuration: string | null;
  /** Epoch ms. */
  readonly startMs: number | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly batches: string | null;
  readonly canary: string | null;
  readonly runbook: string | null;
  /** Any other options, as they are typed in a line. */
  readonly options: string | null;
}

/** What the form offers. */
export interface FormChoices {
  readonly clusters: readonly {
    readonly name: string;
    readonly defaultDurationMs: number;
    readonly maxDurationMs: number;
    /** By their names. */
    readonly runbooks: readonly string[];
  }[];
  /** The cluster that is meant unless another one is chosen; `null` where none is. */
  readonly chosen: string | null;
}
