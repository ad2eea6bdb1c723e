import type { MachineNames } from "../../../maintenance/cluster/machine.js";
import { groupBy } from "../../../maintenance/group-by.js";
import type { Seen, TaskRef } from "../../../maintenance/record/picture.js";
import type { Batch } from "../../../maintenance/record/record.js";
import { counted } from "../../../maintenance/text/list.js";
import { free, lines, listed, type Mrkdwn, mrk } from "../mrkdwn.js";
import { hosts } from "../parts.js";

/** How many tasks will be lost, and where nothing is known of tasks. */
export function lossText(batch: Batch, seen: Seen, names: MachineNames): Mrkdwn {
  const without = withoutAgent(batch, seen);
  if (without.length === seen.machines.length) {
    return mrk`The master knows no agent there, so nothing is known of tasks.`;
  }
  const unknown =
    without.length === 0
      ? mrk``
      : mrk` The master knows no agent on ${hosts(without.map(names.of), 500)}, so nothing is known of tasks there.`;
  if (seen.tasks.length === 0 && seen.away === undefined) {
    const them = seen.machines.length === 1 ? "it" : "them";
    return mrk`No tasks are left on ${them}: nothing will be lost.${unknown}`;
  }
  const away = seen.tasks.filter(({ lastSeen }) => lastSeen);
  const reached = seen.tasks.filter(({ lastSeen }) => !lastSeen);
  return lines(
    reached.length === 0 ? null : mrk`*Will be lost:* ${countedByFramework(reached)}.${unknown}`,
    awayText(seen, away, names),
    reached.length === 0 && unknown.text !== "" ? unknown : null,
  );
}

/** Agents that cannot be reached: what was last seen there, which Down does not stop (invariant 13). */
function awayText(seen: Seen, tasks: readonly TaskRef[], names: MachineNames): Mrkdwn | null {
  if (seen.away === undefined) return null;
  const last =
    tasks.length === 0
      ? mrk`No task was seen there last`
      : mrk`Last seen there: ${countedByFramework(tasks)}`;
  return mrk`📡 *Unknown:* the master no longer shows an agent of ${hosts(seen.away.map(names.of), 500)}. ${last}. It may go on running; Down does not stop it.`;
}

/** `3 tasks (marathon 2, kafka 1)`, largest first. */
export function countedByFramework(tasks: readonly TaskRef[]): Mrkdwn {
  const largestFirst = [...groupBy(tasks, (task) => task.framework)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const names = listed(
    largestFirst.map(([name, those]) => mrk`${free(name, 80)} ${those.length}`),
    600,
  );
  return mrk`${counted(tasks.length, "task")} (${names})`;
}

/** Machines (keys) on which no agent was ever seen: named as `host|ip`, or gone since before the drain. */
export function withoutAgent(batch: Batch, seen: Seen): string[] {
  const known = new Set([...batch.agents, ...seen.tasks].map(({ machine }) => machine));
  return seen.machines.filter((machine) => !known.has(machine));
}
