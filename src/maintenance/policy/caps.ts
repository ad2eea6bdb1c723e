import { indexAgents } from "../cluster/agent-index.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { namesIn } from "../cluster/world-index.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { openBatches } from "../window/whose.js";
import type { DrainAsked } from "./drain-asked.js";
import type { Objection } from "./objection.js";
import { type Cap, settingOf } from "./policy.js";
import { isConfirmed } from "./typed-number.js";

/**
 * So many machines at most are in one maintenance, whatever the caps: its record grows with them, by about 1 kB each and as much
 * again in the weeks that it may last, and one that grew too large could not be read any more (`engine/store/bound.ts`).
 */
export const MOST_MACHINES = 4_000;

/** As many names as are read in one message. */
const MOST_NAMES = 40;

/** A cap in machines: percents are of the active agents, rounded down, at least 1. */
export function capInMachines(cap: Cap, world: World): number {
  if (cap.kind === "count") return cap.count;
  const { active } = indexAgents(world.agents);
  return Math.max(1, Math.floor((active * cap.percent) / 100));
}

/**
 * No more open maintenances of one person than the policy allows. Those that wait to be looked up do not count, so that of many
 * drains sent at once the first ones pass; nor do those of machines that were left behind, which nobody asked for.
 */
export function openPerPerson({ record, others, policy }: DrainAsked): Objection | null {
  const theirs = others.filter(
    ({ requester, end, batches, leftBehindBy }) =>
      requester === record.requester && end === null && batches.length > 0 && leftBehindBy === undefined,
  );
  if (theirs.length < policy.maxOpenPerPerson) return null;
  const setting = settingOf(record.cluster, "max_open_per_person");
  return {
    why: `${setting} allows one person ${counted(policy.maxOpenPerPerson, "open maintenance")}, and <@${record.requester}> has ${theirs.length}: ${list(theirs.map(({ id }) => id))}.`,
    next: "Wait until one of them is over, or end one with /mesos up or /mesos cancel; or send the machines as one drain, for instance in batches (--batch).",
    change: {},
  };
}

/** No more machines in one maintenance than its record holds. */
export function machinesInRecord({ record, machines }: DrainAsked): Objection | null {
  if (machines.length <= MOST_MACHINES) return null;
  return {
    why: `One maintenance holds at most ${MOST_MACHINES} machines, and ${quoted(record.hosts)} stands for ${machines.length}.`,
    next: "Name fewer machines, and send the others as maintenances of their own.",
    change: null,
  };
}

/** No more machines in one maintenance than the cap, unless their exact number was typed and the policy takes that. */
export function machinesPerMaintenance(asked: DrainAsked): Objection | null {
  const { record, machines, world, policy } = asked;
  const cap = policy.caps.machinesPerMaintenance;
  if (cap === null || machines.length <= capInMachines(cap, world) || isLifted(asked)) return null;
  const setting = settingOf(record.cluster, "caps.machines_per_maintenance");
  return {
    why: `${setting} allows ${allowed(cap, world)} in one maintenance, and ${quoted(record.hosts)} stands for ${machines.length}: ${names(machines, world)}.`,
    ...wayOut(asked, ["name fewer machines"]),
  };
}

/**
 * No more machines draining or Down than the cap, whoever drains them: those in the master's status, those that open
 * maintenances of ours are about to post, and these; of batches that go one after another the largest counts.
 */
export function outOfService(asked: DrainAsked): Objection | null {
  const { record, batches, world, others, policy } = asked;
  const cap = policy.caps.outOfService;
  if (cap === null || isLifted(asked)) return null;
  const away = new Set(
    [...world.status.draining.map(({ machine }) => machine), ...world.status.down].map(machineKey),
  );
  for (const other of others) {
    if (other.end === null) for (const key of openBatches(other).keys()) away.add(key);
  }
  const added = batches
    .map((batch) => batch.filter((machine) => !away.has(machineKey(machine))))
    .reduce((most, one) => (one.length > most.length ? one : most), []);
  if (away.size + added.length <= capInMachines(cap, world)) return null;
  const inBatch = batches.length > 1 ? " in one batch" : "";
  const setting = settingOf(record.cluster, "caps.out_of_service");
  return {
    why: `${setting} allows ${allowed(cap, world)} out of service at once; ${away.size} are draining or Down, and ${quoted(record.hosts)} would add ${added.length}${inBatch}: ${names(added, world)}.`,
    ...wayOut(asked, ["name fewer machines", "wait until others are back"]),
  };
}

/** The expansion of the pattern, so that a person sees what it really stands for. */
function names(machines: readonly Machine[], world: World): string {
  return quoted(list(machines.map(namesIn(world, machines).of), ", ", MOST_NAMES));
}

/** Where caps ask for a confirmation, a typed number lifts them. */
function isLifted(asked: DrainAsked): boolean {
  return asked.policy.caps.above === "confirm" && isConfirmed(asked);
}

/** @param ways what there is to do besides. */
function wayOut({ policy }: DrainAsked, ways: readonly string[]): Omit<Objection, "why"> {
  if (policy.caps.above === "confirm") return { next: "", change: {}, unlessMeant: ways };
  const all = [...ways, "send them as several maintenances one after another"].join(", or ");
  return { next: `${all.slice(0, 1).toUpperCase()}${all.slice(1)}.`, change: null };
}

function allowed(cap: Cap, world: World): string {
  const machines = capInMachines(cap, world);
  const share = cap.kind === "percent" ? ` (${cap.percent}% of the active agents)` : "";
  return `${machines === 1 ? "one machine" : `${machines} machines`}${share}`;
}
