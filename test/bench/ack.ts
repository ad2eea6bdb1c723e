import type { Pool } from "undici";
import { freePort } from "../../src/rehearsal/free-port.js";
import { startChild } from "./child.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { constantRate, type LoadResult } from "./load.js";
import { benchRedis } from "./machine.js";
import { quantile, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import { connectionsTo, type SlackSide, send, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";

const PER_SECOND = 50;

const AIM = { p50Ratio: 3, p99Ms: 100 };

/** What people type most and what costs the bot most: each one opens a maintenance, a thread, and answers the person. */
const COMMAND = "drain web-0[1-3] 4h --reason benchmark";

/**
 * From Slack's signed request to our acknowledgement, under a constant load of drain commands, on a Redis with an
 * append-only file. Program and yardstick take turns, each fresh and on an empty Redis of its own.
 */
export async function measureAck(effort: Effort): Promise<Figures> {
  const ours: LoadResult[] = [];
  const yardstick: LoadResult[] = [];
  const slack = await startSlackSide();
  try {
    for (let round = 1; round <= effort.ackRounds; round++) {
      progress(
        `ack: round ${round} of ${effort.ackRounds}, ${PER_SECOND} commands/s for ${effort.ackSeconds} s`,
      );
      ours.push(await loadProgram(slack, effort));
      yardstick.push(await loadYardstick(slack, effort));
    }
  } finally {
    await slack.stop();
  }
  const our = quantiles(ours);
  const their = quantiles(yardstick);
  const p50Ratio = ratio(our.p50Ms, their.p50Ms);
  return {
    ...our,
    yardstick: their,
    p50Ratio,
    p99Ratio: ratio(our.p99Ms, their.p99Ms),
    commandsPerSecond: PER_SECOND,
    aim: AIM,
    met: p50Ratio <= AIM.p50Ratio && our.p99Ms <= AIM.p99Ms,
  };
}

function loadProgram(slack: SlackSide, effort: Effort): Promise<LoadResult> {
  return undoing(async (undo) => {
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const port = await freePort();
    const env = { ...slack.env(port), REDIS_URL: redis.url, MESOS_MASTERS: "http://127.0.0.1:5050" };
    const program = await startMeasured(env, "bot");
    undo(() => program.stop());
    return await load(slack, connectionsTo(port), effort);
  });
}

function loadYardstick(slack: SlackSide, effort: Effort): Promise<LoadResult> {
  return undoing(async (undo) => {
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const { child, first } = await startChild("ack-yardstick", [redis.url]);
    undo(() => child.stop());
    return await load(slack, connectionsTo((first as { port: number }).port), effort);
  });
}

async function load(slack: SlackSide, pool: Pool, effort: Effort): Promise<LoadResult> {
  const one = () => send(pool, slack.command(COMMAND));
  try {
    await constantRate(PER_SECOND, effort.ackWarmUpSeconds, one);
    return await constantRate(PER_SECOND, effort.ackSeconds, one);
  } finally {
    await pool.close();
  }
}

function quantiles(samples: readonly LoadResult[]) {
  const latencies = samples.flatMap((sample) => sample.latenciesMs);
  const late = samples.flatMap((sample) => sample.lateMs);
  return {
    p50Ms: rounded(quantile(latencies, 0.5)),
    p99Ms: rounded(quantile(latencies, 0.99)),
    maxMs: rounded(quantile(latencies, 1)),
    commands: latencies.length,
    senderLateP99Ms: rounded(quantile(late, 0.99)),
  };
}
