import { machineCount } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { type Millis, nanosToMillis } from "../time.js";
import { isOver } from "./turn.js";

/** How far a drain in batches has come; what was given back without having been down is no part of it. */
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
  const going = batches.filter(({ phase }) => phase !== "cancelled");
  const over = going.filter(isOver);
  if (batches.length < 2 || over.length === going.length) return null;
  const [machinesOver, machines] = [machineCount({ batches: over }), machineCount({ batches: going })];
  const startMs = nanosToMillis(batches[0]?.window.start ?? 0n);
  const upAtMs = Math.max(...over.map((batch) => (batch.phase === "up" ? batch.upAtMs : startMs)));
  const tookMs = upAtMs - startMs;
  const leftMs = tookMs > 0 && machinesOver > 0 ? (tookMs * (machines - machinesOver)) / machinesOver : null;
  const lastStartMs = nanosToMillis(going.at(-1)?.window.start ?? 0n);
  return { batchesOver: over.length, batches: going.length, machinesOver, machines, leftMs, lastStartMs };
}
