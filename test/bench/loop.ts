import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { besideTheOther } from "./against.js";
import { hostnameOf } from "./agents-answer.js";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { constantRate } from "./load.js";
import type { Block } from "./loop-blocks.js";
import { peakMiBOf } from "./memory.js";
import { quantile, rounded } from "./numbers.js";
import { onVastCluster, POLL_MS } from "./vast-cluster.js";

const AIM = { longestMs: 50 };

const PER_SECOND = 20;

/** As in `loop-probe`, which is not to be imported here: it would watch this process. */
const MARK = "event-loop-blocks ";

const PROBE = pathToFileURL(join(import.meta.dirname, "loop-probe.js")).href;

/** What is typed, in turns: each of them asks the master. */
const COMMANDS = ["status", "schedule", "hosts web-0000*", `drain ${hostnameOf(100)} 4h --dry-run`] as const;

/**
 * The longest block of the main thread of bot and worker together, while a cluster of 50,000 agents and 200,000 tasks is looked
 * at and people type. The yardstick is a process that does nothing, at the same time on the same machine.
 */
export function measureLoop(effort: Effort): Promise<Figures> {
  return besideTheOther(effort, (main) => blocked(effort, main));
}

function blocked({ loopSeconds }: Effort, main?: string) {
  progress(`loop: ${PER_SECOND} commands/s for ${loopSeconds} s`);
  return onVastCluster(
    async (cluster) => {
      const { child } = await startChild("loop-yardstick");
      try {
        await wait(2 * POLL_MS);
        const quietFrom = cluster.program.log().length;
        await wait(2 * POLL_MS);
        const quiet = blocksIn(cluster.program.log().slice(quietFrom));
        await child.ask({});
        await cluster.ask("clear");
        const from = cluster.program.log().length;
        let typed = 0;
        await constantRate(PER_SECOND, loopSeconds, () => {
          typed += 1;
          return cluster.type(COMMANDS[typed % COMMANDS.length] ?? "status");
        });
        const yardstick = (await child.ask({})) as Block[];
        const { sent } = await cluster.ask("counts");
        // The last line of the probe is still to come.
        await wait(1_500);
        const ours = figures(blocksIn(cluster.program.log().slice(from)));
        return {
          ...ours,
          quiet: figures(quiet),
          commandsPerSecond: PER_SECOND,
          seconds: loopSeconds,
          peakMiB: rounded(peakMiBOf(cluster.program.pid)),
          wholeReadings: sent.GET_TASKS?.requests ?? 0,
          yardstick: figures(yardstick),
          aim: AIM,
          met: ours.longestOwnMs <= AIM.longestMs,
        };
      } finally {
        await child.stop();
      }
    },
    { main, nodeOptions: `--import ${PROBE}` },
  );
}

function blocksIn(log: string): Block[] {
  const lines = log.split("\n").filter((line) => line.startsWith(MARK) && line.endsWith("]"));
  return lines.flatMap((line) => JSON.parse(line.slice(MARK.length)) as Block[]);
}

/** Blocks from 10 ms on; none of them is a longest of 0. */
function figures(blocks: readonly Block[]) {
  const all = blocks.map(({ ms }) => ms);
  const own = blocks.map(({ ms, waitedMs }) => ms - waitedMs);
  return {
    longestMs: rounded(Math.max(0, ...all)),
    longestOwnMs: rounded(Math.max(0, ...own)),
    p99OwnMs: rounded(own.length === 0 ? 0 : quantile(own, 0.99)),
    blocks: blocks.length,
    above50Ms: own.filter((ms) => ms > 50).length,
  };
}
