import type { MaySend } from "../../base/write-connection.js";
import type { MarathonConfig } from "../../config/config.js";
import type { World } from "../../maintenance/cluster/world.js";
import { indexWorld } from "../../maintenance/cluster/world-index.js";
import { isNamedBy } from "../../maintenance/frameworks/recognise.js";
import type { MarathonLook, MarathonView } from "../../maintenance/moving/marathon-view.js";
import { MarathonError, marathonWords } from "../../marathon/errors.js";
import { createMarathon, type Marathon } from "../../marathon/marathon.js";
import type { Clock } from "../clock.js";

/** The Marathons of a cluster, found by the framework that each is. */
export interface Marathons {
  /**
   * Looks at the Marathons of these frameworks, at all of them at once. Never rejects: what cannot be read is told. One that
   * was away is not asked again within a poll, whoever looks, so that it does not hold up the lane.
   */
  look(frameworks: readonly string[], world: World): Promise<readonly MarathonLook[]>;
  /** Asks for tasks to be killed. Throws MarathonError. */
  kill(framework: string, tasks: readonly string[], world: World, maySend: MaySend): Promise<void>;
  close(): Promise<void>;
}

interface Known {
  readonly config: MarathonConfig;
  readonly marathon: Marathon;
  /** The last look that failed, and when it ended. */
  failed: { readonly why: string; readonly atMs: number } | null;
}

export function createMarathons(
  configs: readonly MarathonConfig[],
  { elapsed, limit, pollMs }: Pick<Clock, "elapsed" | "limit"> & { readonly pollMs: number },
): Marathons {
  const all = configs.map(
    (config): Known => ({ config, marathon: createMarathon({ ...config, limit }), failed: null }),
  );

  const knownOf = (id: string, world: World): Known | null => {
    const framework = indexWorld(world).frameworks.get(id);
    if (framework === undefined) return null;
    return all.find(({ config }) => isNamedBy(config)(framework)) ?? null;
  };

  async function lookAt(frameworkId: string, known: Known | null): Promise<MarathonLook> {
    const unseen = (why: string) => ({ kind: "unseen", frameworkId, why }) as const;
    if (known === null) return unseen("Its address is not in the clusters file.");
    const { failed } = known;
    if (failed !== null && elapsed() - failed.atMs < pollMs) return unseen(failed.why);
    try {
      const view = await known.marathon.look();
      known.failed = null;
      return { kind: "seen", frameworkId, view: sameOne(view, frameworkId, known.config.url) };
    } catch (error) {
      if (!(error instanceof MarathonError)) throw error;
      const why = marathonWords(error);
      known.failed = { why, atMs: elapsed() };
      return unseen(why);
    }
  }

  return {
    look: (frameworks, world) => Promise.all(frameworks.map((id) => lookAt(id, knownOf(id, world)))),
    async kill(framework, tasks, world, maySend) {
      const known = knownOf(framework, world);
      if (known === null) throw new Error(`No Marathon is known for the framework ${framework}.`);
      await known.marathon.kill(tasks, maySend);
    },
    async close() {
      await Promise.all(all.map(({ marathon }) => marathon.close()));
    },
  };
}

/** A Marathon that is registered as another framework has other apps: nothing is concluded from what it shows. */
function sameOne(view: MarathonView, wanted: string, marathon: string): MarathonView {
  if (view.frameworkId === wanted) return view;
  const found = view.frameworkId ?? "none";
  throw new MarathonError("marathon_other", { marathon, found, wanted }, "yes");
}
