import { claimedBy, grouped, standOf, type Unclaimed } from "./adopting/unclaimed.js";
import { blastRadiusOfBatches } from "./blast/blast.js";
import { type Machine, machineKey } from "./cluster/machine.js";
import type { World } from "./cluster/world.js";
import { indexWorld, namesIn } from "./cluster/world-index.js";
import { withKinds } from "./frameworks/recognise.js";
import type { HostsFound, Moment } from "./phases/step.js";
import { machinesOf, refuse, whatIsMissing, whyUnplannable } from "./plan.js";
import { type DrainAsked, howToConfirm, isConfirmed } from "./policy/drain-asked.js";
import { brokenAdoptRules } from "./policy/drain-rules.js";
import { whyAmbiguous } from "./policy/shared-names.js";
import type { AgentSeen } from "./record/agent-seen.js";
import { watchedMachines } from "./record/batch.js";
import { withAgentsSeen } from "./record/last-seen.js";
import { withEvent } from "./record/log.js";
import type { Batch, BatchIn, Maintenance } from "./record/record.js";
import { withTrouble } from "./record/troubles.js";
import { counted, list } from "./text/list.js";
import { quoted } from "./text/quote.js";
import type { Refusal } from "./text/reply.js";
import { type Millis, nanosToMillis } from "./time.js";
import { windowOf } from "./window/edit.js";
import { windowWords } from "./window/whose.js";

const NOT_DONE = "Nothing was adopted and nothing was posted.";

/**
 * Opens a maintenance around a window that stands already, or ends it with a sentence why not. Nothing is posted: machines that
 * are Down go on with Up and the wait for their agents, those that drain with the question for Down. Whose window it is a
 * master does not tell, so a person has to confirm how many machines it is (invariant 12).
 */
export function adopt(
  record: Maintenance,
  { resolution, others }: HostsFound,
  { world, sight, policy, nowMs }: Omit<Moment, "hosts" | "others">,
): Maintenance {
  const blind = whyUnplannable(record, resolution, { world, sight, nowMs });
  if (blind !== null) return withTrouble(record, blind, nowMs);
  const machines = machinesOf(resolution);
  const asked: DrainAsked = { record, machines, batches: [machines], world, others, policy, nowMs };
  const groups = grouped(world, machines);
  const [group] = groups;
  const refusal =
    whatIsMissing(record, resolution) ??
    whyAmbiguous(
      resolution,
      world,
      "/mesos adopt",
      (machine) => windowOf(world.schedule, machine) !== null,
    ) ??
    ownedAlready(asked) ??
    withoutWindow(asked) ??
    severalGroups(groups, world) ??
    otherThanShown(record, group) ??
    firstRule(asked) ??
    unconfirmed(asked, group);
  if (refusal !== null || group === undefined)
    return refuse(record, { next: "", ...refusal, why: `${refusal?.why ?? ""} ${NOT_DONE}` }, nowMs);
  const batch = group.isDown ? downBatch(group, world) : drainingBatch(group, world);
  return opened(record, batch, group, { world, policy, nowMs });
}

function opened(
  record: Maintenance,
  batch: Batch,
  { window, isDown, machines }: Unclaimed,
  { world, policy, nowMs }: Pick<Moment, "world" | "policy" | "nowMs">,
): Maintenance {
  const blast = isDown ? null : blastRadiusOfBatches(world, [watchedMachines(batch)]);
  const wanted = {
    ...record.wanted,
    startMs: nanosToMillis(window.start),
    durationMs: window.duration === null ? 0 : nanosToMillis(window.duration),
  };
  const theirs = blast?.frameworks.map(({ frameworkId }) => frameworkId) ?? [];
  const going = withKinds({ ...record, wanted, batches: [batch], blast }, world, theirs, policy.frameworks);
  const event = { kind: "adopted", batch: batch.id, machines: machines.length, down: isDown } as const;
  return withEvent(withTrouble(going, null, nowMs), nowMs, event);
}

/** What a batch of a window that stands already has in every phase. */
function standing({ machines, window }: Unclaimed, seenSinceMs: Millis) {
  return {
    ...{ id: "b1", machines: [...machines], agents: [], window, movingFrom: null, earlierWindows: [] },
    ...{ drained: [], approvals: [], seenSinceMs, overdueTold: false },
  };
}

/** Of a machine without a registered agent nobody knows what runs there (invariant 13). */
function drainingBatch(group: Unclaimed, world: World): Batch {
  const { agents } = indexWorld(world);
  const batch: BatchIn<"draining"> = {
    ...standing(group, world.observedAtMs),
    ...{ phase: "draining", removal: null, intent: null, askAnew: null, emptySinceMs: null },
    askedByItself: false,
    agents: group.machines.filter((machine) => !agents.has(machineKey(machine))).map(supposedOn),
  };
  return withAgentsSeen<Batch>(batch, world);
}

/** The master has forgotten the agents of machines that are Down: one on each is awaited after Up (invariant 13). */
function downBatch(group: Unclaimed, world: World): BatchIn<"down"> {
  return {
    ...standing(group, world.observedAtMs),
    ...{ phase: "down", confirmedUp: [] },
    agents: group.machines.map(supposedOn),
  };
}

function supposedOn(machine: Machine): AgentSeen {
  const key = machineKey(machine);
  return { machine: key, id: key, supposed: true };
}

/** Machines of open maintenances are looked after. */
function ownedAlready({ machines, world, others }: DrainAsked): Refusal | null {
  const claimed = claimedBy(others);
  const names = namesIn(world, machines);
  const found = machines.flatMap((machine) => {
    const by = claimed.get(machineKey(machine));
    return by === undefined ? [] : [{ name: names.of(machine), id: by.id }];
  });
  const [first] = found;
  if (first === undefined) return null;
  return {
    why: `${quoted(list(found.map(({ name, id }) => `${name} is in ${id}`)))}.`,
    next: `Look at it with /mesos status ${first.id}, and leave its machines out of the pattern.`,
  };
}

function withoutWindow({ machines, world }: DrainAsked): Refusal | null {
  const { down } = indexWorld(world);
  const names = namesIn(world, machines);
  const none = machines.filter((machine) => windowOf(world.schedule, machine) === null);
  if (none.length === 0) return null;
  const told = none.map((machine) =>
    down.has(machineKey(machine)) ? `${names.of(machine)} is Down` : `${names.of(machine)} is up`,
  );
  return {
    why: `The master shows no window of ${quoted(list(told))}; only machines that stand in one can be adopted.`,
    next: "Leave these machines out of the pattern. To have one drained, open a maintenance with /mesos drain.",
  };
}

/** One maintenance has one window, and its machines go together. */
function severalGroups(groups: readonly Unclaimed[], world: World): Refusal | null {
  if (groups.length < 2) return null;
  const names = namesIn(world);
  const told = groups.map(
    ({ window, isDown, machines }) =>
      `${counted(machines.length, "machine")} ${isDown ? "Down" : "draining"} ${windowWords(window)}`,
  );
  const lines = groups.map(
    ({ machines }) =>
      `/mesos adopt ${quoted(machines.map(names.typed).join(","))} --confirm ${machines.length}`,
  );
  return {
    why: `These machines do not stand alike: ${list(told, "; ", 5)}. What is adopted together has one window, and is all Down or all draining.`,
    next: `Adopt them one after another: ${list(lines, "; ", 5)}.`,
  };
}

/** A button means what its message showed, however old that is (invariant 5). */
function otherThanShown({ wanted }: Maintenance, group: Unclaimed | undefined): Refusal | null {
  const shown = wanted.adopt?.shown;
  if (shown === undefined || group === undefined) return null;
  const now = standOf(group);
  const isSame = (["startNs", "durationNs", "isDown"] as const).every((what) => shown[what] === now[what]);
  if (isSame) return null;
  return {
    why: `These machines stand otherwise than in the message whose button was pressed: ${group.isDown ? "Down" : "draining"} ${windowWords(group.window)}.`,
    next: "Look at it with /mesos schedule. To adopt them as they stand now, type /mesos adopt with their names.",
  };
}

function firstRule(asked: DrainAsked): Refusal | null {
  const broken = brokenAdoptRules(asked);
  if (broken.length === 0) return null;
  return {
    why: broken.map(({ why }) => why).join(" "),
    next: [...new Set(broken.map(({ next }) => next))].join(" "),
  };
}

/** A window carries no name: it may be that of another team, of another tool or of another bot. */
function unconfirmed(asked: DrainAsked, group: Unclaimed | undefined): Refusal | null {
  if (isConfirmed(asked) || group === undefined) return null;
  const count = counted(asked.machines.length, "machine");
  return {
    why: `${count} ${asked.machines.length === 1 ? "stands" : "stand"} ${group.isDown ? "Down" : "draining"} ${windowWords(group.window)}. A master does not tell whose window that is: it may be of another team, another tool or another installation of this bot, which may be at work on the machines.`,
    next: howToConfirm(asked, "ask those who may have taken them."),
  };
}
