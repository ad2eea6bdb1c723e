import { readFileSync } from "node:fs";

/** Short against what is looked for, and seldom enough to cost nothing. */
const STEP_MS = 5;

/** One stretch in which the event loop did nothing else. */
export interface Block {
  readonly ms: number;
  /** Of these: how long the thread wanted to run and the machine had no processor for it. */
  readonly waitedMs: number;
}

/** Watches the event loop of this process; what is returned gives the blocks of at least so many ms since the last time. */
export function watchLoop(leastMs: number): () => Block[] {
  let blocks: Block[] = [];
  let last = performance.now();
  let waited = waitedMs();
  const step = () => {
    const now = performance.now();
    const nowWaited = waitedMs();
    const ms = now - last - STEP_MS;
    if (ms >= leastMs) blocks.push({ ms, waitedMs: nowWaited - waited });
    last = now;
    waited = nowWaited;
    setTimeout(step, STEP_MS).unref();
  };
  step();
  return () => {
    const taken = blocks;
    blocks = [];
    return taken;
  };
}

/** How long the main thread has waited for a processor so far, from Linux' /proc; 0 where there is none. */
function waitedMs(): number {
  try {
    return Number(readFileSync("/proc/self/schedstat", "latin1").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}
