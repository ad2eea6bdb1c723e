/** So long all work in turns together may take before everything else has its turn. */
const ROUND_MS = 4;

interface Work {
  /** Does one more piece; whether that was the last. */
  next(): boolean;
}

/** The work that is under way; the first is the next one. */
const works: Work[] = [];

/**
 * Does work that comes in pieces, with pauses between them in which everything else has its turn. All work of the process that
 * is done so shares these turns: two of them take twice as long, and no longer at a time.
 *
 * @param pieces each a few milliseconds at most
 */
export function inTurns<T>(pieces: Iterator<unknown, T, void>): Promise<T> {
  return new Promise((resolve, reject) => {
    const next = () => {
      try {
        const piece = pieces.next();
        if (piece.done) resolve(piece.value);
        return piece.done === true;
      } catch (error) {
        reject(error);
        return true;
      }
    };
    works.push({ next });
    if (works.length === 1) setImmediate(round);
  });
}

function round(): void {
  const sinceMs = performance.now();
  // A piece each, so that what is short need not wait for what is long.
  while (works.length > 0 && performance.now() - sinceMs < ROUND_MS) {
    const work = works[0];
    const isDone = work?.next() ?? true;
    works.shift();
    if (work !== undefined && !isDone) works.push(work);
  }
  if (works.length > 0) setImmediate(round);
}
