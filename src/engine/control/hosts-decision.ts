import { type Machine, machineKey } from "../../maintenance/cluster/machine.js";
import type { World } from "../../maintenance/cluster/world.js";
import { namesIn } from "../../maintenance/cluster/world-index.js";
import { type Decision, whyNotPossible } from "../../maintenance/decisions/table.js";
import { whyAmbiguous } from "../../maintenance/policy/shared-names.js";
import { isToGoDown, placeOf } from "../../maintenance/record/batch.js";
import { namesOf } from "../../maintenance/record/names.js";
import type { Batch, Maintenance } from "../../maintenance/record/record.js";
import { mendUnreadable, whichUnreadable } from "../../maintenance/record/unreadable.js";
import { isItsTurn } from "../../maintenance/rolling/turn.js";
import { mayHide, sightOf } from "../../maintenance/sight/sight.js";
import { notOurs } from "../../maintenance/text/command.js";
import { list } from "../../maintenance/text/list.js";
import { quoted, unmatched } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { windowOf } from "../../maintenance/window/edit.js";
import { holds, whose } from "../../maintenance/window/whose.js";
import { HostsError } from "../cluster/cluster.js";
import type { DecisionRequest, HostsJob } from "../lanes/jobs.js";
import { noSuchMaintenance } from "../lanes/not-found.js";
import { PROOFS } from "../lanes/records.js";
import { replyFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import { giveBackLeft, type Left, leftAmong, SEND_AGAIN } from "./give-back-left.js";
import type { ControlPorts } from "./ports.js";

/** What is decided on: a maintenance, or one of its several batches where the hosts are just those of that batch. */
interface Meant {
  readonly record: Maintenance;
  /** `null`: all of it. */
  readonly batch: Batch | null;
}

/**
 * A verb with hosts, such as `/mesos up web-*`: finds the maintenances that the hosts belong to and decides on each; those that
 * only keep or change something, on one alone. Only whole maintenances of ours, or whole batches, are decided on; for anything
 * else the person is told whose it seems to be (invariant 12).
 */
export async function decideForHosts(
  request: HostsJob,
  ports: ControlPorts,
  run: (decision: DecisionRequest) => Promise<string>,
  fence: () => Promise<Proof>,
): Promise<string> {
  const meant = await maintenancesMeant(request, ports, fence);
  if ("tone" in meant) {
    await ports.reply(request.replyTo, meant);
    return meant.tone;
  }
  return await decideOn(meant, request, run);
}

async function maintenancesMeant(
  request: HostsJob,
  ports: ControlPorts,
  fence: () => Promise<Proof>,
): Promise<readonly Meant[] | Reply> {
  const { verb, target, decision } = request;
  if (target.kind === "id") {
    const record = await ports.records.find(target.id);
    return record === null ? await noSuchMaintenance(target.id, [ports.records]) : [{ record, batch: null }];
  }
  const { hosts } = target;
  const seen = await look(hosts, ports).catch((error: unknown) =>
    error instanceof HostsError
      ? refusal(error.message, `${error.mend}, then ${SEND_AGAIN}.`)
      : replyFrom(error, "Nothing was done.", SEND_AGAIN),
  );
  if ("tone" in seen) return seen;
  const { open, machines, matchedNothing } = seen;
  if (matchedNothing.length > 0 || machines.length === 0) {
    const what = unmatched(matchedNothing.length > 0 ? matchedNothing : [{ term: hosts, nearest: [] }]);
    const next = "See the open maintenances with /mesos status.";
    return refusal(`Nothing in ${ports.cluster.name} matches ${what}.`, next);
  }
  const ambiguous = whyAmbiguous(seen, seen.world, `/mesos ${verb}`, (machine) =>
    open.some((record) => holds(record, machine)),
  );
  if (ambiguous !== null) return refusal(ambiguous.why, ambiguous.next);
  const unknown = whyUnknown(seen);
  if (unknown !== null) return unknown;
  const [left, ...more] = leftIn(seen);
  if (decision.kind === "cancel" && left !== undefined && more.length + 1 === machines.length) {
    return await giveBackLeft([left, ...more], seen.world, ports, fence);
  }
  const named = new Set(machines.map(machineKey));
  const theirs = open.filter((record) => machines.some((machine) => holds(record, machine)));
  const meant = theirs.map((record) => ({ record, batch: batchNamed(record, named) }));
  return (
    whyForeign(request, hosts, seen, wholeOne(meant, named)) ??
    whyNotDone(request, meant, named) ??
    whySeveral(request, meant) ??
    meant
  );
}

/** The only maintenance that holds any of the machines, where all of its machines are named. */
function wholeOne([one, ...more]: readonly Meant[], named: ReadonlySet<string>): Maintenance | null {
  if (one === undefined || more.length > 0) return null;
  const all = one.record.batches.flatMap(({ machines }) => machines);
  return all.every((machine) => named.has(machineKey(machine))) ? one.record : null;
}

/** The same command about one maintenance. */
const lineFor = ({ verb, rest }: Pick<HostsJob, "verb" | "rest">, { id }: Maintenance): string =>
  `/mesos ${verb} ${id}${notOurs(rest)}`;

/** What gives machines back, or asks about them, may be decided on several at once; all else is meant for one. */
const ON_SEVERAL: readonly Decision["kind"][] = ["ask_down", "up", "cancel"];

function whySeveral(request: HostsJob, meant: readonly Meant[]): Reply | null {
  if (meant.length < 2 || ON_SEVERAL.includes(request.decision.kind)) return null;
  const ids = list(meant.map(({ record }) => record.id));
  return replyOf({
    tone: "refused",
    text: `These hosts are in ${meant.length} maintenances: ${ids}. ${wordOf(request)} is for one of them.`,
    notDone: "Nothing was done.",
    next: "Copy the line of each that you mean.",
    table: meant.map(({ record }) => lineFor(request, record)).join("\n"),
  });
}

/** A verb where it begins a sentence: `Kill-drain`. */
const wordOf = ({ verb }: Pick<HostsJob, "verb">): string =>
  `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}`;

type Seen = Awaited<ReturnType<typeof look>>;

async function look(hosts: string, { cluster, records }: ControlPorts) {
  const world = await cluster.world("fresh");
  const { records: open, unreadable } = await records.open();
  const { records: finished } = await records.finished(PROOFS);
  return { world, open, unreadable, finished, ...(await cluster.resolve(hosts, world, open)) };
}

/** Some of the machines are in no record that can be read, and there are others: whose they are nobody can say (invariant 13). */
function whyUnknown({ world, open, unreadable, machines }: Seen): Reply | null {
  const free = machines.filter((machine) => !open.some((record) => holds(record, machine)));
  if (free.length === 0 || unreadable.length === 0) return null;
  const names = quoted(list(free.map(namesIn(world, machines).of)));
  const text = `Whether ${names} ${free.length === 1 ? "is" : "are"} in a maintenance is not known. ${whichUnreadable(unreadable)}`;
  return replyOf({ tone: "error", text, notDone: "Nothing was done.", next: mendUnreadable(unreadable) });
}

/** Machines in no maintenance that stand in a window of one that has ended. */
function leftIn({ world, open, finished, machines }: Seen): Left[] {
  const free = machines.filter((machine) => !open.some((record) => holds(record, machine)));
  return leftAmong(free, world, finished);
}

const refusal = (text: string, next: string, line: string | null = null): Reply =>
  replyOf({ tone: "refused", text, notDone: "Nothing was done.", next, line });

/**
 * Some of the machines are in no maintenance of ours.
 *
 * @param ours the one that all the others are, and make up.
 */
function whyForeign(request: HostsJob, hosts: string, seen: Seen, ours: Maintenance | null): Reply | null {
  const { world, open, finished, machines } = seen;
  const foreign = machines.filter((machine) => !open.some((record) => holds(record, machine)));
  if (foreign.length === 0) return null;
  const nameOf = namesIn(world, machines).of;
  const windows = foreign.map((machine) => windowOf(world.schedule, machine));
  if (foreign.length === machines.length && windows.every((window) => window === null)) {
    const names = quoted(list(foreign.map(nameOf)));
    const [are, they] = foreign.length === 1 ? ["is", "it is"] : ["are", "they are"];
    const { kind } = request.decision;
    if (kind === "ask_down") {
      return refusal(`${names} ${are} in no maintenance.`, `Open one first: /mesos drain ${quoted(hosts)}.`);
    }
    if (kind !== "up" && kind !== "cancel") {
      return refusal(`${names} ${are} in no maintenance.`, "See what is open with /mesos status.");
    }
    const hidden = mayHide(sightOf(world));
    const text = `${names} ${are} in no maintenance, and the master shows no window there.`;
    return hidden === null
      ? refusal(text, `Nothing: ${they} up.`)
      : refusal(
          `${text} ${hidden}`,
          `Nothing, if ${they} up; see it with an account that sees the schedule.`,
        );
  }
  const lines = foreign.map((machine, at) => {
    const window = windows[at] ?? null;
    return window === null
      ? `${quoted(nameOf(machine))} is in no maintenance`
      : `${quoted(nameOf(machine))} stands ${whose(machine, window, [...open, ...finished])}`;
  });
  return refusal(
    `${wordOf(request)} is only done for machines of our own maintenances: ${list(lines, "; ")}.`,
    ours === null
      ? nextForForeign(leftIn(seen), world)
      : `${nextForForeign(leftIn(seen), world)} The others are all of ${ours.id}; its line stands below.`,
    ours === null ? null : lineFor(request, ours),
  );
}

function nextForForeign(left: readonly Left[], world: World): string {
  const leave =
    "Leave these machines out of the pattern; a window of somebody else is for its owner to close.";
  if (left.length === 0) return leave;
  const { typed } = namesIn(world);
  const hosts = quoted(left.map(({ machine }) => typed(machine)).join(","));
  return `Give back what stands in a window of ours that has ended, alone: /mesos cancel ${hosts}. ${leave}`;
}

/** The one of several batches whose machines are named, all of them and none of another; `null` where it is not so. */
function batchNamed({ batches }: Maintenance, named: ReadonlySet<string>): Batch | null {
  if (batches.length < 2) return null;
  const of = batches.filter(({ machines }) => machines.some((machine) => named.has(machineKey(machine))));
  const [batch] = of;
  const isWhole = batch?.machines.every((machine) => named.has(machineKey(machine))) ?? false;
  return of.length === 1 && isWhole ? (batch ?? null) : null;
}

/** One of the maintenances also holds machines that were not named, or a batch is named for what is done to all of them. */
function whyNotDone(request: HostsJob, meant: readonly Meant[], named: ReadonlySet<string>): Reply | null {
  for (const { record, batch } of meant) {
    if (batch !== null) {
      if (aboutBatch(request.decision, record, batch) === null) return notForOneBatch(request, record, batch);
      continue;
    }
    const all = record.batches.flatMap(({ machines }) => machines);
    const rest = all.filter((machine) => !named.has(machineKey(machine)));
    if (rest.length === 0) continue;
    const several = record.batches.length > 1;
    const { who, others } = heldBeside(record, named, rest);
    // A command that would be refused as well is not advised.
    const why = whyNotPossible(record, request.decision);
    if (why !== null) {
      const together = `The machines of one ${several ? "batch" : "maintenance"} go together.`;
      return refusal(`${why.text} ${together}`, why.next ?? `See /mesos status ${record.id}.`);
    }
    return refusal(
      `${who} also holds ${list(others.map(namesOf(record).of))}, and ${several ? "the machines of a batch" : "its machines"} go together.`,
      `${several ? "Name all machines of one batch. " : ""}For all of them: ${lineFor(request, record)}.`,
    );
  }
  return null;
}

/** What holds machines that were not named: the one batch that some were named of, else all of the maintenance. */
function heldBeside(record: Maintenance, named: ReadonlySet<string>, rest: readonly Machine[]) {
  const { id, batches } = record;
  const isNamed = (machine: Machine) => named.has(machineKey(machine));
  const [batch, ...more] = batches.filter(({ machines }) => machines.some(isNamed));
  const others = batch?.machines.filter((machine) => !isNamed(machine)) ?? [];
  if (batches.length < 2 || batch === undefined || more.length > 0 || others.length === 0)
    return { who: id, others: rest };
  return { who: `${id}: ${placeOf(record, batch.id)}`, others };
}

/** Some decisions are about the whole maintenance, or about the batch whose turn it is; Cancel has Skip for the one. */
function notForOneBatch(request: HostsJob, record: Maintenance, batch: Batch): Reply {
  const { id } = record;
  const place = placeOf(record, batch.id);
  const all = `For all: ${lineFor(request, record)}.`;
  if (ON_TURN.includes(request.decision.kind)) {
    const text = `These are the machines of ${place} of ${id}, and ${request.verb} is for the batch whose turn it is.`;
    return refusal(text, `See whose turn it is with /mesos status ${id}.`);
  }
  if (request.decision.kind !== "cancel") {
    const text = `These are the machines of ${place} of ${id}, and ${request.verb} is for all of it.`;
    return refusal(text, all);
  }
  const isNow = whyNotPossible(record, { kind: "skip", batch: batch.id }) === null;
  const later = isToGoDown(batch) ? " Skip is for one batch alone, when it is its turn." : "";
  const alone = isNow ? ` To skip ${place} alone: /mesos skip ${id}.` : later;
  return refusal(
    `These are the machines of ${place} of ${id}, and Cancel gives back all that is not Down.`,
    `${all}${alone}`,
  );
}

/** The rule is lifted and the question asked by one job: a queue that goes away has taken both, or neither. */
async function decideOn(
  meant: readonly Meant[],
  { decision, override, person, askedAtMs, replyTo }: HostsJob,
  run: (decision: DecisionRequest) => Promise<string>,
): Promise<string> {
  for (const { record, batch } of meant) {
    const maintenance = record.id;
    if (override !== null) {
      const lifted: Decision = { kind: "override", reason: override };
      await run({ maintenance, decision: lifted, person, askedAtMs, replyTo });
    }
    const about = batch === null ? decision : (aboutBatch(decision, record, batch) ?? decision);
    await run({ maintenance, decision: about, person, askedAtMs, replyTo });
  }
  return "decided";
}

/** Decisions on what is done to the batch whose turn it is, which they do not name. */
const ON_TURN: readonly Decision["kind"][] = ["extend", "retry_run", "stop_run", "leave_down"];

/** The decision about one of several batches; `null` where there is none that leaves the others alone. */
function aboutBatch(decision: Decision, record: Maintenance, batch: Batch): Decision | null {
  switch (decision.kind) {
    case "up":
    case "ask_down":
    case "ask_move":
    case "ask_kill_drain":
    case "go_on":
    case "skip":
    case "leave_behind":
      return { ...decision, batch: batch.id };
    default:
      return ON_TURN.includes(decision.kind) && isItsTurn(record, batch) ? decision : null;
  }
}
