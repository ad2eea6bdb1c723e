import { machineKey } from "../../maintenance/cluster/machine.js";
import type { World } from "../../maintenance/cluster/world.js";
import { type Decision, whyNotPossible } from "../../maintenance/decisions/table.js";
import { isToGoDown } from "../../maintenance/record/batch.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { list } from "../../maintenance/text/list.js";
import { quoted, unmatched } from "../../maintenance/text/quote.js";
import { replyOf } from "../../maintenance/text/reply.js";
import { withAwayMachines } from "../../maintenance/window/away-machines.js";
import { windowOf } from "../../maintenance/window/edit.js";
import { holds, whose } from "../../maintenance/window/whose.js";
import { HostsError } from "../cluster/cluster.js";
import type { DecisionRequest, HostsJob } from "../lanes/jobs.js";
import { noSuchMaintenance } from "../lanes/no-such-maintenance.js";
import { replyFrom } from "../lanes/troubles.js";
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
): Promise<string> {
  const { cluster, records } = ports;
  if (request.target.kind === "id") {
    const { id } = request.target;
    const record = await records.find(id);
    if (record !== null) return await decideOn([record], request, run);
    await ports.reply(request.replyTo, noSuchMaintenance(id));
    return "unknown";
  }
  const { hosts } = request.target;
  const refuse = async (text: string, next: string) => {
    await ports.reply(
      request.replyTo,
      replyOf({ tone: "refused", text, notDone: "Nothing was done.", next }),
    );
    return "refused";
  };
  let world: World;
  let open: readonly Maintenance[];
  let resolution: Awaited<ReturnType<typeof cluster.resolve>>;
  try {
    world = await cluster.world("fresh");
    open = await records.open();
    resolution = await cluster.resolve(hosts, withAwayMachines(world, open));
  } catch (error) {
    if (error instanceof HostsError)
      return await refuse(error.message, `See what matches with /mesos hosts ${quoted(hosts)}.`);
    await ports.reply(request.replyTo, replyFrom(error, "Nothing was done."));
    return "unreadable";
  }
  if (resolution.matchedNothing.length > 0 || resolution.machines.length === 0) {
    const what = unmatched(
      resolution.matchedNothing.length > 0 ? resolution.matchedNothing : [{ term: hosts, nearest: [] }],
    );
    return await refuse(
      `Nothing in ${cluster.name} matches ${what}.`,
      "See the open maintenances with /mesos status.",
    );
  }
  const foreign = resolution.machines.filter((machine) => !open.some((record) => holds(record, machine)));
  const nowhere = foreign.filter((machine) => windowOf(world.schedule, machine) === null);
  if (nowhere.length === resolution.machines.length) {
    const names = quoted(list(nowhere.map((machine) => machine.hostname)));
    const [are, they] = nowhere.length === 1 ? ["is", "it is"] : ["are", "they are"];
    return request.verb === "down"
      ? await refuse(`${names} ${are} in no maintenance.`, `Open one first: /mesos drain ${quoted(hosts)}.`)
      : await refuse(
          `${names} ${are} in no maintenance, and the master has no window there.`,
          `Nothing: ${they} up.`,
        );
  }
  if (foreign.length > 0) {
    const lines = foreign.map((machine) => {
      const window = windowOf(world.schedule, machine);
      return window === null
        ? `${quoted(machine.hostname)} is in no maintenance`
        : `${quoted(machine.hostname)} stands ${whose(machine, window, open)}`;
    });
    return await refuse(
      `${WORD[request.verb]} is only done for machines of our own maintenances: ${list(lines, "; ")}.`,
      "Leave these machines out of the pattern; a window of somebody else is for its owner to close.",
    );
  }
  const meant = open.filter((record) => resolution.machines.some((machine) => holds(record, machine)));
  const named = new Set(resolution.machines.map(machineKey));
  for (const record of meant) {
    const rest = record.batches
      .flatMap((batch) => batch.machines)
      .filter((machine) => !named.has(machineKey(machine)));
    if (rest.length > 0) {
      // Nothing is advised that would be refused in its turn.
      const refusal = whyNotPossible(record, decisionFor(request.verb, record));
      if (refusal !== null)
        return await refuse(`${refusal.text} ${TOGETHER}`, refusal.next ?? `See /mesos status ${record.id}.`);
      return await refuse(
        `${record.id} also holds ${list(rest.map((machine) => machine.hostname))}, and its machines go together.`,
        `For all of them: /mesos ${request.verb} ${record.id}.`,
      );
    }
  }
  return await decideOn(meant, request, run);
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
