import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Schedule } from "../../src/maintenance/cluster/schedule.js";
import {
  type Call,
  GET_AGENTS,
  GET_FRAMEWORKS,
  GET_MAINTENANCE_SCHEDULE,
  GET_MAINTENANCE_STATUS,
  GET_MASTER,
  GET_TASKS,
  GET_VERSION,
  updateSchedule,
} from "../../src/mesos/calls.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";

const AGENTS = 200;

/**
 * A middling cluster, five tasks on each agent. Its frameworks answer nothing and move nothing by themselves, so that all
 * drains are alike.
 */
export function drillCluster(): Pick<RehearsalOptions, "agents" | "frameworks"> {
  const names = Array.from({ length: AGENTS }, (_, n) => `web-${String(n).padStart(3, "0")}`);
  const agents = names.map((hostname, n) => ({
    hostname,
    ip: `10.30.${n >> 8}.${n & 255}`,
    attributes: { rack: `r${n % 10}`, os: "debian12" },
    region: "eu-1",
    zone: `eu-1${"abc"[n % 3]}`,
  }));
  const frameworks = ["marathon", "aurora", "kafka", "batch", "spark"].map((name) => ({
    name,
    habit: "silent" as const,
    tasks: names.map((on) => ({ name: `${name}.${on}`, on })),
  }));
  return { agents, frameworks };
}

const READS = [
  GET_AGENTS,
  GET_FRAMEWORKS,
  GET_MAINTENANCE_SCHEDULE,
  GET_MAINTENANCE_STATUS,
  GET_MASTER,
  GET_TASKS,
  GET_VERSION,
];

/** The calls of one look at a cluster. */
export const LOOK = READS.map(({ name }) => name).filter((name) => name !== GET_VERSION.name);

/** The call of this type as the program sends it; `schedule` is what it posted. */
export function callOf(type: string | null, schedule: Schedule): Call {
  if (type === "UPDATE_MAINTENANCE_SCHEDULE") return updateSchedule(schedule);
  const found = READS.find((call) => call.name === type);
  if (found === undefined) throw new Error(`A drain made a call that the yardstick does not know: ${type}.`);
  return found;
}

/** A cluster of the program's clusters file. */
interface DrillCluster {
  /** @defaultValue drill */
  readonly name?: string;
  readonly master: string;
  readonly pollMs: number;
  /** More settings of the cluster, as in the file. */
  readonly settings?: readonly string[];
}

/** A clusters file for the program, in a folder of its own. */
export async function clustersFile(drills: DrillCluster | readonly DrillCluster[]) {
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-"));
  const path = join(folder, "clusters.yaml");
  const clusters = [drills].flat().flatMap(({ name = "drill", master, pollMs, settings = [] }) => [
    `  ${name}:`,
    ...[
      `masters: [${master}]`,
      "channel: C01OPS",
      // One person asks for everything.
      "max_open_per_person: 1000",
      `poll_interval: ${pollMs / 1_000}s`,
      ...settings,
    ].map((line) => `    ${line}`),
  ]);
  await writeFile(path, ["clusters:", ...clusters].join("\n"));
  return { path, dispose: () => rm(folder, { recursive: true }) };
}
