import { advance } from "../../maintenance/advance.js";
import type { Machine } from "../../maintenance/cluster/machine.js";
import type { World } from "../../maintenance/cluster/world.js";
import type { Moment, Step, Write } from "../../maintenance/phases/step.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { Stored } from "../../maintenance/record/unreadable.js";
import { type ScheduleEdit, windowOf } from "../../maintenance/window/edit.js";
import { type Cluster, HostsError } from "../cluster/cluster.js";

/** What a step is decided from beside the record and the world. */
export interface StepPorts {
  readonly cluster: Cluster;
  /** The other open maintenances of the cluster. */
  others(): Promise<Stored>;
  /** The newest finished ones. */
  finished(): Promise<readonly Maintenance[]>;
  now(): number;
}

/** One step on this world; what the step asks for is looked up on the same one, each thing once. */
export async function nextStep(record: Maintenance, world: World, ports: StepPorts): Promise<Step> {
  const { cluster, now } = ports;
  let look: Omit<Moment, "sight"> = {
    world,
    policy: cluster.policy,
    nowMs: now(),
    hosts: null,
    others: null,
  };
  for (;;) {
    const step = advance(record, look);
    const found = await lookUp(step, look, record, ports);
    if (found === look) return step;
    look = found;
  }
}

/** What the step is decided from with what it asks for; the same where it has all of it. */
async function lookUp(
  { effects }: Step,
  look: Omit<Moment, "sight">,
  record: Maintenance,
  ports: StepPorts,
): Promise<Omit<Moment, "sight">> {
  const { cluster } = ports;
  let found = look;
  for (const effect of effects) {
    if (effect.kind === "look_up_hosts" && found.hosts === null) {
      const [hosts, withDrivers] = await Promise.all([
        lookUpHosts(record, look.world, ports),
        // What frameworks are is told when the drain is planned.
        cluster.withDrivers(look.world),
      ]);
      found = { ...found, world: withDrivers, hosts };
    }
    if (effect.kind === "look_up_others" && found.others === null)
      found = { ...found, others: await ports.others() };
    if (effect.kind === "look_up_marathons" && found.marathons === undefined) {
      const marathons = await cluster.marathons.look(effect.frameworks, look.world);
      found = { ...found, marathons, others: found.others ?? (await ports.others()) };
    }
  }
  return found;
}

async function lookUpHosts(
  record: Maintenance,
  world: World,
  { cluster, others, finished }: StepPorts,
): Promise<Moment["hosts"]> {
  const { records: open, unreadable } = await others();
  if (unreadable.length > 0) return { kind: "others_unreadable", unreadable };
  const planned = record.batches.flatMap(({ machines }) => machines);
  // Finished ones prove that we see windows, where windows can be hidden, and tell whose one is that was written back.
  const withPast = async (machines: readonly Machine[]) => {
    const isTaken = [...planned, ...machines].some((machine) => windowOf(world.schedule, machine) !== null);
    return isTaken || cluster.policy.hasCredentials ? [...open, ...(await finished())] : open;
  };
  try {
    const resolution = await cluster.resolve(record.hosts, world, open);
    return { kind: "found", resolution, others: await withPast(resolution.machines) };
  } catch (error) {
    if (!(error instanceof HostsError)) throw error;
    return { kind: "unreadable", why: error.message, mend: error.mend, others: await withPast([]) };
  }
}

/** A post of the schedule with all these edits. */
export interface Post {
  readonly kind: "post_schedule";
  readonly edits: readonly ScheduleEdit[];
}

/** A call that is to be made to the master, or to a Marathon. */
export type WriteCall = Post | Exclude<Write, { kind: "update_schedule" }>;

/** What is to be sent. All edits go in one post, because each post erases all answers (invariant 3). */
export function callsOf({ effects }: Step): readonly WriteCall[] {
  const edits = effects.flatMap((effect) => (effect.kind === "update_schedule" ? [effect.edit] : []));
  const others = effects.filter(
    (effect) =>
      effect.kind === "start_maintenance" ||
      effect.kind === "stop_maintenance" ||
      effect.kind === "drain_agent" ||
      effect.kind === "reactivate_agent" ||
      effect.kind === "kill_tasks",
  );
  return edits.length === 0 ? others : [{ kind: "post_schedule", edits }, ...others];
}
