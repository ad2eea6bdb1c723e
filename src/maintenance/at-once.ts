/** Does work that comes in pieces without a pause between them. */
export function atOnce<T>(pieces: Iterator<unknown, T, void>): T {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}
