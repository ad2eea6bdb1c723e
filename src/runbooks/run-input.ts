/** What the program is told about its machines: JSON on its standard input, and the two files that are made from it. */
export interface RunInput {
  /** Such as `m-7k3q2.b1r1`. */
  readonly run: string;
  readonly maintenance: string;
  readonly cluster: string;
  readonly batch: string;
  readonly requester: string;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly window: { readonly startMs: number; readonly endMs: number | null };
  readonly machines: readonly RunMachine[];
}

export interface RunMachine {
  readonly hostname: string;
  readonly ip: string;
  /** Ids of its agents. */
  readonly agents: readonly string[];
}
