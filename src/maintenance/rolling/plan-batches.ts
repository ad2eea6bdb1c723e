import { placesOf, RUNNING, stayingIn } from "../blast/staying.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld, type WorldIndex } from "../cluster/world-index.js";
import type { BatchRule, Roll } from "../record/roll.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { Refusal } from "../text/reply.js";
import { type Candidate, divide } from "./divide.js";

/** The machines of a drain, batch by batch, and what has to be said about it. */
export interface PlannedBatches {
  readonly kind: "batches";
  readonly batches: readonly (readonly Machine[])[];
  readonly notes: readonly string[];
}

/** As many batches are announced at a time where more would leave frameworks nowhere to go. */
const NEAR_HORIZON = 2;

/** What was asked for, with the horizon that it needs, and why. */
export function withHorizon(
  roll: Roll,
  planned: PlannedBatches,
  world: World,
): { readonly roll: Roll; readonly note: string | null } {
  const machines = planned.batches.flat().length;
  const active = world.agents.filter((agent) => agent.active).length;
  const isNear = planned.batches.length <= NEAR_HORIZON || machines * 2 <= active;
  if (roll.horizon !== undefined || isNear) return { roll, note: null };
  const note = `These are ${machines} machines of ${counted(active, "active agent")}: the windows of the next ${NEAR_HORIZON} batches are announced at a time, because some frameworks avoid every machine that has a window. --horizon ${planned.batches.length} announces all.`;
  return { roll: { ...roll, horizon: NEAR_HORIZON }, note };
}

/** As many names as are read in one message. */
const MOST_NAMES = 40;

/** Divides the machines as was asked, or says why that cannot be done. Without a wish all go down together. */
export function planBatches(
  machines: readonly Machine[],
  roll: Roll | undefined,
  world: World,
): PlannedBatches | (Refusal & { readonly kind: "refusal" }) {
  if (roll === undefined) return { kind: "batches", batches: [machines], notes: [] };
  const { rule, canary } = roll;
  const index = indexWorld(world);
  const candidates = machines.map((machine) => candidateOf(machine, rule, index));
  const without = candidates.filter(({ group }) => group === null);
  if (batchSize(rule, machines.length) === null && without.length > 0) {
    return {
      kind: "refusal",
      ...noValue(
        rule,
        without.map(({ machine }) => machine),
      ),
    };
  }
  const { batches, crowded } = divide(candidates, {
    size: batchSize(rule, machines.length),
    canary,
    // A region is asked for by its name; whoever names it wants its zones together.
    spansZones: rule.kind === "region",
    mostTogether: oneStays(candidates, world),
  });
  const lost = crowded.map(
    ({ batch, app }) => `batch ${batch + 1} takes all running copies of ${appOf(app)}`,
  );
  const notes = [
    ...sizeNotes(roll, machines.length, batches),
    ...(lost.length === 0 ? [] : [`Not all could be spread: ${quoted(list(lost, "; ", MOST_NAMES))}.`]),
  ];
  return { kind: "batches", batches, notes };
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
    for (const { state, frameworkId, app } of index.tasks.get(id) ?? []) {
      if (state !== RUNNING) continue;
      const key = appKey(frameworkId, app);
      copies.set(key, (copies.get(key) ?? 0) + 1);
    }
  }
  const [agent] = agents;
  const zone = agent === undefined ? null : placeOf(agent, "zone");
  return { machine, zone, group: agent === undefined ? null : groupOf(agent, rule), copies };
}

function groupOf(agent: Agent, rule: BatchRule): string | null {
  switch (rule.kind) {
    case "attribute": {
      const name = rule.name.toLowerCase();
      return agent.attributes.find((attribute) => attribute.name.toLowerCase() === name)?.value ?? null;
    }
    case "zone":
    case "region":
      return placeOf(agent, rule.kind);
    default:
      return null;
  }
}

/** A zone with its region: zones of two regions may have one name. */
function placeOf(agent: Agent, kind: "zone" | "region"): string | null {
  const named = (wanted: string) => placesOf(agent).find((place) => place.kind === wanted)?.name ?? null;
  const name = named(kind);
  return kind === "region" || name === null ? name : JSON.stringify([named("region"), name]);
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

function noValue(rule: BatchRule, machines: readonly Machine[]): Refusal {
  const what = rule.kind === "attribute" ? `attribute ${rule.name}` : rule.kind;
  const names = quoted(
    list(
      machines.map(({ hostname }) => hostname),
      ", ",
      MOST_NAMES,
    ),
  );
  return {
    why: `The master knows no ${quoted(what)} of ${counted(machines.length, "machine")}: ${names}. They belong to no batch. No window was posted.`,
    next: "Leave them out of the pattern, or divide by a number: --batch 5.",
  };
}

function sizeNotes(
  { rule, canary }: Roll,
  machines: number,
  batches: readonly (readonly Machine[])[],
): string[] {
  if (rule.kind === "count" && batches.length === 1 && rule.count > machines) {
    return [
      `--batch ${rule.count} is more than the ${counted(machines, "machine")}, so they go down together.`,
    ];
  }
  const first = batches[0]?.length ?? 0;
  if (canary === null || first >= canary || batches.length === 1) return [];
  return [`The canary is ${counted(first, "machine")} and not ${canary}: no zone has more of them.`];
}
