import type { Logger } from "../../base/logger.js";
import { openRecords } from "../../engine/lanes/records.js";
import { openStore } from "../../engine/store/open-store.js";
import { type Machine, type MachineId, machineKey, machineNames } from "../../maintenance/cluster/machine.js";
import type { Schedule } from "../../maintenance/cluster/schedule.js";
import type { World } from "../../maintenance/cluster/world.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { utc } from "../../maintenance/text/utc.js";
import { removeMachines } from "../../maintenance/window/edit.js";
import { inOurWindow } from "../../maintenance/window/ours.js";
import { stringifyExactJson } from "../master/exact-json.js";
import { CLUSTER, type Installation } from "./installation.js";
import { downOf } from "./own-machines.js";
import { until } from "./until.js";

const LOOK_LIMIT_MS = 20_000;

/** Of the maintenances that have ended as many are looked at again: more than anybody plays through by hand. */
const MOST_ENDED = 1_000;

/**
 * Which machines of the demo's maintenances are still out of service, in words, with the calls that bring them back; `null`
 * when none is. To be called once the program has ended: nothing is posted any more then, and the queue can be read.
 *
 * @param asked the machines of the play, to be named where the queue cannot be read.
 */
export async function stillAway(
  installation: Installation,
  asked: readonly Machine[],
): Promise<string | null> {
  const { master, masterUrl } = installation;
  const records = await recordsIn(installation).catch(() => null);
  const world = await until("the master", () => master.snapshot(), LOOK_LIMIT_MS).catch(() => null);
  if (world === null) {
    const open = records?.filter(({ end }) => end === null).flatMap(({ batches }) => batches);
    const machines = open?.flatMap((batch) => batch.machines) ?? asked;
    return machines.length === 0 ? null : whatToLookFor(masterUrl, machines);
  }
  const ours =
    records?.flatMap(({ batches }) => batches).flatMap((batch) => inOurWindow(world, batch)) ??
    asked.filter((machine) => isScheduled(world, machine));
  return ours.length === 0 ? null : howToBringBack(masterUrl, world, ours);
}

async function recordsIn({ store: settings }: Installation): Promise<readonly Maintenance[]> {
  const store = await openStore(settings, QUIET, LOOK_LIMIT_MS);
  try {
    const records = openRecords(store, CLUSTER, QUIET);
    const [open, finished] = await Promise.all([records.open(), records.finished(MOST_ENDED)]);
    return [...open.records, ...finished.records];
  } finally {
    await store.close();
  }
}

const QUIET: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function isScheduled({ schedule }: World, machine: Machine): boolean {
  return schedule.windows.some(({ machines }) =>
    machines.some((one) => machineKey(one) === machineKey(machine)),
  );
}

/** These machines of ours as the world shows them, with the calls that bring them back. */
export function howToBringBack(masterUrl: string, world: World, ours: readonly Machine[]): string {
  const down = downOf(world, ours);
  const draining = ours.filter((machine) => !down.includes(machine));
  const leader = `${masterUrl.startsWith("https:") ? "https" : "http"}://${world.leader}`;
  const rest = removeMachines(world.schedule, ours, []);
  return [
    "✗ Still out of service, because of this demo:",
    ...(down.length === 0 ? [] : [`  Down: ${named(down)}`]),
    ...(draining.length === 0 ? [] : [`  draining: ${named(draining)}`]),
    "",
    "Next: send this to the leading master.",
    ...(down.length === 0 ? [] : ["", curl(leader, stopMaintenance(down))]),
    ...(draining.length === 0
      ? []
      : [
          "",
          `The schedule without these machines, as it was at ${utc(world.observedAtMs, "second")} UTC. Where GET_MAINTENANCE_SCHEDULE`,
          "shows another one by now, send that without them instead:",
          curl(leader, updateSchedule(rest)),
        ]),
  ].join("\n");
}

/** The same where the master cannot be read. */
export function whatToLookFor(masterUrl: string, machines: readonly Machine[]): string {
  return [
    "✗ The master cannot be read. These machines of this demo may still be out of service, draining or Down:",
    `  ${named(machines)}`,
    "",
    "Next: look at GET_MAINTENANCE_STATUS of the leading master. Bring those that are Down back with",
    "",
    curl(masterUrl, stopMaintenance(machines)),
    "",
    "and take those that drain out of what GET_MAINTENANCE_SCHEDULE shows, with UPDATE_MAINTENANCE_SCHEDULE.",
  ].join("\n");
}

function named(machines: readonly MachineId[]): string {
  // Whoever reads it has no list beside it: each with its IP.
  return machines.map(machineNames(() => true).of).join(", ");
}

function stopMaintenance(machines: readonly MachineId[]): string {
  const ids = machines.map(({ hostname, ip }) => ({ hostname, ip }));
  return stringifyExactJson({ type: "STOP_MAINTENANCE", stop_maintenance: { machines: ids } });
}

/** Nanoseconds exact, halves and ends that are missing left out, as the master has them (invariant 1). */
function updateSchedule({ windows }: Schedule): string {
  const all = windows.map(({ machines, start, duration }) => ({
    machine_ids: machines.map(({ hostname, ip }) => ({ hostname, ip })),
    unavailability: {
      start: { nanoseconds: start },
      duration: duration === null ? undefined : { nanoseconds: duration },
    },
  }));
  return stringifyExactJson({
    type: "UPDATE_MAINTENANCE_SCHEDULE",
    update_maintenance_schedule: { schedule: { windows: all } },
  });
}

/** A call for a shell; curl asks for the secret where there is a login. */
function curl(url: string, body: string): string {
  const login = process.env.MESOS_PRINCIPAL ? ' -u "$MESOS_PRINCIPAL"' : "";
  const text = body.replaceAll("'", "'\\''");
  return `curl${login} -H 'Content-Type: application/json' -d '${text}' ${url.replace(/\/$/, "")}/api/v1`;
}
