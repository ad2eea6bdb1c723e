import { isUnknown, viewsOf } from "../answers/verdicts.js";
import { placesOf } from "../blast/staying.js";
import { type Machine, type MachineNames, machineKey } from "../cluster/machine.js";
import type { Resolution } from "../cluster/resolution.js";
import type { Agent, World } from "../cluster/world.js";
import { indexWorld, namesIn } from "../cluster/world-index.js";
import { whyAmbiguous } from "../policy/shared-names.js";
import type { MachineView } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import { mayHide, sightOf } from "../sight/sight.js";
import { counted, list } from "../text/list.js";
import { quoted, unmatched, withoutAgent } from "../text/quote.js";
import { type Reply, replyOf } from "../text/reply.js";
import { type Column, type Grid, tableOf, tablesOf } from "../text/table.js";
import type { Millis } from "../time.js";
import { windowOf } from "../window/edit.js";
import { holds } from "../window/whose.js";
import { windowText } from "./status-cells.js";

/** Some machines as the master has them now, and whose maintenance they are in. */
export function statusOfMachines(
  resolution: Resolution,
  world: World,
  open: readonly Maintenance[],
  nowMs: Millis,
): Reply {
  const { machines } = resolution;
  const ambiguous = whyAmbiguous(resolution, world, "/mesos status", () => true);
  const views = viewsOf(world, machines, open);
  const names = namesIn(world, machines);
  return replyOf({
    tone: "info",
    text: [`${world.cluster}: ${modesIn(world, views)}`, ...unknownTexts(views, names), ambiguous?.why ?? []]
      .flat()
      .join(" "),
    next: ambiguous?.next ?? null,
    table: tablesOf(
      tableOf(views, [
        nameColumn(names),
        { title: "MODE", cell: ({ mode }) => mode },
        agents(),
        TASKS,
        inColumn(world, open),
        { title: "WINDOW", cell: (view) => windowText(windowOf(world.schedule, view), nowMs) },
      ]),
    ),
  });
}

/** What a host pattern comes to: the machines it matches, and what it does not match. */
export function hostsReply(
  cluster: string,
  resolution: Resolution,
  world: World,
  open: readonly Maintenance[],
): Reply {
  const { machines, literals, matchedNothing, unknown } = resolution;
  const ambiguous = whyAmbiguous(resolution, world, "/mesos hosts", () => true);
  const views = viewsOf(world, machines, open);
  const names = namesIn(world, machines);
  const known = new Set(views.filter((view) => !isUnknown(view)).map(machineKey));
  const literal = new Set(literals.map(machineKey).filter((key) => known.has(key)));
  // One in a window, or Down, is that.
  const isUnregistered = (view: MachineView) => view.mode === "up" && literal.has(machineKey(view));
  const located = agentsByMachine(world, machines);
  const sentences = [
    views.length === 0
      ? `${cluster}: no machine matches.`
      : `${cluster}: ${modesIn(world, views, isUnregistered)}`,
  ];
  sentences.push(...unknownTexts(views, names));
  if (matchedNothing.length > 0) sentences.push(`Nothing matches ${unmatched(matchedNothing)}.`);
  if (ambiguous !== null) sentences.push(ambiguous.why);
  if (unknown.length > 0) sentences.push(withoutAgent("The master", resolution));
  if (literal.size > 0) {
    sentences.push(
      "A machine that is not registered can stand in a window, but nothing drains because of it.",
    );
  }
  const misses = matchedNothing.length + unknown.length > 0;
  const howToMend = misses
    ? "mend or leave out what does not match."
    : "a host name that several machines have names none of them; write host|ip.";
  const drainable = !misses && ambiguous === null;
  return replyOf({
    tone: drainable && views.length > 0 ? "info" : "refused",
    text: sentences.join(" "),
    next: drainable ? null : `A drain of this pattern would be refused: ${howToMend}`,
    table: tablesOf(
      tableOf(views, [
        nameColumn(names),
        IP,
        { title: "MODE", cell: (view) => (isUnregistered(view) ? "unregistered" : view.mode) },
        agents(),
        TASKS,
        inColumn(world, open),
        ...placeColumns(views, located),
      ]),
    ),
  });
}

/**
 * One line per machine of a maintenance.
 *
 * @param isAwaited whether its agents are to come back after Up.
 * @param first columns before the others.
 */
export function machineTable(
  views: readonly MachineView[],
  names: MachineNames,
  isAwaited: (view: MachineView) => boolean,
  first: readonly Column<MachineView>[] = [],
): Grid | null {
  return tableOf(views, [
    ...first,
    nameColumn(names),
    IP,
    { title: "MODE", cell: ({ mode }) => mode },
    agents(isAwaited),
    TASKS,
  ]);
}

const nameColumn = (names: MachineNames): Column<MachineView> => ({
  title: "MACHINE",
  cut: "middle",
  cell: names.of,
});

/** A master tells no address of an agent that is not back after a fail-over. */
const IP: Column<MachineView> = { title: "IP", cell: ({ ip }) => ip || "not told" };

/** `?` where it is not known what runs, behind what was last seen there (invariant 13). */
const TASKS: Column<MachineView> = {
  title: "TASKS",
  align: "right",
  cell: (view) => (isUnknown(view) ? `${view.tasks || ""}?` : view.tasks),
};

/** Of which machines it is not known what runs there, and why. */
function unknownTexts(views: readonly MachineView[], names: MachineNames): string[] {
  const told = (some: readonly MachineView[], why: string) =>
    some.length === 0
      ? []
      : [`${quoted(list(some.map(names.of)))}: ${why}, so it is not known what runs there.`];
  return [
    ...told(
      views.filter(({ recovering }) => recovering > 0),
      "not registered again since the fail-over",
    ),
    ...told(
      views.filter(({ away }) => away > 0),
      "an agent cannot be reached",
    ),
  ];
}

/**
 * Agents registered, `n away` for those in no list any more, `+n?` for those not back since a fail-over, `awaited` for one
 * that is to come back after Up, `n gone` for those that somebody marked gone.
 */
function agents(isAwaited: (view: MachineView) => boolean = () => false): Column<MachineView> {
  const present = (view: MachineView) => {
    // Not Down, and no list has it any more: what runs there is unknown (invariant 13).
    if (view.away > 0 && !isAwaited(view)) return `${view.agents}, ${view.away} away`;
    if (view.recovering > 0) return `${view.agents}+${view.recovering}?`;
    return view.agents === 0 && isAwaited(view) ? "0 awaited" : view.agents;
  };
  const cell = (view: MachineView) =>
    view.gone === undefined ? present(view) : `${present(view)}, ${view.gone} gone`;
  return { title: "AGENTS", align: "right", cell };
}

/** The maintenance of ours that a machine is in, `others` for a foreign window, or nothing. */
function inColumn(world: World, open: readonly Maintenance[]): Column<MachineView> {
  const cell = (view: MachineView) => {
    const ours = open.find((record) => record.end === null && holds(record, view));
    return ours?.id ?? (windowOf(world.schedule, view) === null ? "" : "others");
  };
  return { title: "IN", cell };
}

/** The agents on each of these machines, by machine key. */
function agentsByMachine(world: World, machines: readonly Machine[]): ReadonlyMap<string, readonly Agent[]> {
  const { agents, recovering } = indexWorld(world);
  const keys = new Set(machines.map(machineKey));
  return new Map(
    [...keys].map((key) => [key, [...(agents.get(key) ?? []), ...(recovering.get(key) ?? [])]] as const),
  );
}

/** Zone, rack and attributes, as far as any agent has them: to see what `@rack=r1` or `zone=eu-1a` stands for. */
function placeColumns(
  views: readonly MachineView[],
  located: ReadonlyMap<string, readonly Agent[]>,
): Column<MachineView>[] {
  const told = (view: MachineView, of: (agent: Agent) => readonly string[]) =>
    [...new Set((located.get(machineKey(view)) ?? []).flatMap(of))].join(", ");
  const placed = (kind: string) => (agent: Agent) =>
    placesOf(agent).flatMap((place) => (place.kind === kind ? [place.name] : []));
  const written = ({ attributes }: Agent) => attributes.map(({ name, value }) => `${name}=${value}`);
  const columns: Column<MachineView>[] = [
    { title: "ZONE", spare: true, cell: (view) => told(view, placed("zone")) },
    { title: "RACK", spare: true, cell: (view) => told(view, placed("rack")) },
    { title: "ATTRIBUTES", spare: true, cell: (view) => told(view, written) },
  ];
  return columns.filter(({ cell }) => views.some((view) => cell(view) !== ""));
}

/**
 * `3 machines: 1 up, 2 draining.`, and whether some that are called up may be in windows that are not shown.
 *
 * @param isUnregistered no agent is known there, so it is not up.
 */
function modesIn(
  world: World,
  views: readonly MachineView[],
  isUnregistered: (view: MachineView) => boolean = () => false,
): string {
  const modes = views.map((view) => (isUnregistered(view) ? "unregistered" : view.mode));
  const told = (["up", "draining", "down", "unregistered"] as const).flatMap((mode) => {
    const count = modes.filter((one) => one === mode).length;
    return count === 0 ? [] : `${count} ${mode === "down" ? "Down" : mode}`;
  });
  const text = `${counted(views.length, "machine")}${told.length > 0 ? `: ${told.join(", ")}` : ""}.`;
  const hidden = mayHide(sightOf(world));
  return hidden === null ? text : `${text} ${hidden}`;
}
