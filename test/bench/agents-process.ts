import { readFileSync } from "node:fs";
import { createHostIndexes } from "../../src/engine/cluster/host-indexes.js";
import { parsePattern } from "../../src/hosts/pattern.js";
import { resolveHosts } from "../../src/hosts/resolve.js";
import { atOnce } from "../../src/maintenance/at-once.js";
import { readAll } from "../../src/mesos/read/answer-reader.js";
import type { KnownAgents } from "../../src/mesos/read/known-agents.js";
import { agentsReader } from "../../src/mesos/read/read-agents.js";
import { tell } from "./child.js";

/** One decoding, each step in milliseconds. */
export interface Decoding {
  readonly totalMs: number;
  readonly decodeMs: number;
  readonly indexMs: number;
  readonly resolveMs: number;
  /** Machines found, or agents in the JSON: shows that the work was done. */
  readonly found: number;
}

/** What one process that decodes the same answer again and again saw. */
export interface Decodings {
  /** The first, with nothing compiled yet. */
  readonly first: Decoding;
  readonly later: readonly Decoding[];
  /** Growth of the process' peak memory over the first decoding, the answer itself not counted. */
  readonly peakMiB: number;
  /** Growth of heap and buffers by what is kept of the first decoding. */
  readonly keptMiB: number;
}

const LATER = 9;
const [form = "", ...files] = process.argv.slice(2);

/** Kept until the next one is there, as the world is. */
let held: unknown;

const hostIndex = createHostIndexes();
let before: KnownAgents | null = null;

async function decodeProtobuf(bytes: Buffer): Promise<Decoding> {
  const start = performance.now();
  const { agents, known } = readAll(agentsReader(before), bytes);
  before = known;
  const decoded = performance.now();
  const index = await hostIndex({ agents, away: [], inventory: null });
  const indexed = performance.now();
  const parsed = parsePattern("web-*");
  if (!parsed.ok) throw new Error(parsed.problem);
  const done = atOnce(resolveHosts(parsed.pattern, index));
  if (!done.ok) throw new Error(done.problem);
  const { machines } = done.resolution;
  const resolved = performance.now();
  held = [agents, index, machines];
  return {
    totalMs: resolved - start,
    decodeMs: decoded - start,
    indexMs: indexed - decoded,
    resolveMs: resolved - indexed,
    found: machines.length,
  };
}

/** Nothing but the parser: the text is already text, and no machine is looked for. */
function parseJson(text: string): Decoding {
  const start = performance.now();
  const answer = JSON.parse(text) as { get_agents: { agents: unknown[] } };
  const totalMs = performance.now() - start;
  held = answer;
  return { totalMs, decodeMs: totalMs, indexMs: 0, resolveMs: 0, found: answer.get_agents.agents.length };
}

async function measure(decode: (round: number) => Decoding | Promise<Decoding>): Promise<Decodings> {
  collect();
  const before = inUse();
  const residentBefore = process.memoryUsage().rss;
  const first = await decode(0);
  const peak = process.resourceUsage().maxRSS * 1024;
  collect();
  const keptMiB = inUse() - before;
  const later: Decoding[] = [];
  for (let round = 1; round <= LATER; round += 1) later.push(await decode(round));
  if (held === undefined) throw new Error("Nothing was kept.");
  return { first, later, peakMiB: (peak - residentBefore) / 2 ** 20, keptMiB };
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error("Start this with --expose-gc.");
  globalThis.gc();
}

function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const answers = files.map((file) => readFileSync(file));
const bytesOf = (round: number) => answers[round % answers.length] ?? Buffer.alloc(0);
if (form === "protobuf") tell(await measure((round) => decodeProtobuf(bytesOf(round))));
else {
  const text = bytesOf(0).toString("latin1");
  tell(await measure(() => parseJson(text)));
}
