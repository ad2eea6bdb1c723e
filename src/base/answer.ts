import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inTurns } from "./in-turns.js";

/** Of an answer that is no success so much is read: a few words that are shown, whatever else comes. */
export const LONGEST_WORDS_BYTES = 64 * 1024;

/** What was cut may end in the middle of a secret, which nobody would know as one. */
const LEFT_OUT_BYTES = 4 * 1024;

/** An answer, or several together, took more than they may. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";

  constructor(readonly most: number) {
    super(`More than ${most} bytes were sent.`);
  }
}

/** How many bytes may be taken, by one answer or by all answers of one look together. */
export class ByteBudget {
  #taken = 0;

  constructor(readonly most: number) {}

  /** Throws TooLargeError from when too much was taken, whoever asks. */
  take(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken > this.most) throw new TooLargeError(this.most);
  }
}

/**
 * The whole of an answer. HTTP clients limit each chunk of an answer that does not say its length, so what was taken is
 * counted here.
 *
 * @throws TooLargeError, and its connection is dropped; or what the stream throws.
 */
export async function readWhole(body: Readable, budget: ByteBudget): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await readPieces(body, budget, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks);
}

/** So much of an answer may have arrived and wait for its turn. */
const WAITING_BYTES = 1024 * 1024;

/** The same piece by piece, in turns with other work. What `onPiece` throws ends it, and its connection is dropped. */
export async function readPieces(
  body: Readable,
  budget: ByteBudget,
  onPiece: (chunk: Buffer) => void,
): Promise<void> {
  const taking = function* (chunks: readonly Buffer[]) {
    for (const chunk of chunks) {
      budget.take(chunk.length);
      onPiece(chunk);
      yield;
    }
  };
  const pieces = new Writable({
    highWaterMark: WAITING_BYTES,
    write(chunk: Buffer, _encoding, done) {
      inTurns(taking([chunk])).then(() => done(), done);
    },
    writev(waiting, done) {
      inTurns(taking(waiting.map(({ chunk }) => chunk as Buffer))).then(() => done(), done);
    },
  });
  await pipeline(body, pieces);
}

/** What an answer that is no success says. */
export interface Words {
  readonly body: Buffer;
  /** Whether it went on, and was not read to its end. */
  readonly isCut: boolean;
}

/** The words of an answer. One that goes on is left, and its connection dropped. Throws what the stream throws. */
export async function readWords(body: Readable): Promise<Words> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LONGEST_WORDS_BYTES) {
      return { body: Buffer.concat(chunks).subarray(0, LONGEST_WORDS_BYTES - LEFT_OUT_BYTES), isCut: true };
    }
  }
  return { body: Buffer.concat(chunks), isCut: false };
}
