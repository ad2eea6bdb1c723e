import { blastRadiusOf, blastRadiusOfBatches } from "../../maintenance/blast/blast.js";
import { indexAgents } from "../../maintenance/cluster/agent-index.js";
import { type Machine, machineKey } from "../../maintenance/cluster/machine.js";
import { namesIn } from "../../maintenance/cluster/world-index.js";
import { withKinds } from "../../maintenance/frameworks/recognise.js";
import type { Moment } from "../../maintenance/phases/step.js";
import { machinesOf, plan, whyUnplannable } from "../../maintenance/plan.js";
import { affectedOwners } from "../../maintenance/policy/owners.js";
import type { Policy } from "../../maintenance/policy/policy.js";
import { runbookWanted } from "../../maintenance/policy/runbooks.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { nextRunId } from "../../maintenance/record/runs.js";
import { besideUnreadable } from "../../maintenance/record/unreadable-trouble.js";
import { planBatches } from "../../maintenance/rolling/plan-batches.js";
import { windowsFor } from "../../maintenance/rolling/windows.js";
import { dryRunReply } from "../../maintenance/show/dry-run.js";
import { explanationsOf } from "../../maintenance/show/frameworks.js";
import { sightOf } from "../../maintenance/sight/sight.js";
import { ASK_AGAIN } from "../../maintenance/text/go-on.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { type Millis, nanosToMillis } from "../../maintenance/time.js";
import { filesOf } from "../../runbooks/files.js";
import type { Cluster } from "../cluster/cluster.js";
import type { Habits } from "../lanes/habits.js";
import { PROOFS, type Records } from "../lanes/records.js";
import { runInputOf } from "../runs/run-input.js";

export interface DryRunParts {
  readonly cluster: Cluster;
  readonly records: Records;
  readonly habits: Habits;
}

/** `/mesos drain … --dry-run`: plans the drain as the worker would, shows what would go away, and keeps nothing. */
export async function dryRun(
  { record, isUsualDuration }: { readonly record: Maintenance; readonly isUsualDuration: boolean },
  { cluster, records, habits }: DryRunParts,
  nowMs: number,
): Promise<Reply> {
  const world = await cluster.withDrivers(await cluster.world());
  const { records: open, unreadable } = await records.open();
  const resolution = await cluster.resolve(record.hosts, world, open);
  const others = [...open, ...(await records.finished(PROOFS)).records];
  const moment = { world, sight: sightOf(world), policy: cluster.policy, nowMs };
  const blind =
    unreadable.length > 0
      ? besideUnreadable(unreadable, ASK_AGAIN)
      : whyUnplannable(record, resolution, moment, ASK_AGAIN);
  if (blind !== null) {
    const { what, next } = blind;
    return replyOf({ tone: "error", text: what, notDone: "Nothing was posted: this was a dry run.", next });
  }
  const planned = plan(record, { kind: "found", resolution, others }, moment);
  const machines = machinesOf(resolution);
  const divided = planned.batches.length > 0 ? planned.batches : dividedAnyway(record, machines, moment);
  const batches = divided.map(({ machines: together, window }) => ({
    machines: together,
    window,
    blast: blastRadiusOf(world, together.map(watched)),
  }));
  const notes = planned.events.flatMap((event) => (event.kind === "note" ? [event.text] : []));
  const { byMachine } = indexAgents(world.agents);
  const failed = planned.events.findLast((event) => event.kind === "failed");
  const refusals = failed?.kind === "failed" ? [{ why: failed.why, next: failed.next }] : [];
  const blast = blastRadiusOfBatches(
    world,
    batches.length > 1 ? batches.map((batch) => batch.machines.map(watched)) : [machines.map(watched)],
  );
  // Also where the plan refuses it.
  const theirs = blast.frameworks.map(({ frameworkId }) => frameworkId);
  const known = withKinds(record, world, theirs, cluster.policy.frameworks);
  return dryRunReply(
    cluster.name,
    {
      hosts: record.hosts,
      machines,
      names: namesIn(world, machines),
      notes,
      batches: batches.length > 1 ? batches : [],
      approve: record.wanted.roll?.approve,
      explained: explanationsOf(known, await habits.of()),
      run: runWouldBe(planned, cluster.policy),
      terms: {
        window: { startMs: startOf(planned, nowMs), durationMs: record.wanted.durationMs },
        isUsualDuration,
        deadline: planned.deadline,
        requester: record.requester,
        approvals: cluster.policy,
        owners: affectedOwners(cluster.policy, world, machines.map(watched)),
      },
    },
    blast,
    refusals,
    machines.filter((machine) => !byMachine.has(machineKey(machine))),
  );
}

/** When its first window begins, or would begin if nothing refused it. */
function startOf({ batches, wanted }: Maintenance, nowMs: Millis): Millis {
  const [first] = batches;
  return first === undefined ? (wanted.startMs ?? nowMs) : nanosToMillis(first.window.start);
}

/** The runbook that the drain names, with what it would be given for the first batch. */
function runWouldBe(planned: Maintenance, policy: Policy) {
  const runbook = runbookWanted(planned, policy);
  if (runbook === null) return undefined;
  const [batch] = planned.batches;
  if (batch === undefined) return { runbook, files: [] };
  const { stdin, inventory, limit } = filesOf(runInputOf(planned, batch, nextRunId(planned, batch.id)));
  return {
    runbook,
    files: [
      ["inventory", inventory],
      ["limit", limit],
      ["standard input", stdin],
    ] as const,
  };
}

/** The batches of a drain that would be refused, as far as its machines can be divided: what goes away is told by batch. */
function dividedAnyway(
  { cluster, wanted }: Maintenance,
  machines: readonly Machine[],
  { world, policy, nowMs }: Pick<Moment, "world" | "policy" | "nowMs">,
) {
  if (wanted.roll === undefined || machines.length === 0) return [];
  const startMs = wanted.startMs ?? nowMs;
  const divided = planBatches(machines, wanted.roll, { cluster, world, policy, nowMs: startMs });
  if (divided.kind === "refusal") return [];
  const count = divided.batches.length;
  const placed = windowsFor({ cluster, batches: count, startMs, durationMs: wanted.durationMs }, policy);
  const windows = placed.kind === "windows" ? placed.windows : [];
  return divided.batches.map((together, at) => ({ machines: together, window: windows[at] ?? null }));
}

function watched(machine: Machine) {
  return { machine, agentIds: [] };
}
