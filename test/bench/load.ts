import { setTimeout as wait } from "node:timers/promises";

export interface LoadResult {
  /** From the moment a request was sent to the end of its answer. */
  readonly latenciesMs: readonly number[];
  /** How much later than its time each request was sent: what the sender itself lost. */
  readonly lateMs: readonly number[];
}

/**
 * Sends at a constant rate whether or not answers come (open loop): a slow answer does not spare the ones behind it.
 * Throws what a request throws.
 */
export async function constantRate(
  perSecond: number,
  seconds: number,
  send: () => Promise<void>,
): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const lateMs: number[] = [];
  const running: Promise<void>[] = [];
  const start = performance.now() + 5;
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const due = start + (sent * 1000) / perSecond;
    const pause = due - performance.now();
    if (pause > 0) await wait(pause);
    const sentAt = performance.now();
    lateMs.push(sentAt - due);
    running.push(send().then(() => void latenciesMs.push(performance.now() - sentAt)));
  }
  await Promise.all(running);
  return { latenciesMs, lateMs };
}
