import { openSync, readFileSync, readSync } from "node:fs";
import { tasksReader } from "../../src/mesos/read/read-tasks.js";
import { tell } from "./child.js";

/** What one process that reads the same answer again and again saw. */
export interface TaskReadings {
  readonly firstMs: number;
  readonly laterMs: readonly number[];
  /** The longest that one piece of an answer took, of the later ones: nothing else runs meanwhile. */
  readonly longestMs: number;
  /** The peak of the process' memory, Node's own counted. */
  readonly peakMiB: number;
  /** Tasks found: shows that the work was done. */
  readonly found: number;
}

interface Reading {
  readonly totalMs: number;
  readonly longestMs: number;
  readonly found: number;
}

/** As undici hands over an answer. */
const PIECE_BYTES = 64 * 1024;

const [form = "", file = "", later = "3"] = process.argv.slice(2);

/** Kept until the next one is there, as the world is. */
let held: unknown;

function readProtobuf(): Reading {
  const reader = tasksReader();
  const opened = openSync(file, "r");
  let totalMs = 0;
  let longestMs = 0;
  const timed = <T>(work: () => T): T => {
    const start = performance.now();
    const result = work();
    const ms = performance.now() - start;
    totalMs += ms;
    longestMs = Math.max(longestMs, ms);
    return result;
  };
  const inPieces = <T>(pieces: Iterator<void, T, void>): T => {
    for (;;) {
      const piece = timed(() => pieces.next());
      if (piece.done) return piece.value;
    }
  };
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const length = readSync(opened, piece, 0, PIECE_BYTES, null);
    if (length === 0) break;
    timed(() => reader.write(piece.subarray(0, length)));
  }
  const { tasks } = timed(() => reader.end());
  const [first] = tasks;
  const answered = [
    inPieces(tasks.sortByAgent()),
    timed(() => tasks.on(first?.agentId ?? "")),
    timed(() => tasks.byFramework()),
    inPieces(tasks.running(() => true)),
  ];
  held = [tasks, answered];
  return { totalMs, longestMs, found: tasks.length };
}

/** Nothing but the parser: the text is already text, and no task is looked for. */
function parseJson(text: string): Reading {
  const start = performance.now();
  const answer = JSON.parse(text) as { get_tasks: { tasks: unknown[] } };
  const totalMs = performance.now() - start;
  held = answer;
  return { totalMs, longestMs: totalMs, found: answer.get_tasks.tasks.length };
}

function measure(read: () => Reading): TaskReadings {
  const first = read();
  const more = Array.from({ length: Number(later) }, read);
  if (held === undefined) throw new Error("Nothing was kept.");
  return {
    firstMs: first.totalMs,
    laterMs: more.map(({ totalMs }) => totalMs),
    longestMs: Math.max(...more.map(({ longestMs }) => longestMs)),
    peakMiB: process.resourceUsage().maxRSS / 1024,
    found: first.found,
  };
}

if (form === "protobuf") tell(measure(readProtobuf));
else {
  const text = readFileSync(file, "latin1");
  tell(measure(() => parseJson(text)));
}
