import { addressesOf, type MachineNames, machineNames, spellingOf } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { sharedNames } from "../cluster/world-index.js";
import type { Picture } from "./picture.js";
import type { Batch, Maintenance } from "./record.js";

const known = new WeakMap<Maintenance, MachineNames>();

/** How the machines of a maintenance are called: by what it has itself, and what its last look showed beside. */
export function namesOf(record: Maintenance): MachineNames {
  const names = known.get(record) ?? namesAmong(record);
  known.set(record, names);
  return names;
}

function namesAmong({ batches, picture }: Maintenance): MachineNames {
  const machines = batches.flatMap((batch) => batch.machines);
  const own = addressesOf(machines);
  const shared = new Set(picture?.sharedNames);
  return machineNames((hostname) => shared.has(hostname) || own.get(hostname) === null, spellingOf(machines));
}

/** The same of the machines in a picture alone. */
export function namesInPicture({ sharedNames, machines }: Picture): MachineNames {
  const shared = new Set(sharedNames);
  return machineNames((hostname) => shared.has(hostname), spellingOf(machines));
}

/** The picture with those names of the machines of all batches that stand for several machines as the world shows it. */
export function withSharedNames(picture: Picture, world: World, batches: readonly Batch[]): Picture {
  const { sharedNames: _, ...rest } = picture;
  const shared = sharedNames(
    world,
    batches.flatMap(({ machines }) => machines),
  );
  return shared.length === 0 ? rest : { ...rest, sharedNames: shared };
}
