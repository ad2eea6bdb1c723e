import { setImmediate as nextTurn } from "node:timers/promises";

const TURN_MS = 8;

/** Does work that comes in pieces, with pauses between them in which everything else has its turn. */
export async function inTurns<T>(pieces: Iterator<unknown, T, void>): Promise<T> {
  let sinceMs = performance.now();
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    if (performance.now() - sinceMs < TURN_MS) continue;
    await nextTurn();
    sinceMs = performance.now();
  }
}
