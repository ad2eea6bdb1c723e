import type { Maintenance } from "../record/record.js";
import { type Millis, nanosToMillis } from "../time.js";
import { isOver } from "./turn.js";

/** How far a drain in batches has come. */
export interface Progress {
  readonly batchesOver: number;
  readonly batches: number;
  readonly machinesOver: number;
  readonly machines: number;
  /** How much longer it takes at the speed until now, in ms; `null` while no batch is over. */
  readonly leftMs: Millis | null;
  /** When the last window begins: without `rolling.early` it does not end before that, however fast it was until now. */
  readonly lastStartMs: Millis;
}

/** The progress of a drain in batches; `null` where there is one batch, or all are over. */
export function progressOf({ batches }: Maintenance): Progress | null {
  const over = batches.filter(isOver);
  if (batches.length < 2 || over.length === batches.length) return null;
  const count = (list: typeof batches) => list.reduce((sum, { machines }) => sum + machines.length, 0);
  const [machinesOver, machines] = [count(over), count(batches)];
  const startMs = nanosToMillis(batches[0]?.window.start ?? 0n);
  const upAtMs = Math.max(...over.map((batch) => (batch.phase === "up" ? batch.upAtMs : startMs)));
  const tookMs = upAtMs - startMs;
  const leftMs = tookMs > 0 && machinesOver > 0 ? (tookMs * (machines - machinesOver)) / machinesOver : null;
  const lastStartMs = nanosToMillis(batches.at(-1)?.window.start ?? 0n);
  return { batchesOver: over.length, batches: batches.length, machinesOver, machines, leftMs, lastStartMs };
}
