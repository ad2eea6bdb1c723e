import { Secret } from "../../../../src/base/secret.js";
import type { StoreConfig } from "../../../../src/config/config.js";
import { CONTROL_WORKER_OPTIONS } from "../../../../src/engine/store/lane-options.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import type { Store } from "../../../../src/engine/store/store.js";
import { StoreError } from "../../../../src/engine/store/store-error.js";

/**
 * A process that has a store open, to be killed or told on. Usage: `program.js <task> <kind> <place>`. It says on its
 * standard output, a line each, what a test waits for.
 */
const [task = "", kind = "", place = ""] = process.argv.slice(2);

const settings: StoreConfig =
  kind === "redis"
    ? { kind, url: new Secret(place), sentinel: null, cluster: null, ca: null, prefix: "mesos" }
    : { kind: "embedded", dataDir: place };

/** @see places.ts */
const UNHURRIED_MS = 60_000;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function say(...words: readonly string[]): void {
  process.stdout.write(`${words.join(" ")}\n`);
}

/** Adds jobs one after another and says each one that was acknowledged, while a worker is stuck in a job. */
async function load(store: Store): Promise<void> {
  const stuck = store.worker(
    "stuck",
    async (job) => {
      say("active", job.id ?? "");
      await new Promise(() => undefined);
    },
    CONTROL_WORKER_OPTIONS,
  );
  void stuck.run();
  await store.queue("stuck").add("stuck", {}, { jobId: "stuck-1" });
  const busy = store.worker("load", async () => "done", { ...CONTROL_WORKER_OPTIONS, concurrency: 4 });
  void busy.run();
  const queue = store.queue("load");
  for (let n = 0; ; n += 1) {
    const job = await queue.add("work", { n }, { jobId: `job-${n}` });
    say("acked", job.id ?? "");
  }
}

/** Runs one job, then closes in order: the process must end by itself, with nothing left open. */
async function once(store: Store): Promise<void> {
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const worker = store.worker(
    "once",
    async () => {
      started();
      await new Promise((resolve) => setTimeout(resolve, 300));
      say("finished");
    },
    CONTROL_WORKER_OPTIONS,
  );
  void worker.run();
  await store.queue("once").add("work", {});
  await running;
  await worker.close();
  await store.close();
  say("closed");
}

process.on("unhandledRejection", (reason) => {
  say("unhandled", String(reason));
});

try {
  const store = await openStore(settings, silent, UNHURRIED_MS);
  say("open");
  if (task === "load") await load(store);
  if (task === "once") await once(store);
  if (task === "hold") setInterval(() => undefined, 60_000);
} catch (error) {
  say("error", error instanceof StoreError ? error.code : "unknown", String(error));
  process.exitCode = 1;
}
