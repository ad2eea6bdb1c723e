import { machineKey } from "../../maintenance/cluster/machine.js";
import { type Decision, whyNotPossible } from "../../maintenance/decisions/table.js";
import { isToGoDown } from "../../maintenance/record/batch.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { mayHide, sightOf } from "../../maintenance/sight/sight.js";
import { list } from "../../maintenance/text/list.js";
import { quoted, unmatched } from "../../maintenance/text/quote.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { windowOf } from "../../maintenance/window/edit.js";
import { holds, whose } from "../../maintenance/window/whose.js";
import { HostsError } from "../cluster/cluster.js";
import type { DecisionRequest, HostsJob } from "../lanes/jobs.js";
import { PROOFS } from "../lanes/records.js";
import { noSuchMaintenance, replyFrom } from "../lanes/troubles.js";
import type { Proof } from "../store/owned.js";
import { giveBackLeft, type Left, leftAmong, SEND_AGAIN } from "./give-back-left.js";
import type { ControlPorts } from "./ports.js";

const TOGETHER = "The machines of one maintenance go together.";

const WORD = { down: "Down", up: "Up", cancel: "Cancel" } as const;

/**
 * `/mesos down|up|cancel <hosts | id>`: finds the maintenances that the hosts belong to and decides on each. Only whole
 * maintenances of ours are decided on; for anything else the person is told whose it seems to be (invariant 12).
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
  { verb, target }: HostsJob,
  ports: ControlPorts,
  fence: () => Promise<Proof>,
): Promise<readonly Maintenance[] | Reply> {
  if (target.kind === "id") {
    const record = await ports.records.find(target.id);
    return record === null ? noSuchMaintenance(target.id) : [record];
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
  const [left, ...more] = leftIn(seen);
  if (verb === "cancel" && left !== undefined && more.length + 1 === machines.length) {
    return await giveBackLeft([left, ...more], seen.world, ports, fence);
  }
  const meant = open.filter((record) => machines.some((machine) => holds(record, machine)));
  return whyForeign(verb, hosts, seen) ?? whyNotWhole(verb, meant, seen) ?? meant;
}

type Seen = Awaited<ReturnType<typeof look>>;

async function look(hosts: string, { cluster, records }: ControlPorts) {
  const world = await cluster.world("fresh");
  const [open, finished] = [await records.open(), await records.finished(PROOFS)];
  return { world, open, finished, ...(await cluster.resolve(hosts, world, open)) };
}

/** Machines in no maintenance that stand in a window of one that has ended. */
function leftIn({ world, open, finished, machines }: Seen): Left[] {
  const free = machines.filter((machine) => !open.some((record) => holds(record, machine)));
  return leftAmong(free, world, finished);
}

const refusal = (text: string, next: string): Reply =>
  replyOf({ tone: "refused", text, notDone: "Nothing was done.", next });

/** Some of the machines are in no maintenance of ours. */
function whyForeign(verb: HostsJob["verb"], hosts: string, seen: Seen): Reply | null {
  const { world, open, finished, machines } = seen;
  const foreign = machines.filter((machine) => !open.some((record) => holds(record, machine)));
  if (foreign.length === 0) return null;
  const windows = foreign.map((machine) => windowOf(world.schedule, machine));
  if (foreign.length === machines.length && windows.every((window) => window === null)) {
    const names = quoted(list(foreign.map((machine) => machine.hostname)));
    const [are, they] = foreign.length === 1 ? ["is", "it is"] : ["are", "they are"];
    if (verb === "down") {
      return refusal(`${names} ${are} in no maintenance.`, `Open one first: /mesos drain ${quoted(hosts)}.`);
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
      ? `${quoted(machine.hostname)} is in no maintenance`
      : `${quoted(machine.hostname)} stands ${whose(machine, window, [...open, ...finished])}`;
  });
  return refusal(
    `${WORD[verb]} is only done for machines of our own maintenances: ${list(lines, "; ")}.`,
    nextForForeign(leftIn(seen)),
  );
}

function nextForForeign(left: readonly Left[]): string {
  const leave =
    "Leave these machines out of the pattern; a window of somebody else is for its owner to close.";
  if (left.length === 0) return leave;
  const hosts = quoted(left.map(({ machine }) => machine.hostname).join(","));
  return `Give back what stands in a window of ours that has ended, alone: /mesos cancel ${hosts}. ${leave}`;
}

/** One of the maintenances also holds machines that were not named. */
function whyNotWhole(
  verb: HostsJob["verb"],
  meant: readonly Maintenance[],
  { machines }: Seen,
): Reply | null {
  const named = new Set(machines.map(machineKey));
  for (const record of meant) {
    const all = record.batches.flatMap((batch) => batch.machines);
    const rest = all.filter((machine) => !named.has(machineKey(machine)));
    if (rest.length === 0) continue;
    // A command that would be refused as well is not advised.
    const why = whyNotPossible(record, decisionFor(verb, record));
    if (why !== null)
      return refusal(`${why.text} ${TOGETHER}`, why.next ?? `See /mesos status ${record.id}.`);
    return refusal(
      `${record.id} also holds ${list(rest.map((machine) => machine.hostname))}, and its machines go together.`,
      `For all of them: /mesos ${verb} ${record.id}.`,
    );
  }
  return null;
}

/** The rule is lifted and the question asked by one job: a queue that goes away has taken both, or neither. */
async function decideOn(
  meant: readonly Maintenance[],
  { verb, override, person, askedAtMs, replyTo }: HostsJob,
  run: (decision: DecisionRequest) => Promise<string>,
): Promise<string> {
  for (const record of meant) {
    const maintenance = record.id;
    if (override !== null) {
      const decision: Decision = { kind: "override", reason: override };
      await run({ maintenance, decision, person, askedAtMs, replyTo });
    }
    await run({ maintenance, decision: decisionFor(verb, record), person, askedAtMs, replyTo });
  }
  return "decided";
}

/** What a verb means for a maintenance: Down asks for the approval of the first batch that is not away yet. */
function decisionFor(verb: HostsJob["verb"], record: Maintenance): Decision {
  if (verb !== "down") return { kind: verb };
  const next = record.batches.find(isToGoDown);
  return { kind: "ask_down", batch: (next ?? record.batches.at(-1))?.id ?? "b1" };
}
