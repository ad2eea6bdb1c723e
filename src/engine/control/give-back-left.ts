import { type Machine, machineKey } from "../../maintenance/cluster/machine.js";
import type { Unavailability } from "../../maintenance/cluster/schedule.js";
import type { World } from "../../maintenance/cluster/world.js";
import { indexWorld, namesIn } from "../../maintenance/cluster/world-index.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { FoundTrouble } from "../../maintenance/record/troubles.js";
import { sightOf, whyFiltered } from "../../maintenance/sight/sight.js";
import { list } from "../../maintenance/text/list.js";
import { quoted } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { windowOf } from "../../maintenance/window/edit.js";
import { leftBy } from "../../maintenance/window/whose.js";
import { troubleFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import { act, told } from "./act.js";
import type { Post } from "./next-step.js";
import type { ControlPorts } from "./ports.js";

/** A machine that drains in the window of a maintenance of ours that has ended. */
export interface Left {
  readonly machine: Machine;
  readonly record: Maintenance;
  readonly time: Unavailability;
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
    const time = windowOf(world.schedule, machine);
    const record = leftBy(machine, time, finished);
    return record === null || time === null ? [] : [{ machine, record, time }];
  });
}

/**
 * Takes these machines out of the schedule, in one post for all (invariant 3), and says what came of it. On a filtered view
 * the post would wipe windows that nobody here can see (invariant 2).
 */
export async function giveBackLeft(
  left: readonly [Left, ...Left[]],
  world: World,
  ports: Pick<ControlPorts, "cluster" | "now">,
  fence: () => Promise<Proof>,
): Promise<Reply> {
  const { cluster, now } = ports;
  const filtered = whyFiltered(sightOf(world), SEND_AGAIN);
  if (filtered !== null) return failed(left, world, filtered);
  const edits = left.map(({ machine, time }) => ({ kind: "remove" as const, machines: [machine], time }));
  const post: Post = { kind: "post_schedule", edits };
  const scene = { world, cluster, proof: await fence(), beside: [] };
  const { record } = left[0];
  const outcome = await act(record, post, scene);
  if (outcome.kind === "accepted") {
    return replyOf({
      tone: "done",
      text: `Taken out of the windows of maintenances of ours that have ended: ${names(left, world)}. Somebody had written them back; other people's windows stay.`,
    });
  }
  if (outcome.kind === "refused") {
    return failed(left, world, troubleFrom(outcome.error, "Nothing was taken out.", SEND_AGAIN));
  }
  const { trouble } = told({ ...record, trouble: null }, post, outcome, cluster.policy, now());
  return failed(left, world, {
    what: trouble?.what ?? "The schedule changed meanwhile.",
    said: trouble?.said ?? null,
    notDone: trouble?.notDone ?? "Nothing was taken out.",
    next: `Look with /mesos schedule, and ${SEND_AGAIN} if they still stand.`,
  });
}

/** How it goes on for who typed a command. */
export const SEND_AGAIN = "send the command again";

function failed(
  left: readonly Left[],
  world: World,
  { what, said, notDone, next }: Pick<FoundTrouble, "what" | "said" | "notDone" | "next">,
): Reply {
  return replyOf({
    tone: "error",
    text: `${names(left, world)}: in windows of maintenances of ours that have ended. ${what}`,
    said,
    notDone,
    next,
  });
}

/** `web-01 (m-7k3q)`. */
function names(left: readonly Left[], world: World): string {
  const nameOf = namesIn(world).of;
  return quoted(list(left.map(({ machine, record }) => `${nameOf(machine)} (${record.id})`)));
}
