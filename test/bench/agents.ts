import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentsAnswer } from "./agents-answer.js";
import type { Decoding, Decodings } from "./agents-process.js";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { middle, ratio, rounded } from "./numbers.js";

const AGENTS = 50_000;

const AIM = { timesFaster: 8 };

/** From one answer to the next, on one agent in so many something else is allocated. */
const CHANGED = 10;

/**
 * From the answer to GET_AGENTS to the machines of the pattern `web-*`: decoded, indexed, resolved; the first time, and as the
 * program does it at each whole reading after that. The yardstick is JSON.parse alone on the JSON form of the same answer. Each in
 * fresh processes, taking turns.
 */
export async function measureAgents(effort: Effort): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
  try {
    progress(`agents50k: making an answer of ${AGENTS} agents`);
    const { protobuf, json } = agentsAnswer(AGENTS);
    const changed = agentsAnswer(AGENTS, (place) => place % CHANGED === 0);
    const ours: Decodings[] = [];
    const yardstick: Decodings[] = [];
    await writeFile(join(folder, "protobuf"), protobuf);
    await writeFile(join(folder, "changed"), changed.protobuf);
    await writeFile(join(folder, "json"), json);
    for (let round = 1; round <= effort.decoders; round++) {
      progress(`agents50k: round ${round} of ${effort.decoders}`);
      ours.push(await decoded("protobuf", join(folder, "protobuf"), join(folder, "changed")));
      yardstick.push(await decoded("json", join(folder, "json")));
    }
    const our = summary(ours);
    const their = summary(yardstick);
    const decodeMs = later(ours, (one) => one.decodeMs);
    const timesFaster = ratio(their.ms, our.ms);
    return {
      ...our,
      decodeMs,
      indexMs: later(ours, (one) => one.indexMs),
      resolveMs: later(ours, (one) => one.resolveMs),
      machines: ours[0]?.first.found ?? 0,
      yardstick: their,
      timesFaster,
      firstTimesFaster: ratio(their.firstMs, our.firstMs),
      decodeTimesFaster: ratio(their.ms, decodeMs),
      agents: AGENTS,
      answerMiB: rounded(protobuf.length / 2 ** 20),
      jsonMiB: rounded(json.length / 2 ** 20),
      aim: AIM,
      met: timesFaster >= AIM.timesFaster,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function decoded(form: "protobuf" | "json", ...files: readonly string[]): Promise<Decodings> {
  const { child, first } = await startChild("agents-process", [form, ...files], ["--expose-gc"]);
  await child.stop();
  return first as Decodings;
}

/** `ms` as a process that runs for days sees it, `firstMs` the first time after a start. */
function summary(processes: readonly Decodings[]) {
  return {
    ms: later(processes, (one) => one.totalMs),
    firstMs: middle(processes, (one) => one.first.totalMs),
    peakMiB: middle(processes, (one) => one.peakMiB),
    keptMiB: middle(processes, (one) => one.keptMiB),
  };
}

function later(processes: readonly Decodings[], of: (one: Decoding) => number): number {
  return middle(
    processes.flatMap((one) => one.later),
    of,
  );
}
