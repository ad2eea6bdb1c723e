import { inWords } from "../base/in-words.js";
import { scrub } from "../base/scrub.js";
import { within } from "../base/within.js";

/**
 * Whether a part of the process can do its work: `true`, or a sentence on what keeps it from that (`false` if there is
 * nothing more to say).
 */
type Check = () => boolean | string | Promise<boolean | string>;

export type Checks = Readonly<Record<string, Check>>;

export interface Readiness {
  readonly ready: boolean;
  /** By name: `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Runs all checks at once. One that throws, or has no result within `limitMs`, has not passed. */
export async function runChecks(checks: Checks, limitMs: number): Promise<Readiness> {
  const entries = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check, limitMs)] as const),
  );
  return { ready: entries.every(([, result]) => result === "ok"), checks: Object.fromEntries(entries) };
}

async function runCheck(check: Check, limitMs: number): Promise<string> {
  try {
    const result = await within(
      limitMs,
      Promise.resolve(check()),
      () => `no answer within ${limitMs / 1000} s`,
    );
    if (result === true) return "ok";
    return result === false ? "not ready" : scrub(result);
  } catch (error) {
    return scrub(`the check failed: ${inWords(error)}`);
  }
}
