import { claimedBy, grouped, standOf, type Unclaimed } from "./adopting/unclaimed.js";
import { blastRadiusOfBatches } from "./blast/blast.js";
import { type Machine, machineKey } from "./cluster/machine.js";
import type { World } from "./cluster/world.js";
import { indexWorld, namesIn } from "./cluster/world-index.js";
import { withKinds } from "./frameworks/recognise.js";
import type { HostsFound, Moment } from "./phases/step.js";
import { machinesOf, refuse, whatIsMissing, whyUnplannable } from "./plan.js";
import type { DrainAsked } from "./policy/drain-asked.js";
import { brokenRules, mayNotAsk } from "./policy/drain-rules.js";
import { AS_ADOPTION, type Objection, refusalOf } from "./policy/objection.js";
import { whyAmbiguous } from "./policy/shared-names.js";
import { isConfirmed } from "./policy/typed-number.js";
import type { AgentSeen } from "./record/agent-seen.js";
import { watchedMachines } from "./record/batch.js";
import { withAgentsSeen } from "./record/last-seen.js";
import { withEvent } from "./record/log.js";
import type { Batch, BatchIn, Maintenance } from "./record/record.js";
import { withTrouble } from "./record/troubles.js";
import { counted, list } from "./text/list.js";
import { quoted } from "./text/quote.js";
import { type Millis, nanosToMillis } from "./time.js";
import { windowOf } from "./window/edit.js";
import { windowWords } from "./window/whose.js";

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
  const stranger = mayNotAsk(asked);
  if (stranger !== null) return refuse(record, refusalOf(asked, [stranger], AS_ADOPTION), nowMs);
  const groups = grouped(world, machines);
  const [group] = groups;
  const unfit =
    whatIsMissing(record, resolution) ??
    whyAmbiguous(
      resolution,
      world,
      "/mesos adopt",
      (machine) => windowOf(world.schedule, machine) !== null,
    ) ??
    notToAdopt(asked) ??
    severalGroups(groups, world) ??
    otherThanShown(record, group);
  const found = [unfit ?? unconfirmed(asked, group), ...brokenRules(asked, "adopting")].filter(
    (objection) => objection !== null,
  );
  if (found.length > 0 || group === undefined)
    return refuse(record, refusalOf(asked, found, AS_ADOPTION), nowMs);
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

/** Machines that cannot be adopted: open maintenances look after them, or they stand in no window. */
function notToAdopt({ record, machines, world, others }: DrainAsked): Objection | null {
  const claimed = claimedBy(others);
  const { down } = indexWorld(world);
  const names = namesIn(world, machines);
  const unfit = machines.flatMap((machine): { machine: Machine; by?: string; why: string }[] => {
    const name = names.of(machine);
    const by = claimed.get(machineKey(machine))?.id;
    if (by !== undefined) return [{ machine, by, why: `${name} is in ${by}` }];
    if (windowOf(world.schedule, machine) !== null) return [];
    const state = down.has(machineKey(machine)) ? "is Down" : "is up";
    return [{ machine, why: `${name} ${state} and stands in no window` }];
  });
  if (unfit.length === 0) return null;
  const claimedOnes = [...new Set(unfit.flatMap(({ by }) => by ?? []))];
  const ways = [
    ...(claimedOnes.length === 0 ? [] : [`Look at it with /mesos status ${claimedOnes[0]}.`]),
    ...(unfit.some(({ by }) => by === undefined)
      ? ["To have a machine drained that stands in no window, open a maintenance with /mesos drain."]
      : []),
  ];
  const isAll = unfit.length === machines.length;
  const without = unfit.map(({ machine }) => `:!${names.typed(machine)}`).join("");
  return {
    why: `${quoted(list(unfit.map(({ why }) => why)))}. Only machines that stand in a window and are in no open maintenance can be adopted.`,
    next: [...(isAll ? [] : ["Leave these machines out of the pattern."]), ...ways].join(" "),
    change: isAll ? null : { hosts: `${record.hosts}${without}`, confirmed: null },
  };
}

/** One maintenance has one window, and its machines go together. */
function severalGroups(groups: readonly Unclaimed[], world: World): Objection | null {
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
    change: null,
  };
}

/** A button means what its message showed, however old that is (invariant 5). */
function otherThanShown({ wanted }: Maintenance, group: Unclaimed | undefined): Objection | null {
  const shown = wanted.adopt?.shown;
  if (shown === undefined || group === undefined) return null;
  const now = standOf(group);
  const isSame = (["startNs", "durationNs", "isDown"] as const).every((what) => shown[what] === now[what]);
  if (isSame) return null;
  return {
    why: `These machines stand otherwise than in the message whose button was pressed: ${group.isDown ? "Down" : "draining"} ${windowWords(group.window)}.`,
    next: "Look at it with /mesos schedule. To adopt them as they stand now, type /mesos adopt with their names.",
    change: null,
  };
}

/** A window carries no name: it may be that of another team, of another tool or of another bot. */
function unconfirmed(asked: DrainAsked, group: Unclaimed | undefined): Objection | null {
  if (isConfirmed(asked) || group === undefined) return null;
  const count = counted(asked.machines.length, "machine");
  return {
    why: `${count} ${asked.machines.length === 1 ? "stands" : "stand"} ${group.isDown ? "Down" : "draining"} ${windowWords(group.window)}. A master does not tell whose window that is: it may be of another team, another tool or another installation of this bot, which may be at work on the machines.`,
    next: "",
    change: {},
    unlessMeant: ["ask those who may have taken them"],
  };
}
