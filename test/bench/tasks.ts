import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { median, ratio, rounded } from "./numbers.js";
import { tasksAnswer, tasksJson } from "./tasks-answer.js";
import type { TaskReadings } from "./tasks-process.js";

const AIM = { timesFaster: 8, peakMiB: 400 };

/**
 * From the answer to GET_TASKS, piece by piece as it arrives, to tasks by machine, framework and app. The yardstick is JSON.parse
 * alone on the JSON form of 200,000 tasks, which for a million is longer than any string of V8's: it stands for a fifth of them.
 */
export async function measureTasks(effort: Effort): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
  try {
    const json = join(folder, "json");
    progress("tasks: making answers of 200,000 and 1,000,000 tasks");
    await writeFile(json, tasksJson(200_000));
    const answerOf = async (count: number) => {
      const file = join(folder, String(count));
      await pipeline(Readable.from(tasksAnswer(count)), createWriteStream(file));
      return file;
    };
    const [small, large] = [await answerOf(200_000), await answerOf(1_000_000)];
    const rounds = {
      ours: [] as TaskReadings[],
      large: [] as TaskReadings[],
      yardstick: [] as TaskReadings[],
    };
    for (let round = 1; round <= effort.decoders; round++) {
      progress(`tasks: round ${round} of ${effort.decoders}`);
      rounds.ours.push(await read("protobuf", small));
      rounds.large.push(await read("protobuf", large));
      rounds.yardstick.push(await read("json", json));
    }
    const theirMs = msOf(rounds.yardstick);
    const figures = async (readings: readonly TaskReadings[], file: string, tasks: number) => {
      const ms = msOf(readings);
      const timesFaster = ratio((theirMs * tasks) / 200_000, ms);
      const peakMiB = rounded(Math.max(...readings.map((one) => one.peakMiB)));
      const longestMs = rounded(median(readings.map((one) => one.longestMs)));
      const answerMiB = rounded((await stat(file)).size / 2 ** 20);
      return { ms, firstMs: firstOf(readings), timesFaster, longestMs, peakMiB, answerMiB };
    };
    const tasks200k = await figures(rounds.ours, small, 200_000);
    const tasks1m = await figures(rounds.large, large, 1_000_000);
    return {
      tasks200k,
      tasks1m,
      yardstick: { ms: theirMs, firstMs: firstOf(rounds.yardstick), peakMiB: peakOf(rounds.yardstick) },
      aim: AIM,
      met: tasks200k.timesFaster >= AIM.timesFaster && tasks1m.peakMiB <= AIM.peakMiB,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function read(form: "protobuf" | "json", file: string): Promise<TaskReadings> {
  const { child, first } = await startChild("tasks-process", [form, file], ["--max-old-space-size=8000"]);
  await child.stop();
  return first as TaskReadings;
}

function msOf(readings: readonly TaskReadings[]): number {
  return rounded(median(readings.flatMap(({ laterMs }) => laterMs)));
}

function firstOf(readings: readonly TaskReadings[]): number {
  return rounded(median(readings.map(({ firstMs }) => firstMs)));
}

function peakOf(readings: readonly TaskReadings[]): number {
  return rounded(Math.max(...readings.map(({ peakMiB }) => peakMiB)));
}
