import { indexAgents } from "../cluster/agent-index.js";
import { type MachineId, machineKey } from "../cluster/machine.js";
import { endMs } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import { namesIn } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import type { Maintenance } from "../record/record.js";
import { type Millis, nanosToMillis } from "../time.js";
import { holds } from "../window/whose.js";

/** Machines of the schedule that are away at the same time, and that the same maintenance looks after, or none of ours. */
export interface WindowRow {
  /** In the order of people: `web-2` before `web-10`. */
  readonly names: readonly string[];
  /** The maintenance of ours; `null`: not ours. */
  readonly record: Maintenance | null;
  /** How many of the machines are Down. */
  readonly down: number;
  /** How many are not Down and have no agent. */
  readonly withoutAgent: number;
  readonly startMs: Millis;
  /** `null`: without an end. */
  readonly endMs: Millis | null;
}

const BY_NAME = new Intl.Collator("en", { numeric: true });

/** The whole schedule, the window that begins first before the others; the same schedule always in the same order. */
export function windowRows(world: World, open: readonly Maintenance[]): WindowRow[] {
  const names = namesIn(world);
  const down = new Set(world.status.down.map(machineKey));
  const { byMachine } = indexAgents(world.agents);
  const isMissing = (machine: MachineId) =>
    !down.has(machineKey(machine)) && !byMachine.has(machineKey(machine));
  // As the agent spells it: whoever wrote the schedule may have written it in another case.
  const nameOf = (machine: MachineId) =>
    names.of(byMachine.get(machineKey(machine))?.[0]?.machine ?? machine);
  const places = world.schedule.windows.flatMap((window) =>
    window.machines.map((machine) => ({
      machine,
      window,
      record: open.find((record) => holds(record, machine)) ?? null,
    })),
  );
  // Exact nanoseconds: two windows that look the same to the minute are two.
  const groups = groupBy(
    places,
    ({ window, record }) => `${window.start}/${window.duration ?? "open"}/${record?.id ?? ""}`,
  );
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      names: group.map(({ machine }) => nameOf(machine)).sort(BY_NAME.compare),
      record: first.record,
      down: group.filter(({ machine }) => down.has(machineKey(machine))).length,
      withoutAgent: group.filter(({ machine }) => isMissing(machine)).length,
      startMs: nanosToMillis(first.window.start),
      endMs: endMs(first.window),
    };
  });
  return rows.sort(
    (a, b) =>
      a.startMs - b.startMs ||
      (a.endMs ?? Number.POSITIVE_INFINITY) - (b.endMs ?? Number.POSITIVE_INFINITY) ||
      BY_NAME.compare(a.record?.id ?? "", b.record?.id ?? "") ||
      BY_NAME.compare(a.names[0] ?? "", b.names[0] ?? ""),
  );
}
