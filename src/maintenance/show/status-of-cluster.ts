import { tasksLeft } from "../answers/summary.js";
import { isUnknown } from "../answers/verdicts.js";
import { indexAgents } from "../cluster/agent-index.js";
import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { currentBatch, machineCount, phaseWords } from "../record/batch.js";
import type { Picture } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import type { FoundTrouble } from "../record/troubles.js";
import { mayHide, sightOf } from "../sight/sight.js";
import { counted } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { tableOf, tablesOf } from "../text/table.js";
import { inWords } from "../text/words.js";
import type { Millis } from "../time.js";
import { awayMachines } from "../window/away-machines.js";
import { windowOfRecord } from "./status-cells.js";

/**
 * The open maintenances of a cluster, one line each.
 *
 * @param seen why the master cannot be read, while it cannot: what was last seen is told, and that it is old.
 */
export function statusOfCluster(
  cluster: string,
  open: readonly Maintenance[],
  seen: World | FoundTrouble,
  nowMs: Millis,
): Reply {
  const table = tablesOf(
    tableOf(open, [
      { title: "ID", cell: ({ id }) => id },
      { title: "PHASE", cell: (record) => (record.cancel === null ? phaseWords(record) : "cancelling") },
      ...(open.some(({ batches }) => batches.length > 1) ? [{ title: "BATCH", cell: batchCell }] : []),
      { title: "HOSTS", cut: "middle", cell: hostsCell },
      { title: "NO.", align: "right", cell: (record) => machineCount(record) || "-" },
      { title: "TASKS", align: "right", cell: ({ picture }) => tasksCell(picture) },
      { title: "WINDOW", cell: (record) => windowOfRecord(record, nowMs) },
      ...(open.some((record) => troubleCell(record) !== "")
        ? [{ title: "TROUBLE", cut: "middle", cell: troubleCell } as const]
        : []),
    ]),
  );
  const count = open.length === 0 ? "no open maintenance" : counted(open.length, "open maintenance");
  if ("notDone" in seen) {
    const { what, said, notDone, next } = seen;
    const text = `${cluster}: ${count}, as the cluster was last seen. ${quoted(what)}`;
    return replyOf({ tone: "error", text, said, notDone, next, table });
  }
  const world = seen;
  const ours = new Set(
    open.flatMap((record) => record.batches.flatMap((batch) => batch.machines.map(machineKey))),
  );
  const foreign = world.schedule.windows
    .flatMap((window) => window.machines)
    .filter((machine) => !ours.has(machineKey(machine))).length;
  const notBack = world.recoveredAgents.length;
  const recovering =
    notBack === 0 ? "" : ` Not registered again since the fail-over: ${counted(notBack, "agent")}.`;
  const others = foreign === 0 ? "" : ` ${counted(foreign, "machine")} in windows of others.`;
  const { draining, down } = world.status;
  const hidden = mayHide(sightOf(world));
  return replyOf({
    tone: "info",
    text: `${cluster}: ${count}. ${draining.length} draining and ${down.length} Down of ${counted(machinesIn(world, open), "machine")}.${recovering}${others}${hidden === null ? "" : ` ${hidden}`} Leader ${world.leader}, Mesos ${world.version}.`,
    next: open.length === 0 ? null : `One in full: /mesos status ${open[0]?.id}`,
    table,
  });
}

/** Which of how many batches the phase and the window are of. */
function batchCell(record: Maintenance): string {
  const { batches } = record;
  const current = currentBatch(record);
  return current === undefined || batches.length < 2
    ? ""
    : `${batches.indexOf(current) + 1}/${batches.length}`;
}

/** What it waits for, of several things the first. */
function troubleCell({ trouble, unwatched, held, paused }: Maintenance): string {
  if (trouble !== null) return inWords(trouble.code);
  return unwatched !== null ? "unwatched" : held !== null ? "held" : paused !== null ? "paused" : "";
}

function hostsCell({ hosts, leftBehindBy }: Maintenance): string {
  return leftBehindBy === undefined ? hosts : `${hosts} (left by ${leftBehindBy})`;
}

function tasksCell(picture: Picture | null): string {
  if (picture === null) return "-";
  const unknown = picture.machines.some(isUnknown) ? "?" : "";
  return `${tasksLeft(picture)}${unknown}/${picture.tasksMost}`;
}

function machinesIn(world: World, open: readonly Maintenance[]): number {
  const { byMachine } = indexAgents(world.agents);
  const others = [...awayMachines(world, open), ...world.status.draining].map(({ machine }) => machine);
  const keys = new Set([...others, ...world.status.down].map(machineKey));
  return byMachine.size + [...keys].filter((key) => !byMachine.has(key)).length;
}
