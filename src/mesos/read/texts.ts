/** A text that is not plain ASCII is decoded each time. */
const NOT_ASCII = 0x80;

/** Of FNV, which takes byte by byte; here it is four bytes at a time. */
const HASH_BASIS = 0x811c9dc5;

const HASH_PRIME = 0x01000193;

/** Numbers of one slot: the hash, the text's number plus one (0 where nothing is), where its bytes begin, and how many they are. */
const SLOT = 4;

/**
 * The texts of one answer, each distinct one once, by numbers from 0 on. The same few ids, names and roles stand in hundreds of
 * thousands of tasks: one that was met before is found by its bytes, and no string is made of it.
 */
export class Texts {
  readonly #texts: string[] = [];
  readonly #others = new Map<string, number>();
  /** Open addressing, at most half full. What is compared first stands together: most of the time goes into fetching it. */
  #slots = new Int32Array(64 * SLOT);
  #bytes = Buffer.allocUnsafe(1024);
  #bytesLength = 0;
  #count = 0;

  /** How many there are. */
  get length(): number {
    return this.#texts.length;
  }

  /** The text of a number. */
  text(number: number): string {
    return this.#texts[number] ?? "";
  }

  /** The number of a text that is there as a string. */
  numberOf(text: string): number {
    const bytes = Buffer.from(text, "utf8");
    return this.number(bytes, 0, bytes.length);
  }

  /** The number of the text of the bytes from `start` to before `end`. */
  number(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    const hash = hashOf(bytes, start, end);
    const slots = this.#slots;
    const mask = slots.length / SLOT - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const at = slot * SLOT;
      const place = slots[at + 1] ?? 0;
      if (place === 0) break;
      if (slots[at] === hash && slots[at + 3] === length && this.#isAt(slots[at + 2] ?? 0, bytes, start, end))
        return place - 1;
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes, start, end, hash, slot);
  }

  #isAt(from: number, bytes: Uint8Array, start: number, end: number): boolean {
    const known = this.#bytes;
    for (let at = start, other = from; at < end; at += 1, other += 1)
      if (known[other] !== bytes[at]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let isAscii = true;
    for (let at = start; at < end && isAscii; at += 1) isAscii = (bytes[at] ?? 0) < NOT_ASCII;
    if (!isAscii) return this.#other(all.toString("utf8", start, end));
    const length = end - start;
    if (this.#bytesLength + length > this.#bytes.length) this.#growBytes(length);
    all.copy(this.#bytes, this.#bytesLength, start, end);
    const number = this.#texts.push(all.toString("latin1", start, end)) - 1;
    this.#slots.set([hash, number + 1, this.#bytesLength, length], slot * SLOT);
    this.#bytesLength += length;
    this.#count += 1;
    if (this.#count * 2 * SLOT > this.#slots.length) this.#growSlots();
    return number;
  }

  #other(text: string): number {
    const known = this.#others.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.push(text) - 1;
    this.#others.set(text, number);
    return number;
  }

  #growBytes(length: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#bytesLength + length));
    this.#bytes.copy(bytes, 0, 0, this.#bytesLength);
    this.#bytes = bytes;
  }

  #growSlots(): void {
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2);
    const mask = slots.length / SLOT - 1;
    for (let at = 0; at < before.length; at += SLOT) {
      if (before[at + 1] === 0) continue;
      const hash = before[at] ?? 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot * SLOT + 1] !== 0) slot = (slot + 1) & mask;
      slots.set(before.subarray(at, at + SLOT), slot * SLOT);
    }
    this.#slots = slots;
  }
}

/** Of all bytes: names may begin or end alike by the thousands. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_BASIS ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    hash = Math.imul(hash ^ word, HASH_PRIME);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), HASH_PRIME);
  return hash | 0;
}
