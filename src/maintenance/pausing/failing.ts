import { frameworkNamesIn } from "../cluster/framework-names.js";
import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { namesOf } from "../record/names.js";
import type { BatchIn, Maintenance } from "../record/record.js";
import { list } from "../text/list.js";
import { formatSpan, type Millis } from "../time.js";
import type { PauseRule } from "./rule.js";

/**
 * Tasks of one app fail again and again on machines that are back: what was done to the machines is bad. What a master
 * does not remember any more is not counted, so this rule sees less than happened and never more (invariant 13).
 */
export const failing: PauseRule = {
  name: "failing",
  looksAt: "batches_before",
  // Batches that came back since then may show that it was the machines after all.
  goneOnFor: "batch",
  next: "look at the app's logs on those machines: what was done to them may be bad. Then press Go on or Cancel on the card. Nothing more goes down until then.",
  sees({ record, world, policy, nowMs }) {
    if (world.ended.length === 0) return null;
    const { times, withinMs } = policy.rolling.failing;
    const back = agentsBack(record, world);
    const failed = world.ended.filter(({ how, agentId, atMs }) => {
      const upAtMs = back.get(agentId)?.upAtMs;
      return how === "failed" && upAtMs !== undefined && atMs >= upAtMs && atMs > nowMs - withinMs;
    });
    const byApp = groupBy(failed, ({ frameworkId, app }) => JSON.stringify([frameworkId, app]));
    const apps = [...byApp].filter(([, ends]) => ends.length > times);
    if (apps.length === 0) return null;
    const ends = apps.flatMap(([, each]) => each);
    const names = [...new Set(ends.map(({ app, frameworkId }) => nameOf(app, frameworkId, world)))];
    const hosts = [...new Set(ends.map(({ agentId }) => back.get(agentId)?.machine ?? agentId))];
    const often = `more than ${times} ${times === 1 ? "time" : "times"} within ${formatSpan(withinMs)}`;
    return {
      saw: `${list(names)} failed ${often} on machines that are back: ${list(hosts)}`,
      about: apps.map(([key]) => key),
    };
  },
};

interface Back {
  /** By its name. */
  readonly machine: string;
  readonly upAtMs: Millis;
}

/** Agents on the machines of batches that are up, by id. One that is up and fails a task has registered again. */
function agentsBack(record: Maintenance, world: World): ReadonlyMap<string, Back> {
  const { agents } = indexWorld(world);
  const up = record.batches.filter((batch): batch is BatchIn<"up"> => batch.phase === "up");
  const entries = up.flatMap((batch) => {
    const names = new Map(batch.machines.map((one) => [machineKey(one), namesOf(record).of(one)]));
    const ids = [
      ...batch.agents,
      // Whatever id they have now.
      ...[...names.keys()].flatMap((key) => (agents.get(key) ?? []).map(({ id }) => ({ id, machine: key }))),
    ];
    return ids.map(({ id, machine }): [string, Back] => [
      id,
      { machine: names.get(machine) ?? machine, upAtMs: batch.upAtMs },
    ]);
  });
  return new Map(entries);
}

function nameOf(app: string, frameworkId: string, world: World): string {
  const framework = frameworkNamesIn(world)(frameworkId);
  return framework === undefined ? app : `${app} (${framework})`;
}
