import { readFileSync } from "node:fs";

/**
 * Memory of a process, from Linux' /proc. `rssMiB` counts Node's own code in full for each process; `pssMiB` divides
 * what several processes share among them, so only these can be added up.
 */
export interface Memory {
  readonly rssMiB: number;
  readonly pssMiB: number;
}

/** `null` where there is no /proc. */
export function memoryOf(pid: number): Memory | null {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return { rssMiB: mebibytes(rollup, "Rss"), pssMiB: mebibytes(rollup, "Pss") };
  } catch {
    return null;
  }
}

function mebibytes(rollup: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? Number.NaN) / 1024;
}
