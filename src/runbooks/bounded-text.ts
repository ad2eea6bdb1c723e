/** Text of which the beginning and the end are kept, in memory that does not grow. */
export interface BoundedText {
  write(text: string): void;
  /** All of it; where something was left out, a line says how much. */
  text(): string;
}

/** @param mostBytes of UTF-8, one half for the beginning and one for the end. */
export function boundedText(mostBytes: number): BoundedText {
  const half = Math.floor(mostBytes / 2);
  const head = Buffer.allocUnsafe(half);
  // A ring: the newest byte stands before `written % half`.
  let ring: Buffer | null = null;
  let used = 0;
  let written = 0;
  const writeToRing = (bytes: Buffer): void => {
    ring ??= Buffer.allocUnsafe(half);
    const newest = bytes.subarray(Math.max(0, bytes.length - half));
    const at = (written + bytes.length - newest.length) % half;
    const upToEdge = newest.copy(ring, at);
    newest.copy(ring, 0, upToEdge);
    written += bytes.length;
  };
  const endOf = (from: Buffer): Buffer => {
    if (written <= half) return from.subarray(0, written);
    const edge = written % half;
    return Buffer.concat([from.subarray(edge), from.subarray(0, edge)]);
  };
  return {
    write(text) {
      const bytes = Buffer.from(text);
      const first = bytes.copy(head, used);
      used += first;
      if (first < bytes.length) writeToRing(bytes.subarray(first));
    },
    text() {
      const beginning = head.subarray(0, used);
      const end = ring === null ? Buffer.alloc(0) : endOf(ring);
      if (written <= half) return Buffer.concat([beginning, end]).toString();
      // Both are cut at line breaks, so that no line and no character stands there by halves.
      const shownHead = beginning.subarray(0, beginning.lastIndexOf("\n") + 1);
      const shownEnd = end.subarray(end.indexOf("\n") + 1);
      const left = used + written - shownHead.length - shownEnd.length;
      return `${shownHead.toString()}[… ${left} bytes of the output are left out here …]\n${shownEnd.toString()}`;
    },
  };
}
