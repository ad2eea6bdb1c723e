import { Queue, Worker } from "bullmq";
import { tell } from "./child.js";

/** Jobs that do nothing, as many in each of so many queues. */
export interface EmptyJobs {
  readonly queues: number;
  readonly each: number;
}

const [url = ""] = process.argv.slice(2);

const connection = { url, maxRetriesPerRequest: null };

process.on("message", async ({ queues, each }: EmptyJobs) => {
  const names = Array.from({ length: queues }, (_, n) => `empty-${n}-${Date.now()}`);
  const all = queues * each;
  let done = 0;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const workers = names.map((name) => new Worker(name, async () => undefined, { connection }));
  for (const worker of workers) {
    worker.on("completed", () => {
      done += 1;
      if (done === all) finish();
    });
  }
  const lanes = names.map((name) => new Queue(name, { connection }));
  await Promise.all([...workers, ...lanes].map((one) => one.waitUntilReady()));
  const start = performance.now();
  // One call each, as each command adds its own.
  const added = lanes.flatMap((lane) => Array.from({ length: each }, () => lane.add("empty", {})));
  await Promise.all([...added, finished]);
  const ms = performance.now() - start;
  await Promise.all([...workers, ...lanes].map((one) => one.close()));
  tell({ ms });
});
tell({});
