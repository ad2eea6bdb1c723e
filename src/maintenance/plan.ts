import { blastRadiusOfBatches } from "./blast/blast.js";
import { type Machine, machineKey } from "./cluster/machine.js";
import type { Resolution } from "./cluster/resolution.js";
import type { Unavailability } from "./cluster/schedule.js";
import type { World } from "./cluster/world.js";
import { indexWorld, namesIn } from "./cluster/world-index.js";
import { withKinds } from "./frameworks/recognise.js";
import { otherWriters } from "./frameworks/writers.js";
import type { HostsFound, Moment } from "./phases/step.js";
import { isOpen } from "./policy/calendar.js";
import { conflictsOf } from "./policy/conflicts.js";
import type { DrainAsked } from "./policy/drain-asked.js";
import { brokenRules, mayNotAsk } from "./policy/drain-rules.js";
import { drainOverride } from "./policy/hours.js";
import { AS_DRAIN, type Objection, refusalOf } from "./policy/objection.js";
import { copiesToKeep } from "./policy/over-budget.js";
import { settingOf } from "./policy/policy.js";
import { whyAmbiguous } from "./policy/shared-names.js";
import { wentOnUnproved } from "./policy/unproved-view.js";
import { ended, firstPostMs, watchedMachines } from "./record/batch.js";
import { untilDown } from "./record/batch-phases.js";
import { withAgentsSeen } from "./record/last-seen.js";
import { withEvent } from "./record/log.js";
import type { Batch, BatchIn, Maintenance } from "./record/record.js";
import { type FoundTrouble, troubleOf, withTrouble } from "./record/troubles.js";
import { planBatches, waitingForHours, withHorizon } from "./rolling/plan-batches.js";
import { windowsFor } from "./rolling/windows.js";
import { isJustElected } from "./sight/just-elected.js";
import { type Look, type Sight, whyFiltered } from "./sight/sight.js";
import { BY_ITSELF } from "./text/go-on.js";
import { list } from "./text/list.js";
import { quoted, unmatched, withoutAgent } from "./text/quote.js";
import type { Refusal } from "./text/reply.js";
import { formatSpan, type Millis, type Nanos } from "./time.js";
import { ourTimes } from "./window/ours.js";
import { holds } from "./window/whose.js";

/**
 * Fixes the machines of a maintenance from what its pattern matches, or ends it with a sentence why not: nothing
 * matched, a name unknown to the master, a machine that is already in somebody's window (invariant 12), a rule of the
 * policy. What goes away with the machines is told before anything is posted. Nothing is posted here.
 */
export function plan(
  record: Maintenance,
  { resolution, others }: HostsFound,
  { world, sight, policy, nowMs }: Omit<Moment, "hosts" | "others">,
): Maintenance {
  const blind = whyUnplannable(record, resolution, { world, sight, nowMs });
  if (blind !== null) return withTrouble(record, blind, nowMs);
  const machines = machinesOf(resolution);
  const everything: DrainAsked = { record, machines, batches: [machines], world, others, policy, nowMs };
  const refused = (asked: DrainAsked, found: readonly Objection[]) =>
    refuse(record, refusalOf({ ...asked, record }, found, AS_DRAIN), nowMs);
  const stranger = mayNotAsk(everything);
  if (stranger !== null) return refused(everything, [stranger]);
  const unclear =
    whatIsMissing(record, resolution) ??
    whyAmbiguous(resolution, world, "/mesos drain", isRegisteredIn(world));
  if (unclear !== null) return refused(everything, [unclear, ...brokenRules(everything, "asking")]);
  // What is in maintenance already is told as that; the rules are asked about what is left without it.
  const conflict = conflictsOf(everything);
  const { free, freeHosts: hosts } = conflict ?? { free: machines, freeHosts: record.hosts };
  const asked = { ...everything, record: { ...record, hosts }, machines: free };
  const inTheWay = [conflict, elsewhere(asked, resolution)].filter((one) => one !== null);
  if (free.length === 0) return refused(asked, [...inTheWay, ...brokenRules(asked, "asking")]);
  const { startMs, durationMs } = record.wanted;
  const divided = planBatches(free, record.wanted.roll, {
    cluster: record.cluster,
    world,
    policy,
    nowMs: startMs ?? nowMs,
  });
  if (divided.kind === "refusal")
    return refused(asked, [...inTheWay, divided, ...brokenRules(asked, "asking")]);
  const inBatches = { ...asked, batches: divided.batches };
  const count = divided.batches.length;
  const wanted = { cluster: record.cluster, batches: count, startMs: startMs ?? nowMs, durationMs };
  const placed = windowsFor(wanted, policy);
  const found: readonly Objection[] = [
    ...inTheWay,
    ...(placed.kind === "refusal" ? [placed] : []),
    ...brokenRules(inBatches, "machines"),
    ...brokenRules(inBatches, "asking"),
  ];
  if (found.length > 0 || placed.kind === "refusal") return refused(inBatches, found);
  const batches = placed.windows.map(({ start, duration }, at) => {
    const window = { start: ownStart(start + ownNanos(record, count), others), duration };
    const batch = unposted(`b${at + 1}`, divided.batches[at] ?? [], window, sight);
    const toKill =
      record.wanted.kill === undefined ? batch : { ...untilDown(batch), phase: "kill_draining" as const };
    return withAgentsSeen<Batch>(toKill, world);
  });
  const blast = blastRadiusOfBatches(world, batches.map(watchedMachines));
  const overridden = withOverride(everything);
  const { roll } = record.wanted;
  const announced = roll === undefined ? null : withHorizon(roll, divided, world);
  const wantedNow = announced === null ? record.wanted : { ...record.wanted, roll: announced.roll };
  const copiesPlanned = copiesToKeep(batches, world, policy);
  const opened = { ...overridden, wanted: wantedNow, batches, blast, copiesPlanned };
  const theirs = blast.frameworks.map(({ frameworkId }) => frameworkId);
  const going = withTrouble(withKinds(opened, world, theirs, policy.frameworks), null, nowMs);
  const planned = withEvent(going, nowMs, { kind: "blast_radius" });
  const notes = [
    ...divided.notes,
    announced?.note ?? null,
    waitingForHours(record.cluster, batches, { world, policy }),
    wentOnUnproved(everything),
    unneededOverride(everything),
    unregistered(resolution, world),
    record.wanted.kill === undefined ? null : KILLED_FIRST,
    announcedLater(record, nowMs),
    ...otherWriters(world, policy.frameworks, foreignMachines(world, others)),
  ];
  return notes.reduce<Maintenance>(
    (told, text) => (text === null ? told : withEvent(told, nowMs, { kind: "note", text })),
    planned,
  );
}

const KILLED_FIRST =
  "With --kill no window is posted yet: first it is asked whether the master is to kill what runs on the machines.";

/** That a window is not posted yet; the machines are taken, and no other drain of ours gets them. */
function announcedLater(record: Maintenance, nowMs: Millis): string | null {
  const { announceMs } = record.wanted;
  if (announceMs === undefined || firstPostMs(record, nowMs) === nowMs) return null;
  return `The window is posted ${formatSpan(announceMs)} before it starts (--announce). Until then no framework is asked to leave, and the machines are kept for this maintenance.`;
}

/** How many machines stand in windows that no open maintenance of ours holds. */
function foreignMachines(world: World, others: readonly Maintenance[]): number {
  const open = others.filter(({ end }) => end === null);
  const scheduled = world.schedule.windows.flatMap(({ machines }) => machines);
  return scheduled.filter((machine) => !open.some((record) => holds(record, machine))).length;
}

/**
 * Windows of a roll move later, so each maintenance has nanoseconds of its own within a millisecond, made from its id:
 * two that are moved to the same opening of the calendar still differ (invariant 12).
 */
function ownNanos({ id }: Maintenance, batches: number): Nanos {
  if (batches < 2) return 0n;
  return BigInt(Number.parseInt(id.replace(/[^a-z0-9]/g, ""), 36) % 1_000_000);
}

/** A batch as it is planned: nothing is posted for it yet. */
function unposted(
  id: string,
  machines: readonly Machine[],
  window: Unavailability,
  sight: Sight,
): BatchIn<"scheduled"> {
  return {
    id,
    machines: [...machines],
    agents: [],
    window,
    movingFrom: null,
    earlierWindows: [],
    drained: [],
    phase: "scheduled",
    approvals: [],
    seenSinceMs: null,
    post: { kind: "none", sightProved: sight.kind === "windows" },
    removal: null,
    intent: null,
    askAnew: null,
    emptySinceMs: null,
    overdueTold: false,
  };
}

/** Why nothing is planned yet on what a look shows, however good the pattern: it does not show everything. */
export function whyUnplannable(
  record: Maintenance,
  resolution: Resolution,
  { world, sight, nowMs }: Look,
  goOn: string = BY_ITSELF,
): FoundTrouble | null {
  const filtered = whyFiltered(sight, goOn);
  if (filtered !== null) return filtered;
  if (world.recoveredAgents.length > 0) return troubleOf("agents_recovering", {}, goOn);
  const missing = whatIsMissing(record, resolution);
  return missing !== null && isJustElected(record, { world, nowMs })
    ? troubleOf("just_elected", { missing: missing.why }, goOn)
    : null;
}

/**
 * The start that was asked for, or some nanoseconds later: no two windows of ours begin at the same one. A window is known
 * as ours by its time, so a maintenance that still takes its own out must not take out that of another (invariant 12).
 */
function ownStart(asked: Nanos, others: readonly Maintenance[]): Nanos {
  const taken = new Set(others.flatMap(({ batches }) => batches.flatMap(ourTimes).map(({ start }) => start)));
  let start = asked;
  while (taken.has(start)) start += 1n;
  return start;
}

/** An override that came with the drain is kept, and told, if it was needed. */
function withOverride({ record, policy, nowMs }: DrainAsked): Maintenance {
  const used = isOpen(policy.calendar, firstPostMs(record, nowMs)) ? null : drainOverride(record, policy);
  if (used === null) return { ...record, overrides: [] };
  const { by, rule, reason } = used;
  return withEvent({ ...record, overrides: [used] }, nowMs, { kind: "overridden", by, rule, reason });
}

/** That an override was given for nothing: who gave it should not count on it later. */
function unneededOverride({ record, policy, nowMs }: DrainAsked): string | null {
  if (record.overrides.length === 0 || !isOpen(policy.calendar, firstPostMs(record, nowMs))) return null;
  const setting = settingOf(record.cluster, "calendar");
  return policy.calendar.length === 0
    ? `--override was not needed: ${setting} is not set. It is not recorded.`
    : `--override was not needed: the hours of ${setting} are open now. It is not recorded and does not count for Down; should that fall outside the hours, type /mesos down ${record.id} --override "why it cannot wait" then.`;
}

function unregistered({ literals }: Resolution, world: World): string | null {
  if (literals.length === 0) return null;
  const names = quoted(list(literals.map(namesIn(world, literals).of)));
  return `${names}: no agent is registered for it at the master, so its window stands but nothing drains because of it.`;
}

/** Every machine once: a master refuses a list that names one twice. */
export function machinesOf(resolution: Resolution): Machine[] {
  const all = [...resolution.machines, ...resolution.literals];
  return [...new Map(all.map((machine) => [machineKey(machine), machine])).values()];
}

/** Ends a maintenance that has posted nothing. */
export function refuse(record: Maintenance, refusal: Refusal, nowMs: Millis): Maintenance {
  const told = withEvent(record, nowMs, { kind: "failed", ...refusal });
  return ended(told, "failed", nowMs, refusal.why);
}

/** What the pattern names and the master does not show. */
export function whatIsMissing(
  { cluster, hosts, wanted }: Maintenance,
  resolution: Resolution,
): Objection | null {
  const { matchedNothing, unknown } = resolution;
  const again = wanted.adopt ? "then adopt what it shows" : "then send the drain again";
  if (matchedNothing.length > 0) {
    return {
      why: `Nothing in ${cluster} matches ${unmatched(matchedNothing)}.`,
      next: `Look with /mesos hosts ${suggestion(resolution)} --cluster ${cluster}, ${again}.`,
      change: null,
    };
  }
  if (unknown.length > 0) {
    return {
      why: withoutAgent(`The master of ${cluster}`, resolution),
      next: "Start the agents, leave these hosts out of the pattern, or name a machine that is not registered as host|ip.",
      change: null,
    };
  }
  if (machinesOf(resolution).length > 0) return null;
  return {
    why: `The pattern \`${quoted(hosts)}\` leaves no machine in ${cluster}.`,
    next: `Look with /mesos hosts ${quoted(hosts)} --cluster ${cluster}, ${again}.`,
    change: null,
  };
}

/** A machine that is named with another IP than its agent's. */
function elsewhere({ world }: DrainAsked, { literals }: Resolution): Objection | null {
  const wrong = literals.flatMap((literal) => {
    const name = literal.hostname.toLowerCase();
    const agents = world.agents.filter(({ machine }) => machine.hostname.toLowerCase() === name);
    const ips = [...new Set(agents.map(({ machine }) => machine.ip))];
    return ips.length === 0 ? [] : [`${literal.hostname} is registered at ${list(ips)}, not ${literal.ip}`];
  });
  if (wrong.length === 0) return null;
  return {
    // A window on the wrong IP would go Down at the master while the real machine runs on (invariant 4).
    why: `${quoted(list(wrong, "; "))}.`,
    next: "Name the machine by its host name alone, or with the IP that /mesos hosts shows.",
    change: null,
  };
}

function isRegisteredIn(world: World): (machine: Machine) => boolean {
  const { agents } = indexWorld(world);
  return (machine) => agents.has(machineKey(machine));
}

function suggestion(resolution: Resolution): string {
  const near = resolution.matchedNothing.flatMap((miss) => miss.nearest)[0];
  return near ?? "all";
}
