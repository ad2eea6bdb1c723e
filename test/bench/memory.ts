import { readFileSync } from "node:fs";

/** Memory of a process from Linux' /proc; `NaN` where there is none, so that the figures say that they are missing. */
export function memoryOf(pid: number) {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  return { rssMiB: mebibytes(rollup, "Rss"), pssMiB: mebibytes(rollup, "Pss") };
}

/** The most that it has had since it was started. */
export function peakMiBOf(pid: number): number {
  return mebibytes(read(`/proc/${pid}/status`), "VmHWM");
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function mebibytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? Number.NaN) / 1024;
}
