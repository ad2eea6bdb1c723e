import { isServing, runningIn, zoneOf } from "../blast/staying.js";
import { type Zone, zonesKnown } from "../blast/zones.js";
import { frameworkNamesIn } from "../cluster/framework-names.js";
import { type MachineId, machineKey } from "../cluster/machine.js";
import type { Task } from "../cluster/task.js";
import { RUNNING } from "../cluster/tasks.js";
import type { World } from "../cluster/world.js";
import { indexWorld, namesIn, tasksOf } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { watchedMachines } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { mendUnreadable, type Stored, whichUnreadable } from "../record/unreadable.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Millis } from "../time.js";
import { appBudgets, keepAt, type MostOut, mostOutAt, mostOutEver } from "./budgets.js";
import type { DrainAsked } from "./drain-asked.js";
import type { Objection } from "./objection.js";
import { type OutMachine, outNow } from "./out-now.js";
import { howToOverride, isOverridden } from "./overrides.js";
import { type Policy, settingOf } from "./policy.js";

/**
 * A batch of a drain that is more than the budgets allow at any time, and so would never go down, or `null`. What is
 * divided by count is made to fit; what goes together by its value is not torn apart.
 */
export function neverInBudget({ record, batches, world, policy }: DrainAsked): Objection | null {
  const most = mostOutEver(policy, world);
  const { agents } = indexWorld(world);
  const zonesOf = (machines: readonly MachineId[]) =>
    new Set(machines.map((one) => agents.get(machineKey(one))?.[0]).map((agent) => agent && zoneOf(agent)));
  const tooMany = batches.flatMap((machines, at) => {
    const zones = [...zonesOf(machines)].filter((zone) => typeof zone === "string").length;
    const place = batches.length > 1 ? `batch ${at + 1}` : "these machines together";
    return [
      machines.length > most.machines
        ? `${counted(most.machines, "machine")}, and ${place} would be ${machines.length}`
        : null,
      zones > most.zones
        ? `machines of ${counted(most.zones, "zone")}, and ${place} would be of ${zones}`
        : null,
    ].filter((text) => text !== null);
  });
  if (tooMany.length === 0) return null;
  return {
    why: `${setting(record)} never lets more be out of service at once than ${list(tooMany, "; ")}: it could never go down.`,
    next: "Name fewer machines, or divide them by a number or by zone: --batch 5, --batch zone.",
    change: null,
  };
}

/** As many as are read in one message: each app of a budget may be one. */
const MOST_REASONS = 5;

/** A batch that would go down now. */
export interface GoingDown {
  readonly record: Maintenance;
  readonly batch: Batch;
  readonly world: World;
  /** The other open maintenances of the cluster. */
  readonly others: Stored;
  readonly policy: Policy;
  readonly nowMs: Millis;
}

/** Which budgets a batch would break if it went down now, and how that is overridden; `null` when it may go. */
export function overBudget(going: GoingDown): { readonly why: string; readonly override: string } | null {
  const { record, batch, others, world, policy, nowMs } = going;
  if (policy.budgets.length === 0 || isOverridden(record, "budgets", policy, batch.id)) return null;
  if (others.unreadable.length > 0) {
    const why = `${whichUnreadable(others.unreadable)} Whether ${setting(record)} leaves room is not known. ${mendUnreadable(others.unreadable)}`;
    return { why: quoted(why), override: howToOverride(record, policy) };
  }
  const out = outNow(record, batch, others.records, world);
  const most = mostOutAt(policy, world, nowMs);
  const broken = [
    tooManyMachines(going, out, most),
    tooManyZones(going, out, most),
    ...tooFewCopies(going, out),
  ];
  const told = broken.filter((why) => why !== null);
  return told.length === 0
    ? null
    : { why: quoted(list(told, " ", MOST_REASONS)), override: howToOverride(record, policy) };
}

function tooManyMachines(
  { record, batch }: GoingDown,
  out: readonly OutMachine[],
  most: MostOut,
): string | null {
  const wouldBe = out.length + batch.machines.length;
  if (wouldBe <= most.machines) return null;
  const alone =
    batch.machines.length > most.machines
      ? " It is too large by itself now: it waits for other hours, or for more active agents where a budget is a share of them."
      : "";
  return `${setting(record)} lets at most ${counted(most.machines, "machine")} be out of service at once, and it would be ${wouldBe}${already(out)}.${alone}`;
}

function tooManyZones(going: GoingDown, out: readonly OutMachine[], most: MostOut): string | null {
  if (most.zones === Number.POSITIVE_INFINITY) return null;
  const { record, batch, others, world } = going;
  const zoneNow = zonesKnown(record, others.records, world);
  const machines: readonly MachineId[] = [...batch.machines, ...out.map(({ machine }) => machine)];
  const zones = new Set<Zone>(machines.map(zoneNow));
  // Each machine of which nobody knows it may be in one more (invariant 13); those in none are in no zone together.
  const unknown = machines.filter((machine) => zoneNow(machine) === undefined);
  const known = [...zones].filter((zone) => typeof zone === "string");
  if (known.length + unknown.length <= most.zones) return null;
  const names = [
    ...known,
    ...unknown.map((machine) => `one that nobody knows, of ${namesIn(world, machines).of(machine)}`),
  ];
  return `${setting(record)} lets at most ${counted(most.zones, "zone")} have machines out of service at once, and it would be ${names.length}: ${list(names)}.`;
}

function tooFewCopies(
  { record, batch, world, policy, nowMs }: GoingDown,
  out: readonly OutMachine[],
): string[] {
  if (!policy.budgets.some(({ kind }) => kind === "app")) return [];
  const keep = keepAt(policy, nowMs);
  const index = indexWorld(world);
  const running = runningIn(world);
  const planned = new Map(record.copiesPlanned.map((one) => [appKey(one), one.copies]));
  const onBatch = watchedMachines(batch).flatMap((watched) => tasksOf(watched, index));
  const touched = groupBy(onBatch.filter(isRunning), appKey);
  const leaving = new Map<string, number>();
  for (const { id } of [...batch.machines, ...out.map(({ machine }) => machine)]
    .flatMap((machine) => index.agents.get(machineKey(machine)) ?? [])
    .filter(isServing)) {
    for (const task of index.tasks.on(id)) {
      if (isRunning(task)) leaving.set(appKey(task), (leaving.get(appKey(task)) ?? 0) + 1);
    }
  }
  return [...touched].flatMap(([key, [{ frameworkId, app } = UNNAMED]]) => {
    const framework = index.frameworks.get(frameworkId)?.name ?? frameworkId;
    const told = frameworkNamesIn(world)(frameworkId) ?? frameworkId;
    // Copies that are lost and do not come back do not lower what is kept.
    const copies = Math.max(running.copies(frameworkId, app), planned.get(key) ?? 0);
    const kept = keep({ framework, app }, copies);
    const stay = running.inService(frameworkId, app) - (leaving.get(key) ?? 0);
    if (stay >= kept) return [];
    const noun = copies === 1 ? "copy" : "copies";
    // Some of those that ran when it was planned may run no more (invariant 13).
    const ran = copies > running.copies(frameworkId, app) ? `${noun} that ran before` : `running ${noun}`;
    const of = `${copies} ${ran} of ${app} (${told})`;
    return [`${setting(record)} keeps ${kept} of ${of} outside of what goes down, and ${stay} would stay.`];
  });
}

/** How many copies run, before anything goes down, of the apps on these batches of which budgets keep some. */
export function copiesToKeep(
  batches: readonly Batch[],
  world: World,
  policy: Policy,
): Maintenance["copiesPlanned"] {
  if (!policy.budgets.some(({ kind }) => kind === "app")) return [];
  const index = indexWorld(world);
  const running = runningIn(world);
  const budgetsOf = appBudgets(policy);
  const tasks = batches.flatMap(watchedMachines).flatMap((watched) => tasksOf(watched, index));
  return [...groupBy(tasks, appKey).values()].flatMap(([{ frameworkId, app } = UNNAMED]) => {
    const framework = index.frameworks.get(frameworkId)?.name ?? frameworkId;
    const copies = running.copies(frameworkId, app);
    return copies > 0 && budgetsOf({ framework, app }).length > 0 ? [{ frameworkId, app, copies }] : [];
  });
}

const UNNAMED = { frameworkId: "", app: "" };

function isRunning({ state }: Task): boolean {
  return state === RUNNING;
}

function appKey({ frameworkId, app }: { readonly frameworkId: string; readonly app: string }): string {
  return JSON.stringify([frameworkId, app]);
}

/** `: 3 are out already, 2 of m-7k3q2 and 1 of somebody else`. */
function already(out: readonly OutMachine[]): string {
  if (out.length === 0) return "";
  const by = [...groupBy(out, ({ by }) => by)].map(
    ([id, machines]) => `${machines.length} of ${id ?? "somebody else"}`,
  );
  return `: ${out.length} ${out.length === 1 ? "is" : "are"} out already (${list(by)})`;
}

function setting({ cluster }: Maintenance): string {
  return settingOf(cluster, "budgets");
}
