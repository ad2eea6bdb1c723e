import { placesOf, runningIn, stayingIn, zoneOf } from "../blast/staying.js";
import { indexAgents } from "../cluster/agent-index.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { Unavailability } from "../cluster/schedule.js";
import { RUNNING } from "../cluster/tasks.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld, namesIn, tasksOf, type WorldIndex } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { type Keep, keepAt, mostOutAt } from "../policy/budgets.js";
import type { Objection } from "../policy/objection.js";
import { type Policy, settingOf } from "../policy/policy.js";
import type { BatchRule, Roll } from "../record/roll.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { type Millis, nanosToMillis } from "../time.js";
import { whyTooLarge } from "./bound.js";
import { type Candidate, divide } from "./divide.js";

/** The machines of a drain, batch by batch, and what has to be said about it. */
export interface PlannedBatches {
  readonly kind: "batches";
  readonly batches: readonly (readonly Machine[])[];
  readonly notes: readonly string[];
}

/** As many batches are announced at a time where more would leave frameworks nowhere to go. */
const NEAR_HORIZON = 2;

/** What was asked for, with the horizon that it needs; and what is announced when, which is not when it goes down. */
export function withHorizon(
  roll: Roll,
  planned: PlannedBatches,
  world: World,
): { readonly roll: Roll; readonly note: string | null } {
  const count = planned.batches.length;
  if (count < 2) return { roll, note: null };
  const machines = planned.batches.flat().length;
  const { active } = indexAgents(world.agents);
  const isNear = count <= NEAR_HORIZON || machines * 2 <= active;
  if (roll.horizon === undefined && !isNear) {
    const note = `These are ${machines} machines of ${counted(active, "active agent")}: the windows of the next ${NEAR_HORIZON} batches are announced at a time, because some frameworks avoid every machine that has a window. --horizon ${count} announces all.`;
    return { roll: { ...roll, horizon: NEAR_HORIZON }, note };
  }
  const { horizon = count } = roll;
  const note =
    horizon >= count
      ? `All ${count} windows are announced at once, so frameworks may leave all ${machines} machines from now on, and not batch by batch; only Down goes batch by batch. --horizon 1 announces one batch at a time.`
      : `The windows of ${horizon === 1 ? "one batch" : `the next ${horizon} batches`} are announced at a time: frameworks are asked to leave no other machines yet.`;
  return { roll, note };
}

/** As many names as are read in one message. */
const MOST_NAMES = 40;

/** What a division is planned from; `nowMs`: when the first batch is to go. */
export interface PlannedFor {
  readonly cluster: string;
  readonly world: World;
  readonly policy: Policy;
  readonly nowMs: Millis;
}

/** Divides the machines as was asked, or says why that cannot be done. Without a wish all go down together. */
export function planBatches(
  machines: readonly Machine[],
  roll: Roll | undefined,
  { cluster, world, policy, nowMs }: PlannedFor,
): PlannedBatches | (Objection & { readonly kind: "refusal" }) {
  const keep = keepAt(policy, nowMs);
  if (roll === undefined) {
    const rule = { kind: "count", count: machines.length } as const;
    const candidates = machines.map((machine) => candidateOf(machine, rule, indexWorld(world)));
    const notes = keptNotes(cluster, [candidates], mayGo(candidates, world, keep));
    return { kind: "batches", batches: [machines], notes };
  }
  const { rule } = roll;
  const index = indexWorld(world);
  const tasks = machines.reduce((sum, machine) => sum + tasksOf({ machine, agentIds: [] }, index).length, 0);
  const largest = whyTooLarge({ machines: machines.length, tasks, batches: 1 });
  if (largest !== null) return { kind: "refusal", ...largest };
  const candidates = machines.map((machine) => candidateOf(machine, rule, index));
  const without = candidates.filter(({ group }) => group === null);
  if (batchSize(rule, machines.length) === null && without.length > 0) {
    return {
      kind: "refusal",
      ...noValue(
        rule,
        without.map(({ machine }) => machine),
        world,
      ),
    };
  }
  const wanted = batchSize(rule, machines.length);
  const most = mostOutAt(policy, world, nowMs).machines;
  const size = wanted === null ? null : Math.min(wanted, most);
  const canary = roll.canary === null ? null : Math.min(roll.canary, most);
  const kept = mayGo(candidates, world, keep);
  const { batches, crowded } = divide(candidates, {
    size,
    canary,
    // A region is asked for by its name; whoever names it wants its zones together.
    spansZones: rule.kind === "region",
    mostTogether: tightest(oneStays(candidates, world), kept),
  });
  const tooMany = whyTooLarge({ machines: machines.length, tasks, batches: batches.length });
  if (tooMany !== null) return { kind: "refusal", ...tooMany };
  const lost = crowded.filter(({ app }) => !kept.has(app));
  const lostIn = [...groupBy(lost, ({ batch }) => batch)].map(
    ([batch, apps]) =>
      `batch ${batch + 1} takes all running copies of ${list(apps.map(({ app }) => appOf(app)))}`,
  );
  const byMachine = new Map(candidates.map((candidate) => [candidate.machine, candidate]));
  const divided = batches.map((batch) => batch.flatMap((machine) => byMachine.get(machine) ?? []));
  const notes = [
    ...(wanted !== null && size !== null && size < Math.min(wanted, machines.length)
      ? [
          `${settingOf(cluster, "budgets")} lets ${counted(size, "machine")} be out of service at once, so batches are of at most ${size} and not of ${wanted}.`,
        ]
      : []),
    ...sizeNotes({ ...roll, canary }, size, machines.length, batches),
    // Where all go together there is nothing to spread them over.
    ...(lostIn.length === 0 || batches.length === 1
      ? []
      : [`Not all could be spread: ${quoted(list(lostIn, "; ", MOST_NAMES))}.`]),
    ...keptNotes(cluster, divided, kept),
  ];
  return { kind: "batches", batches, notes };
}

/**
 * Batches whose windows begin when budgets allow less at once than they are: each waits for other hours, and that is said
 * before. `null` when there are none.
 */
export function waitingForHours(
  cluster: string,
  batches: readonly { readonly machines: readonly Machine[]; readonly window: Unavailability }[],
  { world, policy }: Pick<PlannedFor, "world" | "policy">,
): string | null {
  const waiting = batches.flatMap(({ machines, window }, at) => {
    const most = mostOutAt(policy, world, nanosToMillis(window.start)).machines;
    return machines.length > most ? [`batch ${at + 1} (${machines.length} machines, ${most} allowed)`] : [];
  });
  if (waiting.length === 0) return null;
  return `${settingOf(cluster, "budgets")} allows less when these windows begin, so they wait for other hours: ${list(waiting, ", ", MOST_NAMES)}.`;
}

/** By app, how many running copies may go at once where a budget keeps some; 0: none may go before some have moved. */
function mayGo(
  candidates: readonly Candidate<Machine>[],
  world: World,
  keep: Keep,
): ReadonlyMap<string, number> {
  const running = runningIn(world);
  const { frameworks } = indexWorld(world);
  const apps = new Set(candidates.flatMap(({ copies }) => [...copies.keys()]));
  return new Map(
    [...apps].flatMap((key): [string, number][] => {
      const [frameworkId, app] = JSON.parse(key) as [string, string];
      const framework = frameworks.get(frameworkId)?.name ?? frameworkId;
      const kept = keep({ framework, app }, running.copies(frameworkId, app));
      return kept === 0 ? [] : [[key, Math.max(0, running.inService(frameworkId, app) - kept)]];
    }),
  );
}

/** Where no copy may go at all, no division helps: it is not torn into single machines for that. */
function tightest(
  stays: ReadonlyMap<string, number>,
  kept: ReadonlyMap<string, number>,
): Map<string, number> {
  const both = new Map(stays);
  for (const [app, most] of kept) if (most > 0) both.set(app, Math.min(most, both.get(app) ?? most));
  return both;
}

/** Which batches take more copies of an app than a budget lets go: they wait until some have moved. */
function keptNotes(
  cluster: string,
  batches: readonly (readonly Candidate<Machine>[])[],
  kept: ReadonlyMap<string, number>,
): string[] {
  if (kept.size === 0) return [];
  const over = batches.flatMap((batch, at) =>
    [...kept].flatMap(([app, most]) => {
      const copies = batch.reduce((sum, one) => sum + (one.copies.get(app) ?? 0), 0);
      const place = batches.length > 1 ? `batch ${at + 1} has` : "they have";
      return copies > most ? [`${place} ${copies} of ${appOf(app)}, and ${most} may go at once`] : [];
    }),
  );
  if (over.length === 0) return [];
  const what = quoted(list(over, "; ", MOST_NAMES));
  return [`${settingOf(cluster, "budgets")} makes Down wait until running copies have moved: ${what}.`];
}

/** Machines in a batch of this rule out of so many, or `null` where it goes by values. */
function batchSize(rule: BatchRule, machines: number): number | null {
  if (rule.kind === "count") return rule.count;
  return rule.kind === "percent" ? Math.max(1, Math.floor((machines * rule.percent) / 100)) : null;
}

function candidateOf(machine: Machine, rule: BatchRule, index: WorldIndex): Candidate<Machine> {
  const agents = index.agents.get(machineKey(machine)) ?? [];
  const copies = new Map<string, number>();
  for (const { id } of agents) {
    for (const { state, frameworkId, app } of index.tasks.on(id)) {
      if (state !== RUNNING) continue;
      const key = appKey(frameworkId, app);
      copies.set(key, (copies.get(key) ?? 0) + 1);
    }
  }
  const [agent] = agents;
  return {
    machine,
    zone: agent === undefined ? null : zoneOf(agent),
    group: agent === undefined ? null : groupOf(agent, rule),
    copies,
  };
}

function groupOf(agent: Agent, rule: BatchRule): string | null {
  switch (rule.kind) {
    case "attribute": {
      const name = rule.name.toLowerCase();
      return agent.attributes.find((attribute) => attribute.name.toLowerCase() === name)?.value ?? null;
    }
    case "zone":
      return zoneOf(agent);
    case "region":
      return placesOf(agent).find(({ kind }) => kind === "region")?.name ?? null;
    default:
      return null;
  }
}

/** One running copy of each app has to stay outside of any batch, where it has several. */
function oneStays(candidates: readonly Candidate<Machine>[], world: World): ReadonlyMap<string, number> {
  const staying = stayingIn(world);
  const apps = new Set(candidates.flatMap(({ copies }) => [...copies.keys()]));
  return new Map(
    [...apps].flatMap((key): [string, number][] => {
      const [frameworkId, app] = JSON.parse(key) as [string, string];
      const copies = staying.copies(frameworkId, app);
      return copies > 1 ? [[key, copies - 1]] : [];
    }),
  );
}

function appKey(frameworkId: string, app: string): string {
  return JSON.stringify([frameworkId, app]);
}

function appOf(key: string): string {
  return (JSON.parse(key) as [string, string])[1];
}

function noValue(rule: BatchRule, machines: readonly Machine[], world: World): Objection {
  const what = rule.kind === "attribute" ? `attribute ${rule.name}` : rule.kind;
  const names = quoted(list(machines.map(namesIn(world, machines).of), ", ", MOST_NAMES));
  return {
    why: `The master knows no ${quoted(what)} of ${counted(machines.length, "machine")}: ${names}. They belong to no batch.`,
    next: "Leave them out of the pattern, or divide by a number: --batch 5.",
    change: null,
  };
}

function sizeNotes(
  { rule, canary }: Roll,
  size: number | null,
  machines: number,
  batches: readonly (readonly Machine[])[],
): string[] {
  if (rule.kind === "count" && batches.length === 1 && rule.count > machines) {
    return [
      `--batch ${rule.count} is more than the ${counted(machines, "machine")}, so they go down together.`,
    ];
  }
  if (batches.length === 1) return [];
  const first = batches[0]?.length ?? 0;
  const largest = Math.max(...batches.slice(canary === null ? 0 : 1).map(({ length }) => length));
  const together =
    "machines of one batch are of one zone, and have no more copies of an app than may go together";
  return [
    ...(canary === null || first >= canary
      ? []
      : [`The canary is ${counted(first, "machine")} and not ${canary}: ${together}.`]),
    ...(rule.kind !== "count" || size === null || largest >= Math.min(size, machines - (canary ?? 0))
      ? []
      : [`No batch has ${size} machines, the largest has ${largest}: ${together}.`]),
  ];
}
