import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentsAnswer } from "./agents-answer.js";
import type { Decoding, Decodings } from "./agents-process.js";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { median, ratio, rounded } from "./numbers.js";

const AGENTS = 50_000;

const AIM = { timesFaster: 5 };

/**
 * From the answer to GET_AGENTS to the machines of the pattern `web-*`: decoded, indexed, resolved. The yardstick is
 * JSON.parse alone on the JSON form of the same answer. Each in fresh processes, taking turns.
 */
export async function measureAgents(effort: Effort): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
  try {
    progress(`agents50k: making an answer of ${AGENTS} agents`);
    const answer = agentsAnswer(AGENTS);
    const files = { protobuf: join(folder, "agents.pb"), json: join(folder, "agents.json") };
    await writeFile(files.protobuf, answer.protobuf);
    await writeFile(files.json, answer.json);
    const ours: Decodings[] = [];
    const yardstick: Decodings[] = [];
    for (let round = 1; round <= effort.decoders; round++) {
      progress(`agents50k: round ${round} of ${effort.decoders}`);
      ours.push(await decoded("protobuf", files.protobuf));
      yardstick.push(await decoded("json", files.json));
    }
    return figures(ours, yardstick, {
      answerMiB: rounded(answer.protobuf.length / 2 ** 20),
      jsonMiB: rounded(answer.json.length / 2 ** 20),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function decoded(form: "protobuf" | "json", file: string): Promise<Decodings> {
  const { child, first } = await startChild("agents-process", [form, file], ["--expose-gc"]);
  await child.stop();
  return first as Decodings;
}

function figures(ours: readonly Decodings[], yardstick: readonly Decodings[], sizes: Figures): Figures {
  const our = summary(ours);
  const their = summary(yardstick);
  const timesFaster = ratio(their.ms, our.ms);
  return {
    ...our,
    decodeMs: middle(ours, (one) => one.decodeMs),
    indexMs: middle(ours, (one) => one.indexMs),
    resolveMs: middle(ours, (one) => one.resolveMs),
    machines: ours[0]?.first.found ?? 0,
    yardstick: their,
    timesFaster,
    firstTimesFaster: ratio(their.firstMs, our.firstMs),
    decodeTimesFaster: ratio(
      their.ms,
      middle(ours, (one) => one.decodeMs),
    ),
    agents: AGENTS,
    ...sizes,
    aim: AIM,
    met: timesFaster >= AIM.timesFaster,
  };
}

/** `ms` as a process that runs for days sees it, `firstMs` the first time after a start. */
function summary(processes: readonly Decodings[]) {
  return {
    ms: middle(processes, (one) => one.totalMs),
    firstMs: rounded(median(processes.map((one) => one.first.totalMs))),
    peakMiB: rounded(median(processes.map((one) => one.peakMiB))),
    keptMiB: rounded(median(processes.map((one) => one.keptMiB))),
  };
}

function middle(processes: readonly Decodings[], of: (one: Decoding) => number): number {
  return rounded(median(processes.flatMap((one) => one.later.map(of))));
}
