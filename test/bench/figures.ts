/** One group of figures. Every figure has its unit at the end of its key, `p50Ms`; what was not measured says why. */
export type Figures = { readonly [name: string]: number | boolean | string | Figures };

/** How much is measured: enough to trust, or just enough to see that the benchmark itself works. */
export interface Effort {
  /** Rounds of load, each against the program and then against the yardstick. */
  readonly ackRounds: number;
  readonly ackSeconds: number;
  readonly ackWarmUpSeconds: number;
  readonly drains: number;
  /** Processes that decode the answer, each form. */
  readonly decoders: number;
  /** Starts of the program, each role. */
  readonly starts: number;
  /** For how long looks at the master are counted, each time. */
  readonly masterSeconds: number;
  /** Rounds of one drain and many. */
  readonly masterRounds: number;
  /** Batches of a drain that are followed, a minute each. */
  readonly rollBatches: number;
  /** Looks at each size of a drain, and stores of its record. */
  readonly rollLooks: number;
  /** For how long it is counted what a large master sends: as long as kept agents and tasks are kept, or less. */
  readonly watchSeconds: number;
  /** For how long the event loop is watched while people type. */
  readonly loopSeconds: number;
  /** Tasks that end one after another. */
  readonly ends: number;
  /** Rounds of many drains over several clusters. */
  readonly bursts: number;
  /** The built main.js of another version, to be shown beside; `null` for none. */
  readonly against: string | null;
}

/** Chosen so that all groups together take less than twelve minutes on two cores. */
export const FULL: Effort = {
  ackRounds: 1,
  ackSeconds: 10,
  ackWarmUpSeconds: 3,
  drains: 6,
  decoders: 1,
  starts: 1,
  masterSeconds: 12,
  masterRounds: 1,
  rollBatches: 1,
  rollLooks: 20,
  watchSeconds: 30,
  loopSeconds: 20,
  ends: 8,
  bursts: 1,
  against: null,
};

export const QUICK: Effort = {
  ackRounds: 1,
  ackSeconds: 5,
  ackWarmUpSeconds: 2,
  drains: 8,
  decoders: 1,
  starts: 1,
  masterSeconds: 11,
  masterRounds: 1,
  rollBatches: 1,
  rollLooks: 4,
  watchSeconds: 20,
  loopSeconds: 10,
  ends: 4,
  bursts: 1,
  against: null,
};

/** Progress goes to stderr: stdout is for the figures alone. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
