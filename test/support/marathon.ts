import { onTestFinished } from "vitest";
import type { Marathons } from "../../src/engine/cluster/marathons.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalFramework } from "../../src/rehearsal/master/options.js";
import { type RehearsalMarathon, startRehearsalMarathon } from "./marathon/marathon.js";
import type { RehearsalMarathonOptions } from "./marathon/options.js";

/** A framework that is a Marathon with copies of `/shop/api` on these hosts; as a master shows one. */
export function marathonOn(...hosts: readonly string[]): RehearsalFramework {
  const tasks = hosts.map((on) => ({ name: "api.shop", on }));
  return { name: "marathon", habit: "silent", driver: "old", partitionAware: true, tasks };
}

/** A Marathon on a master, which ends with the test. */
export async function marathonOf(
  master: RehearsalMaster,
  options: Omit<RehearsalMarathonOptions, "master">,
): Promise<RehearsalMarathon> {
  const marathon = await startRehearsalMarathon({ master, ...options });
  onTestFinished(() => marathon.close());
  return marathon;
}

/** Of a cluster without a Marathon. */
export const NO_MARATHONS: Marathons = {
  look: async () => [],
  kill: async () => {
    throw new Error("There is no Marathon in this test.");
  },
  close: async () => {},
};
