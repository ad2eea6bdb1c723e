import { blastRadiusOf } from "../../maintenance/blast/blast.js";
import { machineKey } from "../../maintenance/cluster/machine.js";
import { machinesOf, plan, whyUnplannable } from "../../maintenance/plan.js";
import { watchedMachines } from "../../maintenance/record/batch.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { dryRunReply } from "../../maintenance/show/dry-run.js";
import { sightOf } from "../../maintenance/sight/sight.js";
import { ASK_AGAIN } from "../../maintenance/text/go-on.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { Cluster } from "../cluster/cluster.js";
import { PROOFS, type Records } from "../lanes/records.js";

/** `/mesos drain … --dry-run`: plans the drain as the worker would, shows what would go away, and keeps nothing. */
export async function dryRun(
  record: Maintenance,
  cluster: Cluster,
  records: Records,
  nowMs: number,
): Promise<Reply> {
  const world = await cluster.world();
  const open = await records.open();
  const resolution = await cluster.resolve(record.hosts, world, open);
  const others = [...open, ...(await records.finished(PROOFS))];
  const moment = { world, sight: sightOf(world), policy: cluster.policy, nowMs };
  const blind = whyUnplannable(record, resolution, moment, ASK_AGAIN);
  if (blind !== null) {
    const { what, next } = blind;
    return replyOf({ tone: "error", text: what, notDone: "Nothing was posted: this was a dry run.", next });
  }
  const planned = plan(record, { kind: "found", resolution, others }, moment);
  const machines = machinesOf(resolution);
  const watched = machines.map((machine) => ({ machine, agentIds: [] }));
  const batches = planned.batches.map((batch) => ({
    machines: batch.machines,
    window: batch.window,
    blast: blastRadiusOf(world, watchedMachines(batch)),
  }));
  const notes = planned.events.flatMap((event) => (event.kind === "note" ? [event.text] : []));
  const registered = new Set(world.agents.map((agent) => machineKey(agent.machine)));
  const failed = planned.events.findLast((event) => event.kind === "failed");
  const refusals = failed?.kind === "failed" ? [{ why: failed.why, next: failed.next }] : [];
  return dryRunReply(
    cluster.name,
    { hosts: record.hosts, machines, notes, batches: batches.length > 1 ? batches : [] },
    planned.blast ?? blastRadiusOf(world, watched),
    refusals,
    machines.filter((machine) => !registered.has(machineKey(machine))),
  );
}
