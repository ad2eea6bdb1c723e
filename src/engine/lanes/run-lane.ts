import type { Logger } from "../../base/logger.js";

/** Starts a lane's worker. Its loop ends when it is closed; anything else is told. */
export function runLane(worker: { run(): Promise<void> }, logger: Logger): void {
  worker.run().catch((error) => logger.error({ err: error }, "a lane stopped"));
}
