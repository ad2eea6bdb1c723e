import { groupBy } from "../group-by.js";

/** What the planner has to know of a machine; `M` is whatever stands for it. */
export interface Candidate<M> {
  readonly machine: M;
  /** Its fault domain, or `null` where no agent says one: such machines share a batch with none that do. */
  readonly zone: string | null;
  /** The value by which it is divided; not looked at where batches are counted. */
  readonly group: string | null;
  /** Running copies on it, by app. */
  readonly copies: ReadonlyMap<string, number>;
}

export interface Division {
  /** Machines in a batch, or `null` for one batch for each value of `group`. */
  readonly size: number | null;
  /** Machines in a first batch of their own, or `null`. */
  readonly canary: number | null;
  /** Whether a batch may hold machines of several zones. */
  readonly spansZones: boolean;
  /** By app, how many running copies may go down together; an app that is not named does not matter. */
  readonly mostTogether: ReadonlyMap<string, number>;
}

export interface Divided<M> {
  /** In the order in which they go down. */
  readonly batches: readonly (readonly M[])[];
  /** Apps of which a batch (by its place) takes more copies than may go down together: it could not be avoided. */
  readonly crowded: readonly { readonly batch: number; readonly app: string; readonly copies: number }[];
}

/**
 * Puts each machine into exactly one batch: the canary first, then zone by zone, in the order in which the machines come.
 * A machine that would bring too many copies of an app together waits for a later batch, which takes more batches if
 * need be; batches by value are not torn apart for it.
 */
export function divide<M>(candidates: readonly Candidate<M>[], division: Division): Divided<M> {
  const canary = division.canary === null ? [] : canaryOf(candidates, division.canary, division);
  const isCanary = new Set(canary);
  const rest = candidates.filter((candidate) => !isCanary.has(candidate));
  const batches = pools(rest, division).flatMap((pool) =>
    division.size === null ? [pool] : filled(pool, division.size, division),
  );
  const all = canary.length > 0 ? [canary, ...batches] : batches;
  return {
    batches: all.map((batch) => batch.map(({ machine }) => machine)),
    crowded: all.flatMap((batch, at) => crowdedIn(batch, division).map((one) => ({ batch: at, ...one }))),
  };
}

/** Machines that may share a batch. */
function pools<M>(candidates: readonly Candidate<M>[], { size, spansZones }: Division): Candidate<M>[][] {
  const groups = size === null ? [...groupBy(candidates, ({ group }) => group).values()] : [candidates];
  return groups.flatMap((group) =>
    spansZones ? [[...group]] : [...groupBy(group, ({ zone }) => zone).values()],
  );
}

/** Of the first pool that is large enough, or of the largest. */
function canaryOf<M>(candidates: readonly Candidate<M>[], size: number, division: Division): Candidate<M>[] {
  const all = pools(candidates, division);
  const largest = all.reduce<Candidate<M>[]>((a, b) => (b.length > a.length ? b : a), []);
  const pool = all.find(({ length }) => length >= size) ?? largest;
  return filled(pool, size, division)[0] ?? [];
}

function filled<M>(pool: readonly Candidate<M>[], size: number, division: Division): Candidate<M>[][] {
  const batches: Candidate<M>[][] = [];
  let rest = pool;
  while (rest.length > 0) {
    const { batch, later } = oneBatch(rest, size, division);
    batches.push(batch);
    rest = later;
  }
  return batches;
}

function oneBatch<M>(pool: readonly Candidate<M>[], size: number, { mostTogether }: Division) {
  const batch: Candidate<M>[] = [];
  const later: Candidate<M>[] = [];
  const together = new Map<string, number>();
  for (const [at, candidate] of pool.entries()) {
    if (batch.length >= size) {
      later.push(...pool.slice(at));
      break;
    }
    // The first one always goes: it is crowded alone, or not at all.
    if (batch.length > 0 && !fits(candidate, together, mostTogether)) later.push(candidate);
    else {
      batch.push(candidate);
      for (const [app, copies] of candidate.copies) together.set(app, (together.get(app) ?? 0) + copies);
    }
  }
  return { batch, later };
}

function fits<M>(
  { copies }: Candidate<M>,
  together: ReadonlyMap<string, number>,
  most: ReadonlyMap<string, number>,
): boolean {
  return [...copies].every(([app, more]) => (together.get(app) ?? 0) + more <= mostOf(app, most));
}

function crowdedIn<M>(batch: readonly Candidate<M>[], { mostTogether }: Division) {
  const together = new Map<string, number>();
  for (const { copies } of batch) {
    for (const [app, count] of copies) together.set(app, (together.get(app) ?? 0) + count);
  }
  return [...together]
    .filter(([app, copies]) => copies > mostOf(app, mostTogether))
    .map(([app, copies]) => ({ app, copies }));
}

function mostOf(app: string, most: ReadonlyMap<string, number>): number {
  return most.get(app) ?? Number.POSITIVE_INFINITY;
}
