import { resolve } from "node:path";
import { type Program, startProgram } from "../../src/rehearsal/demo/program.js";

/** The program as `npm start` runs it. The benchmark is started from the repository's folder. */
const built = resolve("dist/main.js");

export interface MeasuredProgram extends Program {
  /** From the start of the process to its line `ready`. */
  readonly readyMs: number;
}

/** Starts the built program with these settings and nothing of the environment that could change how it runs. */
export async function startMeasured(
  env: Readonly<Record<string, string>>,
  role: string,
  main = built,
): Promise<MeasuredProgram> {
  const startedAt = performance.now();
  const program = await startProgram({ NODE_OPTIONS: "", NODE_EXTRA_CA_CERTS: "", ...env }, role, { main });
  return { ...program, readyMs: performance.now() - startedAt };
}
