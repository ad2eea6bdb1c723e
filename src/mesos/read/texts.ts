/** A text that is not plain ASCII is decoded each time. */
const NOT_ASCII = 0x80;

/** FNV-1a, 32 bits. */
const FNV_OFFSET = 0x811c9dc5;

const FNV_PRIME = 0x01000193;

/**
 * The texts of one answer, each distinct one as one string. The same few ids, names and roles stand in hundreds of thousands of
 * tasks: one that was met before is found by its bytes, and no string is made of it.
 */
export class Texts {
  readonly #texts: string[] = [];
  readonly #hashes: number[] = [];
  readonly #others = new Map<string, string>();
  /** Open addressing: places in `#texts` plus one, 0 where nothing is. At most half full. */
  #slots = new Int32Array(1024);

  /** The text of the bytes from `start` to before `end`. */
  get(bytes: Buffer, start: number, end: number): string {
    let hash = FNV_OFFSET;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= NOT_ASCII) return this.#other(bytes.toString("utf8", start, end));
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      const text = this.#texts[place - 1] ?? "";
      if (this.#hashes[place - 1] === hash && isText(text, bytes, start, end)) return text;
      slot = (slot + 1) & mask;
    }
    const text = bytes.toString("latin1", start, end);
    this.#texts.push(text);
    this.#hashes.push(hash);
    this.#slots[slot] = this.#texts.length;
    if (this.#texts.length * 2 > this.#slots.length) this.#grow();
    return text;
  }

  #other(text: string): string {
    const known = this.#others.get(text);
    if (known !== undefined) return known;
    this.#others.set(text, text);
    return text;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    this.#hashes.forEach((hash, at) => {
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = at + 1;
    });
    this.#slots = slots;
  }
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at += 1) if (text.charCodeAt(at - start) !== bytes[at]) return false;
  return true;
}
