import { blastRadiusOf } from "../blast/blast.js";
import { placesOf, stayingIn } from "../blast/staying.js";
import { indexAgents } from "../cluster/agent-index.js";
import { type Machine, machineKey } from "../cluster/machine.js";
import type { Agent, World } from "../cluster/world.js";
import { counted, list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { DrainAsked } from "./drain-asked.js";
import type { Objection } from "./objection.js";
import { isConfirmed } from "./typed-number.js";

/**
 * The last agents of a rack, zone, region or of the whole cluster go away only when their number was typed: a pattern
 * that stands for all of one is more often a slip than a plan, and copies of an app are spread over just these. A place
 * of one machine, or the only one of its kind, is nothing that anything is spread over, so it is not asked about.
 */
export function lastOfPlace(asked: DrainAsked): Objection | null {
  if (isConfirmed(asked)) return null;
  const { cluster, hosts } = asked.record;
  const { batches, world } = asked;
  const takesAll = batches.some((batch) => takesTheLast(batch, world));
  const emptied = new Set(takesAll ? [] : batches.flatMap((batch) => emptiedPlaces(batch, world)));
  const lost = takesAll ? [`the whole cluster ${cluster}`] : [...emptied];
  if (lost.length === 0) return null;
  return {
    why: `${quoted(hosts)} (${counted(asked.machines.length, "machine")}) takes the last agents of ${quoted(list(lost))}: with what is draining or Down already, none would stay there. So their number has to be typed (no setting turns this off).`,
    next: "",
    change: {},
    unlessMeant: ["name fewer machines"],
  };
}

/** The places without an agent that stays, as far as they are worth a question. */
function emptiedPlaces(machines: readonly Machine[], world: World): string[] {
  const watched = machines.map((machine) => ({ machine, agentIds: [] }));
  const { emptied } = blastRadiusOf(world, watched);
  if (emptied.length === 0) return [];
  const places = new Map<string, Map<string, Set<string>>>();
  for (const agent of world.agents) {
    for (const { kind, name } of placesOf(agent)) {
      const ofKind = places.get(kind) ?? new Map<string, Set<string>>();
      places.set(kind, ofKind.set(name, (ofKind.get(name) ?? new Set()).add(machineKey(agent.machine))));
    }
  }
  const isSpread = (machines: { readonly size: number } | undefined) => (machines?.size ?? 0) > 1;
  return emptied
    .filter(({ kind, name }) => isSpread(places.get(kind)) && isSpread(places.get(kind)?.get(name)))
    .map(({ kind, name }) => `${kind} ${name}`);
}

/** Whether no agent of the cluster would stay, though some do now and there is more than one machine. */
function takesTheLast(machines: readonly Machine[], world: World): boolean {
  const chosen = new Set(machines.map(machineKey));
  const staying = stayingIn(world);
  const isLeft = ({ id }: Agent) => staying.isStaying(id);
  const staysElsewhere = (agent: Agent) => isLeft(agent) && !chosen.has(machineKey(agent.machine));
  const { byMachine } = indexAgents(world.agents);
  return byMachine.size > 1 && !world.agents.some(staysElsewhere) && world.agents.some(isLeft);
}
