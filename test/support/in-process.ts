import { readFileSync } from "node:fs";
import { parseConfig } from "../../src/config/parse-config.js";
import { createBotSide } from "../../src/engine/bot-side.js";
import { type Clock, SYSTEM_CLOCK } from "../../src/engine/clock.js";
import { openRecords } from "../../src/engine/lanes/records.js";
import { openStore } from "../../src/engine/store/open-store.js";
import { createWorkerSide } from "../../src/engine/worker-side.js";
import { run } from "../../src/runbooks/run.js";
import { embeddedPlace, UNHURRIED_MS } from "../engine/store/places.js";
import { keepingLogger } from "../slack/fixtures.js";
import type { Channel, Shown } from "./channel.js";
import { type ClusterSetup, startSurroundings } from "./surroundings.js";
import { until } from "./until.js";

/**
 * Both sides of the program in this process, as `main.ts` puts them together, with one cluster and its channel in a local
 * Slack. Only the worker, who decides, lives by a clock of the test's; the bot's messages go out in real time.
 */
export interface InProcess extends Channel {
  /**
   * Hours pass when the test says so, while no worker runs: a look that took hours would rightly be refused, which is not what
   * such a test is about.
   */
  pass(ms: number): Promise<void>;
  /** Wakes the worker's jobs, whose times are far ahead, until the thread says this. */
  afterwards(words: RegExp): Promise<Shown>;
  /** The same until a card says this. */
  cardAfterwards(words: RegExp): Promise<Shown>;
  /** Wakes the worker's jobs until they have looked at the master anew. */
  lookAgain(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts the bot and the worker on an embedded store. */
export async function installInProcess(setup: ClusterSetup): Promise<InProcess> {
  const undo: (() => Promise<unknown>)[] = [];
  const dispose = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const logger = { ...keepingLogger(), debug() {} };
    const log = () => logger.lines.join("\n");
    // Hours pass in which nothing runs.
    const patient = { ...setup, cluster: { unwatched_after: "30d", ...setup.cluster } };
    const around = await startSurroundings({ clusters: { test: patient }, programs: () => [{ log }] });
    undo.push(around.dispose);
    const place = await embeddedPlace();
    undo.push(place.dispose);
    const parsed = parseConfig({
      role: "all",
      env: around.env,
      readFile: (path) => readFileSync(path, "utf8"),
    });
    if (!parsed.ok) throw parsed.error;
    const { config } = parsed;
    if (config.slack === null) throw new Error("The configuration has no Slack.");
    const store = await openStore(place.settings, logger, UNHURRIED_MS);
    undo.push(() => store.close());
    let aheadMs = 0;
    const clock: Clock = {
      ...SYSTEM_CLOCK,
      wall: () => Date.now() + aheadMs,
      elapsed: () => performance.now() + aheadMs,
    };
    const startWorker = async () => {
      const started = createWorkerSide({
        store,
        clusters: config.clusters,
        historyMs: config.historyMs,
        secrets: config.secrets,
        logger,
        meters: { tick() {}, placed() {}, masterCall() {}, differed() {}, open() {}, kept() {} },
        startProgram: run,
        clock,
      });
      await started.start();
      return started;
    };
    let worker = await startWorker();
    undo.push(() => worker.stop());
    const bot = createBotSide({ ...config, store, slack: config.slack, logger });
    undo.push(() => bot.stop());
    await bot.start();

    const channel = around.in("test");
    const records = openRecords(store, "test", logger);
    const looks = () =>
      channel.master.calls().filter((call) => call.type === "GET_MAINTENANCE_STATUS").length;
    const wakeUntil = (words: RegExp, place: Shown["place"]) =>
      until(`${words} in the ${place}`, async () => {
        const messages = await channel.messages();
        if (messages.some((m) => m.place === place && words.test(m.text))) return true;
        await records.wakeAll();
        return false;
      }).catch(() => undefined);
    return {
      ...channel,
      async pass(ms) {
        await worker.stop();
        aheadMs += ms;
        worker = await startWorker();
      },
      async afterwards(words) {
        await wakeUntil(words, "thread");
        // There by now, or its error shows the whole channel.
        return await channel.thread(words, 0);
      },
      async cardAfterwards(words) {
        await wakeUntil(words, "root");
        return await channel.root(words, 0);
      },
      async lookAgain() {
        const before = looks();
        await until("two more looks at the master", async () => {
          await records.wakeAll();
          // The first may have begun before.
          return looks() > before + 1;
        });
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
