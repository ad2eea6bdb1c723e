import { until } from "../../src/rehearsal/demo/until.js";
import { freePort } from "../../src/rehearsal/free-port.js";
import { hostnameOf } from "./agents-answer.js";
import { type Child, startChild } from "./child.js";
import { clustersFile } from "./drill-cluster.js";
import { benchRedis } from "./machine.js";
import { type MeasuredProgram, startMeasured } from "./program.js";
import { connectionsTo, send, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";
import type { VastCounts, VastQuestion } from "./vast-master-process.js";

/** The default of `poll_interval`. */
export const POLL_MS = 10_000;

const DRAINS = 10;

/** The program with ten maintenances that drain on a cluster of 50,000 agents and 200,000 tasks. */
export interface VastCluster {
  readonly program: MeasuredProgram;
  /** Types a command and resolves when it is acknowledged. */
  type(text: string): Promise<void>;
  /** What the master sent since the last time it was asked to `clear`. */
  ask(kind: VastQuestion["kind"]): Promise<VastCounts>;
}

/** @param nodeOptions for Node in the program's process */
export function onVastCluster<T>(
  run: (cluster: VastCluster) => Promise<T>,
  { main, nodeOptions = "" }: { readonly main?: string | undefined; readonly nodeOptions?: string } = {},
): Promise<T> {
  return undoing(async (undo) => {
    const { child, first } = await startChild("vast-master-process");
    undo(() => child.stop());
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startSlackSide();
    undo(() => slack.stop());
    const clusters = await clustersFile({ master: (first as { url: string }).url, pollMs: POLL_MS });
    undo(() => clusters.dispose());
    const port = await freePort();
    const env = {
      ...slack.env(port),
      REDIS_URL: redis.url,
      CLUSTERS_FILE: clusters.path,
      NODE_OPTIONS: nodeOptions,
    };
    const program = await startMeasured(env, "all", main);
    undo(() => program.stop());
    const pool = connectionsTo(port);
    undo(() => pool.close());
    const cluster: VastCluster = {
      program,
      type: (text) => send(pool, slack.command(text)),
      ask: (kind) => counts(child, kind),
    };
    await drainSome(cluster);
    return await run(cluster);
  });
}

async function counts(child: Child, kind: VastQuestion["kind"]): Promise<VastCounts> {
  return (await child.ask({ kind })) as VastCounts;
}

async function drainSome(cluster: VastCluster): Promise<void> {
  for (let n = 0; n < DRAINS; n += 1) await cluster.type(`drain ${hostnameOf(n)} 4h`);
  await until(
    "that all windows stand",
    async () => (await cluster.ask("counts")).windows === DRAINS,
    120_000,
  );
}
