import { Worker } from "node:worker_threads";

/** Of processor time, however busy the machine is: far longer than any case takes with its repetitions. */
const PATIENCE_MS = 120_000;

const WATCHING = `
const { parentPort, workerData: { counter, patienceMs } } = require("node:worker_threads");
let name = "", last = 0, since = process.cpuUsage();
parentPort.on("message", (message) => { name = message; });
setInterval(() => {
  const now = Atomics.load(counter, 0);
  if (now !== last || now === 0) {
    last = now;
    since = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(since);
  if (user + system < patienceMs * 1000) return;
  require("node:fs").writeSync(2, "Case " + now + " of " + name + " has no end.\\n");
  process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/** Ends the process with a word on where it hangs: nothing else can while the event loop stands still. */
export class Watchdog {
  readonly #counter = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker = new Worker(WATCHING, {
    eval: true,
    workerData: { counter: this.#counter, patienceMs: PATIENCE_MS },
  });
  #name = "";

  /** A case begins. */
  begin(name: string): void {
    if (name !== this.#name) this.#worker.postMessage(name);
    this.#name = name;
    Atomics.add(this.#counter, 0, 1);
  }

  /** None runs. */
  end(): void {
    Atomics.store(this.#counter, 0, 0);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
