import fc from "fast-check";
import { expect } from "vitest";
import type { Steps } from "../../src/hosts/steps.js";
import { expectNoRawWords } from "./sentences.js";
import type { Watchdog } from "./watchdog.js";

/** No case may keep the event loop from others for longer. */
const LONGEST_MS = 50;

/** As `inTurns`: after so long everything else has its turn. */
const TURN_MS = 8;

/** A case that took long is run again: the fastest run is the input's doing, the others are the machine's. */
const AGAIN = 5;

/** So often where it still takes too long: on a machine that is busy most runs may. */
const AGAIN_AT_MOST = 15;

/** What a kind of input is run through: at once, in turns (`Steps`), or with waiting in between. */
type Running<R> = R | Steps<R> | Promise<R>;

interface Parts<C, I, R> {
  /** As the table of docs/reliability.md calls it. */
  readonly name: string;
  /** How many of 100,000 cases are of this kind. */
  readonly share: number;
  readonly cases: fc.Arbitrary<C>;
  /** Makes of a case what is run, anew for each run. Not measured. */
  readonly prepare: (one: C) => I | Promise<I>;
  /** Runs it as the program does. */
  readonly run: (input: I) => Running<R>;
  /** What must hold of what came of it; whether it was refused. */
  readonly check: (result: R, one: C) => boolean;
}

/** What running the cases of a kind came to. */
export interface Figures {
  readonly cases: number;
  /** How many were refused; all others were read. */
  readonly refused: number;
  /** The longest case, as its fastest run; where it is run in turns its longest turn. */
  readonly longestMs: number;
}

/** A kind of input of which many cases can be run. */
export interface Kind {
  readonly name: string;
  readonly share: number;
  /** Runs so many cases. Rejects with the smallest case that was found of which something does not hold. */
  readonly run: (cases: number, watchdog: Watchdog) => Promise<Figures>;
}

export function kindOf<C, I = C, R = unknown>(
  parts: Omit<Parts<C, I, R>, "prepare"> & Partial<Pick<Parts<C, I, R>, "prepare">>,
): Kind {
  const all = { prepare: (one: C) => one as unknown as I, ...parts };
  return { name: parts.name, share: parts.share, run: (cases, watchdog) => runCases(all, cases, watchdog) };
}

async function runCases<C, I, R>(kind: Parts<C, I, R>, cases: number, watchdog: Watchdog): Promise<Figures> {
  let refused = 0;
  let longestMs = 0;
  const once = async (one: C) => await measured(kind.run, await kind.prepare(one));
  const property = fc.asyncProperty(kind.cases, async (one) => {
    watchdog.begin(kind.name);
    const { result, ms } = await once(one);
    if (kind.check(result, one)) {
      refused += 1;
      expectNoRawWords(result, one);
    }
    if (ms > longestMs) {
      const fastest = await fastestOf(once, one, ms);
      expect(fastest, "milliseconds that it takes, as the fastest of several runs").toBeLessThanOrEqual(
        LONGEST_MS,
      );
      longestMs = Math.max(longestMs, fastest);
    }
  });
  try {
    await fc.assert(property, { numRuns: cases });
  } finally {
    watchdog.end();
  }
  return { cases, refused, longestMs };
}

async function fastestOf<C>(
  once: (one: C) => Promise<{ readonly ms: number }>,
  one: C,
  firstMs: number,
): Promise<number> {
  let fastest = firstMs;
  for (let run = 0; run < AGAIN || (run < AGAIN_AT_MOST && fastest > LONGEST_MS); run += 1)
    fastest = Math.min(fastest, (await once(one)).ms);
  return fastest;
}

async function measured<I, R>(
  run: (input: I) => Running<R>,
  input: I,
): Promise<{ readonly result: R; readonly ms: number }> {
  let since = new Since();
  const running = run(input);
  if (!isSteps(running)) return { result: await running, ms: since.ms() };
  for (let longest = 0; ; ) {
    const step = running.next();
    const ms = since.ms();
    longest = Math.max(longest, ms);
    if (step.done) return { result: step.value, ms: longest };
    if (ms >= TURN_MS) since = new Since();
  }
}

/**
 * How long something has taken: by the clock, or by the processor time of this process where that is less. What runs here takes no
 * longer than either, and other programs make only the first longer, and threads of this process only the second.
 */
class Since {
  readonly #at = performance.now();
  readonly #used = process.cpuUsage();

  ms(): number {
    const elapsed = performance.now() - this.#at;
    // Hardly anything takes long, and to ask for the other takes longer than many a case.
    if (elapsed < TURN_MS) return elapsed;
    const { user, system } = process.cpuUsage(this.#used);
    return Math.min(elapsed, (user + system) / 1_000);
  }
}

function isSteps<R>(running: Running<R>): running is Steps<R> {
  return typeof running === "object" && running !== null && "next" in running && Symbol.iterator in running;
}
