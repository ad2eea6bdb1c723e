import { type MachineId, machineKey } from "../cluster/machine.js";
import { endMs } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import { namesIn } from "../cluster/world-index.js";
import type { Maintenance } from "../record/record.js";
import { mayHide, sightOf } from "../sight/sight.js";
import { counted } from "../text/list.js";
import { type Reply, replyOf } from "../text/reply.js";
import { at, tableOf, tablesOf } from "../text/table.js";
import { nanosToMillis } from "../time.js";
import { holds } from "../window/whose.js";

/** The master's whole schedule, whose each window is, and how its machines stand. */
export function scheduleReply(cluster: string, world: World, open: readonly Maintenance[]): Reply {
  const { windows } = world.schedule;
  const names = namesIn(world);
  const hidden = mayHide(sightOf(world));
  const down = new Set(world.status.down.map(machineKey));
  const agents = new Set(world.agents.map((agent) => machineKey(agent.machine)));
  const rows = windows.flatMap((window) => window.machines.map((machine) => ({ machine, window })));
  const shown =
    rows.length === 0
      ? "no window is shown"
      : `${counted(windows.length, "window")} with ${counted(rows.length, "machine")} in the schedule`;
  const modeOf = (machine: MachineId) => {
    if (down.has(machineKey(machine))) return "down";
    return agents.has(machineKey(machine)) ? "draining" : "draining, no agent";
  };
  return replyOf({
    tone: "info",
    text: `${cluster}: ${shown}.${hidden === null ? "" : ` ${hidden}`}`,
    table: tablesOf(
      tableOf(rows, [
        { title: "machine", cut: "middle", cell: ({ machine }) => names.of(machine) },
        { title: "mode", cell: ({ machine }) => modeOf(machine) },
        {
          title: "whose",
          cell: ({ machine }) => open.find((record) => holds(record, machine))?.id ?? "somebody else",
        },
        { title: "from", cell: ({ window }) => at(nanosToMillis(window.start)) },
        { title: "until", cell: ({ window }) => at(endMs(window), "open") },
      ]),
    ),
  });
}
