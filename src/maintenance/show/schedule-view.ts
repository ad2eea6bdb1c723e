import { machineKey, machineName } from "../cluster/machine.js";
import { endMs, type Window } from "../cluster/schedule.js";
import type { World } from "../cluster/world.js";
import type { Maintenance } from "../record/record.js";
import { counted } from "../text/list.js";
import { type Reply, replyOf } from "../text/reply.js";
import { tableOf } from "../text/table.js";
import { utc } from "../text/utc.js";
import { nanosToMillis } from "../time.js";
import { holds } from "../window/whose.js";

/** The master's whole schedule, whose each window is, and how its machines stand. Times are UTC. */
export function scheduleReply(cluster: string, world: World, open: readonly Maintenance[]): Reply {
  const { windows } = world.schedule;
  if (windows.length === 0) {
    return replyOf({
      tone: "info",
      text: `${cluster}: the schedule is empty; no machine is planned to be away.`,
    });
  }
  const down = new Set(world.status.down.map(machineKey));
  const agents = new Set(world.agents.map((agent) => machineKey(agent.machine)));
  const rows = windows.flatMap((window) =>
    window.machines.map((machine) => {
      const mode = down.has(machineKey(machine)) ? "down" : "draining";
      const known = agents.has(machineKey(machine)) || mode === "down";
      const owner = open.find((record) => holds(record, machine))?.id ?? "somebody else";
      return [
        machineName(machine),
        known ? mode : `${mode}, no agent`,
        owner,
        startOf(window),
        endOf(window),
      ];
    }),
  );
  const columns = [
    { title: "machine", shrinks: true },
    { title: "mode" },
    { title: "whose" },
    { title: "from (UTC)" },
    { title: "until" },
  ];
  return replyOf({
    tone: "info",
    text: `${cluster}: ${counted(windows.length, "window")} with ${counted(rows.length, "machine")} in the schedule.`,
    table: tableOf(columns, rows),
  });
}

/** `10-20 22:00`. */
function startOf(window: Window): string {
  return utc(nanosToMillis(window.start), "minute of the year");
}

function endOf(window: Window): string {
  const end = endMs(window);
  return end === null ? "open" : utc(end, "minute of the year");
}
