// How ZooKeeper writes numbers, texts and lists (jute): big-endian, lengths before contents.

/** Bytes of a request, written one after another. */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    return this.#add(part);
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    return this.#add(part);
  }

  bool(value: boolean): this {
    return this.#add(Buffer.of(value ? 1 : 0));
  }

  bytes(value: Uint8Array): this {
    return this.int(value.length).#add(value);
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value, "utf8"));
  }

  /** What was written, with its length before it. */
  frame(): Buffer {
    const length = Buffer.alloc(4);
    length.writeInt32BE(this.#parts.reduce((sum, part) => sum + part.length, 0));
    return Buffer.concat([length, ...this.#parts]);
  }

  #add(part: Uint8Array): this {
    this.#parts.push(Buffer.from(part));
    return this;
  }
}

/** Reads the contents of a frame. Every method throws a RangeError where the frame is shorter than what it says. */
export class JuteReader {
  readonly #frame: Buffer;
  #at = 0;

  constructor(frame: Buffer) {
    this.#frame = frame;
  }

  int(): number {
    const value = this.#frame.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  long(): bigint {
    const value = this.#frame.readBigInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  /** `null` is written as the length -1 and read as nothing. */
  bytes(): Buffer {
    const length = Math.max(0, this.int());
    if (this.#at + length > this.#frame.length) throw new RangeError("the frame ends before its contents");
    const value = this.#frame.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  texts(): string[] {
    const texts: string[] = [];
    for (let left = this.int(); left > 0; left -= 1) texts.push(this.text());
    return texts;
  }
}

/** A node of ZooKeeper holds at most 1 MiB: what says more is no frame of its. */
const LARGEST_FRAME_BYTES = 4 * 1024 * 1024;

/** Cuts what a connection brings into frames. */
export class Frames {
  #rest = Buffer.alloc(0);

  /** The frames that are complete. Throws a RangeError where what comes cannot be one. */
  *add(chunk: Buffer): Generator<JuteReader> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readInt32BE(0);
      if (end < 4 || end > LARGEST_FRAME_BYTES) throw new RangeError("this is no frame");
      if (this.#rest.length < end) return;
      const frame = this.#rest.subarray(4, end);
      this.#rest = this.#rest.subarray(end);
      yield new JuteReader(frame);
    }
  }
}
