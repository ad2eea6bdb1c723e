import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import { agentsMissing, whyNotAwaited } from "./agents-back.js";
import { withBatch } from "./batch.js";
import { withEvent } from "./log.js";
import { namesOf } from "./names.js";
import type { Batch, BatchIn, LeftBehind, Maintenance } from "./record.js";

/**
 * The record once the machines of a batch whose agents are not back are split off into the maintenance `id`: the batch goes
 * on without them. That maintenance is opened from what is stored here, as often as it takes (invariant 7).
 */
export function withLeftBehind(
  record: Maintenance,
  batch: BatchIn<"up">,
  { id, by, atMs, askedAtMs }: Pick<LeftBehind, "id" | "by" | "atMs" | "askedAtMs">,
): Maintenance {
  // All machines of a host name go together: an agent of a new id is known by the name of its host.
  const hostnames = new Set(agentsMissing(batch).map(({ machine }) => machine.split("|")[0] ?? ""));
  const isLeft = (hostname: string) => hostnames.has(hostname.toLowerCase());
  const part = (left: boolean): BatchIn<"up"> => {
    const agents = batch.agents.filter(({ machine }) => isLeft(machine.split("|")[0] ?? "") === left);
    const known = new Set(agents.flatMap((agent) => [agent.id, agent.machine]));
    return {
      ...batch,
      machines: batch.machines.filter(({ hostname }) => isLeft(hostname) === left),
      agents,
      returned: batch.returned.filter((one) => known.has(one)),
      drained: batch.drained.filter(({ agentId }) => known.has(agentId)),
    };
  };
  // It has a thread of its own, where nobody has been told yet that they are not back.
  const opening = { ...part(true), id: "b1", approvals: [], missingTold: false };
  const machines = opening.machines.map(namesOf(record).of);
  const entry: LeftBehind = { id, batch: batch.id, machines, by, atMs, askedAtMs, opening };
  const split = withBatch({ ...record, leftBehind: [...record.leftBehind, entry] }, part(false));
  return withEvent(split, atMs, { kind: "left_behind", batch: batch.id, machines, into: id, by });
}

/**
 * The maintenances that are to be opened for machines that were left behind. They are made from what is stored alone, so
 * each is the same however often it is opened (invariant 7).
 */
export function maintenancesToOpen(record: Maintenance): Maintenance[] {
  return record.leftBehind.flatMap((entry) =>
    entry.opening === null ? [] : [openedFor(record, entry, entry.opening)],
  );
}

function openedFor(record: Maintenance, { id, machines, by, atMs }: LeftBehind, opening: Batch): Maintenance {
  const {
    version,
    cluster,
    channel,
    requester,
    requesterStanding,
    requesterGroups,
    command,
    reason,
    ticket,
  } = record;
  const { startMs, durationMs, adopt } = record.wanted;
  const opened: Maintenance = {
    version,
    id,
    cluster,
    channel,
    requester,
    requesterStanding,
    requesterGroups,
    command,
    hosts: opening.machines.map(namesOf(record).typed).join(","),
    reason,
    ticket,
    requestedAtMs: atMs,
    // Whoever chose the window of machines that were adopted may still do so.
    wanted: { startMs, durationMs, ...(adopt === undefined ? {} : { adopt: {} }) },
    batches: [opening],
    leftBehind: [],
    leftBehindBy: record.id,
    frameworks: record.frameworks,
    // A call for these machines that got no answer may still arrive.
    unsettledUntilMs: record.unsettledUntilMs,
    ...NOTHING_DECIDED,
  };
  return withEvent(opened, atMs, { kind: "split_off", from: record.id, machines, by });
}

/** What a maintenance has of which nothing was asked, answered or decided yet. */
const NOTHING_DECIDED = {
  deadline: null,
  overrides: [],
  confirmed: null,
  copiesPlanned: [],
  neighbours: {},
  owners: [],
  behaviour: [],
  blast: null,
  cancel: null,
  held: null,
  paused: null,
  wentOn: [],
  runs: [],
  moves: [],
  unwatched: null,
  trouble: null,
  picture: null,
  events: [],
  seq: 0,
  end: null,
} satisfies Partial<Maintenance>;

/** The record once the maintenance `id` is known to be stored. */
export function withOpened(record: Maintenance, id: string): Maintenance {
  const leftBehind = record.leftBehind.map((entry) =>
    entry.id === id ? { ...entry, opening: null } : entry,
  );
  return { ...record, leftBehind };
}

/** `web-09 left behind, m-7k3q2 waits for the agents there`, for each time that it was done. */
export function leftBehindTexts({ leftBehind }: Pick<Maintenance, "leftBehind">): string[] {
  return leftBehind.map(
    ({ machines, id }) => `${quoted(list(machines))} left behind, ${id} waits for the agents there`,
  );
}

/** Why not all agents of these batches are back; `null` when they are. */
export function whyNotAllAreBack(record: Maintenance, batches: readonly BatchIn<"up">[]): string | null {
  return (
    [...leftBehindTexts(record), whyNotAwaited(batches, namesOf(record)) ?? []].flat().join("; ") || null
  );
}
