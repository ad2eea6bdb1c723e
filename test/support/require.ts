import { describe, test } from "vitest";

/** Set by `.ci/run`: then a suite that cannot run here is a failure instead of one skipped line. */
const REQUIRED = Boolean(process.env.REQUIRE_ALL_SUITES);

/**
 * A suite that needs something of the machine (a binary, a server). `available` is `true`, or says what is missing.
 *
 * @example
 * const suite = suiteFor("local Slack", localSlackBinary() !== null || "local-slack-linux-x64 is not installed");
 * suite(() => { it("answers", () => { … }); });
 */
export function suiteFor(name: string, available: boolean | string): (define: () => void) => void {
  if (available === true) return (define) => describe(name, define);
  const why = typeof available === "string" ? available : "what it needs is not on this machine";
  if (REQUIRED) {
    return () => {
      describe(name, () => {
        test("can run here (REQUIRE_ALL_SUITES is set)", () => {
          throw new Error(`The suite "${name}" did not run: ${why}.`);
        });
      });
    };
  }
  console.warn(`skipped: ${name} (${why})`);
  return (define) => describe.skip(name, define);
}
