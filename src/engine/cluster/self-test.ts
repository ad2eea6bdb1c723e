import type { Logger } from "../../base/logger.js";
import { versionAdvice } from "../../maintenance/cluster/version-advice.js";
import { sightOf, whyFiltered } from "../../maintenance/sight/sight.js";
import type { Cluster } from "./cluster.js";

/**
 * Looks at a cluster once at the start and says in the log what it finds: which master leads or why none answers, the
 * known faults of its version, and whether the view is filtered, before a drain at night finds out (invariant 2).
 * Never rejects: a master that is away is no reason not to start.
 */
export async function selfTest({ name, world }: Pick<Cluster, "name" | "world">, logger: Logger) {
  try {
    const seen = await world();
    const { leader, version } = seen;
    logger.info({ cluster: name, leader, version }, "the leading master answers");
    for (const advice of versionAdvice(version))
      logger.warn({ cluster: name, version, advice }, "this Mesos version has a known fault");
    const blind = whyFiltered(sightOf(seen));
    if (blind === null) return;
    const { what, notDone, next } = blind;
    logger.warn(
      { cluster: name, what, notDone, next },
      "the master hides something from the bot's principal",
    );
  } catch (error) {
    logger.warn(
      { cluster: name, err: (error as Error).message },
      "no leading master answers; the worker goes on looking",
    );
  }
}
