import { hostOfKey } from "../../../maintenance/cluster/machine.js";
import { groupBy } from "../../../maintenance/group-by.js";
import type { Seen } from "../../../maintenance/record/picture.js";
import type { Batch } from "../../../maintenance/record/record.js";
import { counted } from "../../../maintenance/text/list.js";
import { free, listed, type Mrkdwn, mrk } from "../mrkdwn.js";
import { hosts } from "../parts.js";

/** How many tasks will be lost, and where nothing is known of tasks. */
export function lossText(batch: Batch, seen: Seen): Mrkdwn {
  const without = withoutAgent(batch, seen);
  if (without.length === seen.machines.length) {
    return mrk`The master knows no agent there, so nothing is known of tasks.`;
  }
  const unknown =
    without.length === 0
      ? mrk``
      : mrk` The master knows no agent on ${hosts(without.map(hostOfKey), 500)}, so nothing is known of tasks there.`;
  if (seen.tasks.length === 0) {
    const them = seen.machines.length === 1 ? "it" : "them";
    return mrk`No tasks are left on ${them}: nothing will be lost.${unknown}`;
  }
  const largestFirst = [...groupBy(seen.tasks, (task) => task.framework)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const names = listed(
    largestFirst.map(([name, tasks]) => mrk`${free(name, 80)} ${tasks.length}`),
    600,
  );
  return mrk`*Will be lost:* ${counted(seen.tasks.length, "task")} (${names}).${unknown}`;
}

/** Machines (keys) on which no agent was ever seen: named as `host|ip`, or gone since before the drain. */
export function withoutAgent(batch: Batch, seen: Seen): string[] {
  const known = new Set([...batch.agents, ...seen.tasks].map(({ machine }) => machine));
  return seen.machines.filter((machine) => !known.has(machine));
}
