import { type Machine, machineKey, machineName } from "../../maintenance/cluster/machine.js";
import type { World } from "../../maintenance/cluster/world.js";
import { indexWorld } from "../../maintenance/cluster/world-index.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { list } from "../../maintenance/text/list.js";
import { quoted } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { windowOf } from "../../maintenance/window/edit.js";
import { leftBy } from "../../maintenance/window/whose.js";
import type { Proof } from "../store/owned.js";
import { act, told } from "./act.js";
import type { ControlPorts } from "./ports.js";

/** A machine that drains in the window of a maintenance of ours that has ended. */
export interface Left {
  readonly machine: Machine;
  readonly record: Maintenance;
}

/**
 * Machines that stand in a window of ours that outlived its maintenance, because somebody wrote an older list back: it
 * is ours to take out, also later (invariant 12). One that is Down there is for whoever took it down.
 */
export function leftAmong(
  machines: readonly Machine[],
  world: World,
  finished: readonly Maintenance[],
): Left[] {
  const { down } = indexWorld(world);
  return machines.flatMap((machine) => {
    if (down.has(machineKey(machine))) return [];
    const record = leftBy(machine, windowOf(world.schedule, machine), finished);
    return record === null ? [] : [{ machine, record }];
  });
}

/** Takes these machines out of the schedule, one after another, and says what came of it. */
export async function giveBackLeft(
  left: readonly Left[],
  world: World,
  ports: Pick<ControlPorts, "cluster" | "now">,
  fence: () => Promise<Proof>,
): Promise<Reply> {
  const { cluster, now } = ports;
  const given: string[] = [];
  for (const { machine, record } of left) {
    const time = windowOf(world.schedule, machine);
    if (time === null) continue;
    const effect = { kind: "update_schedule", edit: { kind: "remove", machines: [machine], time } } as const;
    const outcome = await act(record, effect, { world, cluster, proof: await fence(), beside: [] });
    if (outcome.kind !== "accepted") {
      const { trouble } = told({ ...record, trouble: null }, effect, outcome, cluster.policy, now());
      return replyOf({
        tone: "error",
        text: `${quoted(machineName(machine))} stands in the window of ${record.id}, which has ended. ${trouble?.what ?? "The schedule changed meanwhile."}`,
        said: trouble?.said ?? null,
        notDone: trouble?.notDone ?? "It was not taken out.",
        next: "Look with /mesos schedule, and send the same command again if it still stands.",
      });
    }
    given.push(`${machineName(machine)} (${record.id})`);
  }
  return replyOf({
    tone: "done",
    text: `Taken out of the windows of maintenances of ours that have ended: ${quoted(list(given))}. Somebody had written them back; other people's windows stay.`,
  });
}
