import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../../../src/config/parse-config.js";
import { createBotSide } from "../../../src/engine/bot-side.js";
import { controlQueueName, MAINTENANCE_JOB } from "../../../src/engine/lanes/jobs.js";
import { whyNotServed } from "../../../src/engine/lanes/served.js";
import { createWorkerSide } from "../../../src/engine/worker-side.js";
import { encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { NOW, recordOf } from "../../support/world.js";
import { keepLog } from "../store/places.js";
import { MemoryStore } from "../support/memory-store.js";

/** An installation with the default names, whose masters are these. */
function configOf(masters: string) {
  const parsed = parseConfig({
    role: "all",
    env: { MESOS_MASTERS: masters, SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1", DATA_DIR: "data" },
    readFile: () => "",
  });
  if (!parsed.ok) throw parsed.error;
  return parsed.config;
}

test("an installation that shares no master with the queue's own does none of its work, and says so (invariants 8 and 13)", async () => {
  const store = new MemoryStore(() => NOW);
  const first = configOf("http://127.0.0.1:5051");
  for (const cluster of first.clusters) expect(await whyNotServed(store, cluster)).toBeNull();
  const name = first.clusters[0]?.name ?? "";
  const queue = store.queue(controlQueueName(name));
  const record = recordOf({ cluster: name });
  await queue.add(MAINTENANCE_JOB, encodeMaintenance(record), { jobId: record.id });

  const second = configOf("http://127.0.0.1:5052");
  const logger = { ...keepLog(), debug() {} };
  const worker = createWorkerSide({
    store,
    clusters: second.clusters,
    historyMs: second.historyMs,
    secrets: second.secrets,
    logger,
    meters: { tick() {}, placed() {}, masterCall() {}, differed() {}, open() {}, kept() {} },
    startProgram: async () => {
      throw new Error("Nothing is run here.");
    },
  });
  onTestFinished(() => worker.stop());
  await worker.start();
  expect(worker.ready()).toMatch(/serves other masters .*REDIS_PREFIX/);
  store.startDue();
  expect(await (await queue.getJob(record.id))?.getState()).toBe("waiting");
  if (second.slack === null) throw new Error("The configuration has no Slack.");
  const bot = createBotSide({ ...second, store, slack: second.slack, logger });
  await expect(bot.start()).rejects.toThrow(/serves other masters .*The bot was not started\./s);
});
