import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownEnvironment } from "../../src/rehearsal/child-process.js";
import { compileProgram } from "../support/compile.js";
import type { Report } from "./support/lossy-path/program.js";

let compiled: { program: string; folder: string };

beforeAll(() => {
  compiled = compileProgram("test/mesos/support/lossy-path/program.ts");
});

afterAll(() => rmSync(compiled.folder, { recursive: true, force: true }));

/** What came of a call over a path that lost packets until the call was given up. */
async function acrossLossyPath(): Promise<Report> {
  const words = ["--map-root-user", "--net", process.execPath, compiled.program];
  const child = spawn("unshare", [...words, join(import.meta.dirname, "support", "tls")], {
    stdio: ["ignore", "pipe", "pipe"],
    // The certificate names another address, and this is not about trust.
    env: ownEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" }),
  });
  const [said, complained, ended] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null | Error>((resolve) => void child.once("error", resolve).once("close", resolve)),
  ]);
  if (ended === 0) return JSON.parse(said);
  throw new Error(
    `The lossy path could not be made. It needs Linux with iproute2 (ip), util-linux (unshare) and user namespaces: ${ended} ${complained}`,
  );
}

describe("late writes", () => {
  test("a write that was given up never arrives when the path is mended, while one that was closed in order does (invariants 5, 7)", async () => {
    const given = { outcome: "headers_timeout, sent: maybe", arrived: ["UPDATE_MAINTENANCE_SCHEDULE"] };
    expect(await acrossLossyPath()).toEqual({ http: given, https: given });
  });
});
