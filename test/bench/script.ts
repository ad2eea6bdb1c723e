import { execFile, spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { ownEnvironment } from "../../src/rehearsal/child-process.js";
import { drained, onDrillCluster, WARM_UP } from "./drain.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { median, quantile, ratio, rounded } from "./numbers.js";

const AIM = { timesFaster: 5 };

const SCRIPT = resolve("test/bench/drain-by-hand.sh");

const NEEDED = ["bash", "curl", "jq"] as const;

/** One machine's drain, from the command to the window that is read back. The yardstick is the same by a script. */
export async function measureScript(effort: Effort): Promise<Figures> {
  const missing = NEEDED.filter((program) => spawnSync(program, ["--version"]).status !== 0);
  if (missing.length > 0) {
    const skipped = `${missing.join(", ")} not installed, and a script of these is the yardstick. Install and run again.`;
    progress(`script: left out: ${skipped}`);
    return { skipped };
  }
  progress(`script: ${effort.drains} drains`);
  return await onDrillCluster(["all"], async (side) => {
    const ours: number[] = [];
    const script: number[] = [];
    for (let run = -WARM_UP; run < effort.drains; run++) {
      const host = `web-${String(100 + run).padStart(3, "0")}`;
      const { fromCommandMs } = await drained(side, host);
      const startedAt = performance.now();
      await promisify(execFile)("bash", [SCRIPT, side.master.url, host, "4"], { env: ownEnvironment() });
      const ms = performance.now() - startedAt;
      side.master.postSchedule({ windows: [] });
      if (run < 0) continue;
      ours.push(fromCommandMs);
      script.push(ms);
    }
    const medianMs = rounded(median(ours));
    const scriptMs = rounded(median(script));
    const timesFaster = ratio(scriptMs, medianMs);
    return {
      medianMs,
      p90Ms: rounded(quantile(ours, 0.9)),
      drains: ours.length,
      yardstick: { medianMs: scriptMs, p90Ms: rounded(quantile(script, 0.9)) },
      timesFaster,
      aim: AIM,
      met: timesFaster >= AIM.timesFaster,
    };
  });
}
