import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { maintenanceId } from "../../src/engine/lanes/ids.js";
import { until } from "../../src/rehearsal/demo/until.js";
import { freePort } from "../../src/rehearsal/free-port.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import { startChild } from "./child.js";
import { callOf, clustersFile, drillCluster, LOOK } from "./drill-cluster.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { benchRedis } from "./machine.js";
import { median, middle, ratio, rounded } from "./numbers.js";
import { startMeasured } from "./program.js";
import type { RollLooks, RollQuestion, RollStored } from "./roll-process.js";
import { connectionsTo, send, startSlackSide } from "./slack-side.js";
import { undoing } from "./undoing.js";

/** `growth`: of the time of a look against that of the machines, from the smallest to the largest. */
const AIM = { nextDownMs: 1_000, lookMs: 50, storedMs: 20, growth: 1.2 };

/** Machines of a drain, ten in a batch; the last are as many as it may have. */
const SIZES = [120, 250, 500, 1_000] as const;

/**
 * A drain in batches: how soon the next batch goes down, what a look at it costs the domain by its machines, and what its
 * record costs the store. The yardsticks are one bare look at the same master, and JSON.parse of the record's text.
 */
export async function measureRoll(effort: Effort): Promise<Figures> {
  progress(`roll: ${effort.rollBatches} batches, a minute each`);
  const nextDown = await nextDowns(effort);
  progress("roll: looks at records");
  const machines: Record<string, Figures> = {};
  const looks: RollLooks[] = [];
  for (const size of SIZES) {
    const found = (await asked({ kind: "looks", machines: size, times: effort.rollLooks })) as RollLooks;
    looks.push(found);
    machines[String(size)] = { ...found, ratio: ratio(found.lookMs, found.yardstick.parseMs) };
  }
  progress("roll: records in both stores");
  const redis = await benchRedis();
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
  let stored: { readonly redis: RollStored; readonly embedded: RollStored };
  try {
    const url = redis.url;
    stored = {
      redis: await inStore({ kind: "redis", url }),
      embedded: await inStore({ kind: "embedded", dataDir: folder }),
    };
  } finally {
    await redis.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  async function inStore(place: Extract<RollQuestion, { kind: "stored" }>["place"]): Promise<RollStored> {
    return (await asked({ kind: "stored", machines: 1_000, times: effort.rollLooks, place })) as RollStored;
  }
  const [first, last] = [looks[0], looks.at(-1)];
  const growth = ratio(
    (last?.lookMs ?? Number.NaN) / (first?.lookMs ?? Number.NaN),
    (last?.machines ?? Number.NaN) / (first?.machines ?? Number.NaN),
  );
  const storedMs = Math.max(...Object.values(stored).map(({ ms }) => ms));
  return {
    nextDown,
    machines,
    growth,
    stored: { redis: { ...stored.redis }, embedded: { ...stored.embedded } },
    aim: AIM,
    met:
      nextDown.mostMs <= AIM.nextDownMs &&
      (last?.lookMs ?? Number.NaN) <= AIM.lookMs &&
      growth <= AIM.growth &&
      storedMs <= AIM.storedMs,
  };
}

async function asked(question: RollQuestion): Promise<unknown> {
  const { child } = await startChild("roll-process");
  try {
    return await child.ask(question);
  } finally {
    await child.stop();
  }
}

const POLL_MS = 5_000;

/** The agents of a batch are back so long before the window of the next one begins. */
const BACK_BEFORE_MS = 1_000;

/**
 * From the moment at which the next batch may go down under an approval for all (the one before is back, and its window
 * has begun) to START_MAINTENANCE at the master, by the master's log.
 */
function nextDowns({ rollBatches }: Effort) {
  return undoing(async (undo) => {
    const drill = drillCluster();
    // Of one zone, so that they make batches of one in their order; nothing runs there, so that nothing pauses it.
    const hosts = Array.from({ length: rollBatches + 1 }, (_, n) => `web-${String(3 * n).padStart(3, "0")}`);
    const frameworks = drill.frameworks.map((framework) => ({
      ...framework,
      tasks: framework.tasks.filter(({ on }) => !hosts.includes(on)),
    }));
    const master = await startRehearsalMaster({ ...drill, frameworks });
    undo(() => master.close());
    const redis = await benchRedis();
    undo(() => redis.dispose());
    const slack = await startSlackSide();
    undo(() => slack.stop());
    const port = await freePort();
    const clusters = await clustersFile({
      master: master.url,
      pollMs: POLL_MS,
      settings: ["rolling: { gap: 0s, approve: [once] }"],
    });
    undo(() => clusters.dispose());
    const env = { ...slack.env(port), REDIS_URL: redis.url, CLUSTERS_FILE: clusters.path };
    const program = await startMeasured(env, "all");
    undo(() => program.stop());
    const pool = connectionsTo(port);
    undo(() => pool.close());
    const { child } = await startChild("drain-yardstick");
    undo(() => child.stop());

    const id = maintenanceId("roll");
    await send(pool, slack.command(`drain ${hosts.join(",")} 1m --batch 1 --approve once`, "roll"));
    await until("all windows", async () => master.state().schedule.windows.length === hosts.length);
    const starts = master.state().schedule.windows.map(({ start }) => Number(start / 1_000_000n));
    const decision = { kind: "approve" as const, batch: "b1", approval: "b1a1" };
    const question = await until("the question", () => slack.question(decision.approval));
    await until("the first batch Down", async () => {
      await send(pool, slack.click({ v: 1, id, decision }, question));
      return downsOf(master).length === 1;
    });
    const times: number[] = [];
    for (const [at, host] of hosts.slice(0, -1).entries()) {
      await until(`${host} Up`, async () => {
        await send(pool, slack.command(`up ${id}`));
        return [...master.state().modes.values()].every((mode) => mode !== "DOWN");
      });
      const startMs = starts[at + 1] ?? Number.NaN;
      await wait(Math.max(0, startMs - BACK_BEFORE_MS - Date.now()));
      master.startAgent(host);
      const downs = await until(
        "the next batch Down",
        async () => {
          const found = downsOf(master);
          return found.length === at + 2 && found;
        },
        120_000,
      );
      times.push((downs.at(-1) ?? Number.NaN) - startMs);
    }
    const calls = LOOK.map((type) =>
      Buffer.from(callOf(type, master.state().schedule).bytes).toString("base64"),
    );
    const bare: number[] = [];
    for (let at = 0; at < 9; at++) {
      bare.push(((await child.ask({ url: master.url, calls })) as { ms: number }).ms);
    }
    const lookMs = rounded(median(bare));
    const medianMs = middle(times, (ms) => ms);
    return {
      medianMs,
      mostMs: rounded(Math.max(...times)),
      batches: times.length,
      yardstick: { lookMs },
      ratio: ratio(medianMs, lookMs),
    };
  });
}

/** When START_MAINTENANCE took effect, each time. */
function downsOf(master: RehearsalMaster): number[] {
  const calls = master
    .calls()
    .filter(({ type, outcome }) => type === "START_MAINTENANCE" && outcome === "accepted");
  return calls.map(({ at }) => at);
}
