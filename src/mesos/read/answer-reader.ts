/** Reads one answer as it arrives, so that a large one is never whole in memory and nothing waits for its end. */
export interface AnswerReader<T> {
  /** The next bytes. Throws where they cannot be of such an answer; it is of no use then. */
  write(chunk: Buffer): void;
  /** What it says, once all of it was written. Throws where something lacks. */
  end(): T;
}

/** For answers that are small whatever the cluster: decoded at their end. */
export function whole<T>(decode: (answer: Buffer) => T): () => AnswerReader<T> {
  return () => {
    const chunks: Buffer[] = [];
    return {
      write: (chunk) => void chunks.push(chunk),
      end: () => decode(Buffer.concat(chunks)),
    };
  };
}

/** Reads an answer that is there already. */
export function readAll<T>(reader: AnswerReader<T>, answer: Buffer): T {
  reader.write(answer);
  return reader.end();
}
