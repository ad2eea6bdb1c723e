import { boundedText } from "./bounded-text.js";
import { type LineReader, readLines } from "./lines.js";
import type { Mask } from "./mask.js";

/** What is kept of all that a run prints. */
const MOST_BYTES = 4 * 1024 * 1024;

const TAIL_LINES = 15;

const TAIL_WIDTH = 300;

const TAIL_EVERY_MS = 2_000;

/** All that the programs of a run print, and its newest lines. */
export interface RunOutput {
  /** Reads what one program prints; `name` stands before each of its lines. */
  reader(name: string | null): LineReader;
  /** A line of ours. */
  note(line: string): void;
  /** The last tail goes out; nothing comes after it. Returns the whole output. */
  close(): string;
}

/** @param onTail the newest lines when there are new ones, at most every 2 s, and once at the end. */
export function runOutput(mask: Mask, onTail: (lines: readonly string[]) => void): RunOutput {
  const whole = boundedText(MOST_BYTES);
  const readers: { readonly name: string | null; readonly lines: LineReader }[] = [];
  let last: readonly string[] = [];
  let told = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  const tail = (): readonly string[] => {
    const moving = readers.flatMap(({ name, lines }) => {
      const text = lines.progress();
      return text === null ? [] : [named(name, text)];
    });
    return [...last, ...moving.map(cut)].slice(-TAIL_LINES);
  };
  const tell = (): void => {
    timer = null;
    told = performance.now();
    onTail(tail());
  };
  const changed = (): void => {
    timer ??= setTimeout(tell, Math.max(0, told + TAIL_EVERY_MS - performance.now()));
  };
  const add = (text: string): void => {
    whole.write(text);
    last = [...last, ...lastLines(text).map(cut)].slice(-TAIL_LINES);
    changed();
  };
  return {
    reader(name) {
      const lines = readLines(mask, (text) => add(name === null ? text : named(name, text)));
      readers.push({ name, lines });
      return {
        ...lines,
        push(bytes) {
          lines.push(bytes);
          if (lines.progress() !== null) changed();
        },
      };
    },
    note: (line) => add(`${line}\n`),
    close() {
      if (timer !== null) clearTimeout(timer);
      tell();
      return whole.text();
    },
  };
}

function named(name: string | null, text: string): string {
  return name === null ? text : text.replace(/^(?=[\s\S])/gm, () => `${name}: `);
}

/** The last lines of a text that ends with a line break. */
function lastLines(text: string): readonly string[] {
  let from = text.length - 1;
  for (let count = 0; count < TAIL_LINES && from >= 0; count += 1) from = text.lastIndexOf("\n", from - 1);
  return text.slice(from + 1, -1).split("\n");
}

function cut(line: string): string {
  return line.length <= TAIL_WIDTH ? line : `${line.slice(0, TAIL_WIDTH - 1)}…`;
}
