import { inspect } from "node:util";
import { expect } from "vitest";

/** `npm run chaos` injects every fault there is; without it as many as a change can wait for. */
export const isWhole = process.env.CHAOS === "1";

/** Each n-th of what can go wrong, from the first to the last; all of it with `npm run chaos`. */
export function chosen<T>(all: readonly T[], each: number): readonly T[] {
  return isWhole ? all : all.filter((_, at) => at % each === 0 || at === all.length - 1);
}

/** What a failed assertion compared as well: its message leaves out what is large. */
function lossOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("actual" in error && "expected" in error)) return error.message;
  return `${error.message}\nactual: ${inspect(error.actual)}\nexpected: ${inspect(error.expected)}`;
}

/** Counts what was injected and what it cost, and tells so at the end. */
export class Tally {
  #injected = 0;
  readonly #lost: string[] = [];

  constructor(private readonly name: string) {}

  /** Injects one fault; what `act` throws is a loss. */
  async inject(fault: string, act: () => Promise<void>): Promise<void> {
    await this.injectMany(1, fault, act);
  }

  /** The same of several faults of which it is not known which one cost what. */
  async injectMany(count: number, fault: string, act: () => Promise<void>): Promise<void> {
    this.#injected += count;
    try {
      await act();
    } catch (error) {
      this.#lost.push(`${fault}: ${lossOf(error)}`);
    }
  }

  /** Tells the counts; nothing may have been lost. */
  close(): void {
    console.log(`${this.name}: ${this.#injected} faults injected, ${this.#lost.length} with a loss.`);
    expect(this.#injected).toBeGreaterThan(0);
    expect(this.#lost).toEqual([]);
  }
}
