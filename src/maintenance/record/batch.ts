import { type Machine, machineKey } from "../cluster/machine.js";
import type { LastSeen, WatchedMachine } from "../cluster/world-index.js";
import { groupBy } from "../group-by.js";
import { type Millis, nanosToMillis } from "../time.js";
import type { AgentSeen } from "./agent-seen.js";
import { always, untilDown } from "./batch-phases.js";
import type { Picture } from "./picture.js";
import type {
  Approval,
  Batch,
  BatchIn,
  BatchToGoDown,
  DrainingBatch,
  Maintenance,
  Phase,
  StandingBatch,
} from "./record.js";

/** Whether a write without an answer may still take effect at the master. */
export function isUnsettled(record: Maintenance, nowMs: Millis): boolean {
  return record.unsettledUntilMs !== null && nowMs < record.unsettledUntilMs;
}

/** The batch of this id, or `null`. */
export function batchOf(record: Pick<Maintenance, "batches">, id: string): Batch | null {
  return record.batches.find((batch) => batch.id === id) ?? null;
}

/** A draining batch as the record has it by now. */
export function drainingNow(record: Maintenance, batch: DrainingBatch): DrainingBatch {
  const now = batchOf(record, batch.id);
  return now !== null && isDraining(now) ? now : batch;
}

/** The question that a button or a command names, or `null`. */
export function approvalOf(
  record: Pick<Maintenance, "batches">,
  about: { readonly batch: string; readonly approval: string },
): Approval | null {
  return batchOf(record, about.batch)?.approvals.find(({ id }) => id === about.approval) ?? null;
}

/** The record with this batch in the place of the one with its id. */
export function withBatch(record: Maintenance, batch: Batch): Maintenance {
  return { ...record, batches: record.batches.map((b) => (b.id === batch.id ? batch : b)) };
}

/** The batch once its machines are Down. */
export function nowDown(batch: BatchToGoDown, confirmedUp: string[] = []): BatchIn<"down"> {
  return { ...always(batch), phase: "down", overdueTold: batch.overdueTold, confirmedUp };
}

/** The batch once it was asked to come back. */
export function nowBringingUp(batch: BatchIn<"down">): BatchIn<"bringing_up"> {
  return { ...always(batch), phase: "bringing_up", confirmedUp: batch.confirmedUp };
}

/** The batch without a question or an approval, in a window that still stands. */
export function drainingAgain(batch: StandingBatch, askedByItself: boolean): BatchIn<"draining"> {
  return { ...untilDown(batch), phase: "draining", askedByItself, askAnew: null };
}

/** The record at its end. */
export function ended(
  record: Maintenance,
  phase: "up" | "cancelled" | "failed",
  atMs: Millis,
  why: string | null = null,
): Maintenance {
  return { ...record, end: { phase, atMs, why }, trouble: null };
}

/** Whether it ended before any machine was taken into it, so that nothing of it ever reached a master. */
export function neverBegan({ batches, end }: Maintenance): boolean {
  return batches.length === 0 && end !== null;
}

/** Whether the drain was refused before anything was posted. */
export function isRefused(record: Maintenance): boolean {
  return neverBegan(record) && record.end?.phase === "failed";
}

/** Whether nothing more is done with a batch at the master; its agents may still be on their way back. */
export function hasEnded(batch: Batch): boolean {
  return batch.phase === "up" || batch.phase === "cancelled" || batch.phase === "failed";
}

/** Whether everything at the master is done, and agents have yet to register again. */
export function isWaitingForAgents({ end, batches }: Maintenance): boolean {
  return end === null && batches.every(hasEnded) && batches.some(({ phase }) => phase === "up");
}

/** Whether its window was posted and has not been seen since. */
export function isPosted(batch: Batch): batch is BatchIn<"scheduled"> {
  return batch.phase === "scheduled" && batch.post.kind === "posted";
}

/** Whether no master was asked to show its window. */
export function isUnposted(batch: Batch): boolean {
  return batch.phase === "scheduled" && batch.post.kind === "none" && batch.seenSinceMs === null;
}

/**
 * When the window of a batch that waits for it is posted (`--announce`), in ms since the epoch; `null` where that is at once, and
 * once it was posted.
 */
export function announcedAtMs({ wanted }: Pick<Maintenance, "wanted">, batch: Batch): Millis | null {
  if (wanted.announceMs === undefined || !isUnposted(batch)) return null;
  return nanosToMillis(batch.window.start) - wanted.announceMs;
}

/** When the first window of a maintenance is posted that is planned now. */
export function firstPostMs({ wanted }: Pick<Maintenance, "wanted">, nowMs: Millis): Millis {
  const { startMs, announceMs } = wanted;
  return startMs === null || announceMs === undefined ? nowMs : Math.max(nowMs, startMs - announceMs);
}

/** Whether its window stands and its Down is neither approved nor under way. */
export function isDraining(batch: Batch): batch is DrainingBatch {
  return batch.phase === "draining" || batch.phase === "awaiting_approval";
}

/** Whether neither its Down nor a kill-drain is approved: its machines can be given back without having been away. */
export function isBeforeApproval(
  batch: Batch,
): batch is BatchIn<"kill_draining" | "scheduled"> | DrainingBatch {
  if (batch.phase === "kill_draining") return batch.approvals.at(-1)?.outcome?.kind !== "granted";
  return batch.phase === "scheduled" || isDraining(batch);
}

/** Whether its machines are still to go down: approved or not, before the master says that they are. */
export function isToGoDown(batch: Batch): batch is BatchToGoDown {
  return batch.phase === "kill_draining" || isBeforeApproval(batch) || batch.phase === "taking_down";
}

/** Whether a rule has stopped the drain before this batch, so that nobody can approve it: not where it is asked about alone. */
export function isStopped({ paused }: Maintenance, { id }: Batch): boolean {
  return paused?.batch === id && !paused.asksAlone;
}

/** Whether the machines of a batch went Down by our call before a time. */
export function wentDownBefore({ events }: Maintenance, { id }: Batch, atMs: Millis): boolean {
  return events.some((event) => event.kind === "down" && event.batch === id && event.atMs < atMs);
}

/** The machines of a batch that a look did not show as Down. */
export function machinesNotDown(
  { machines }: Batch,
  { machines: views }: Pick<Picture, "machines">,
): Machine[] {
  const down = new Set(views.filter(({ mode }) => mode === "down").map(machineKey));
  return machines.filter((machine) => !down.has(machineKey(machine)));
}

/** The batch with its window to be posted, and nothing known of a post: what an earlier one came to is of the past. */
export function toBePosted(
  batch: BatchToGoDown,
  sightProved: boolean,
  askAnew: BatchIn<"scheduled">["askAnew"],
): BatchIn<"scheduled"> {
  const post = { kind: "none", sightProved } as const;
  return { ...untilDown(batch), removal: null, phase: "scheduled", post, askAnew };
}

/** What was sent, or may have been, under the approval of now to have what runs on its machines killed: that goes on to its end. */
export function killsSent({ phase, approvals, drained }: Batch): Batch["drained"] {
  const last = approvals.at(-1);
  if (phase !== "kill_draining" || last?.outcome?.kind !== "granted") return [];
  return drained.filter(({ approvalId }) => approvalId === last.id);
}

/** Whether anything was. */
export function isKillSent(batch: Batch): boolean {
  return killsSent(batch).length > 0;
}

/** Whether the call that takes its machines down may be under way: it cannot be called back. */
export function isDownSent(batch: Batch): boolean {
  return batch.phase === "taking_down" && batch.intent !== null;
}

/**
 * The phase of the whole maintenance for its headline: its end, or the phase of the batch that is furthest behind;
 * `requested` while the hosts have not been looked up.
 */
export function phaseOf(record: Maintenance): Phase | "requested" {
  return record.end?.phase ?? currentBatch(record)?.phase ?? "requested";
}

/**
 * Where the whole maintenance stands, as people read it: of several batches it is said which one it is, and of one that is up
 * how much of it never was down.
 */
export function standOf(record: Maintenance): string {
  const { batches, end } = record;
  const phase = phaseWords(record);
  if (end !== null) return end.phase === "up" ? `${phase}${givenBackOf(record)}` : phase;
  const batch = currentBatch(record);
  return batch === undefined || batches.length < 2 ? phase : `${phase}, ${placeOf(record, batch.id)}`;
}

/** The phase in words: nothing is called scheduled of which the master has not shown the window. */
export function phaseWords(record: Maintenance): string {
  const batch = currentBatch(record);
  return (
    (record.end === null && batch !== undefined ? unseenWindow(record, batch) : null) ??
    phaseOf(record).replaceAll("_", " ")
  );
}

/** `batch 2 of 4`, as people count; by its id. */
export function placeOf({ batches }: Pick<Maintenance, "batches">, id: string): string {
  return `batch ${batches.findIndex((batch) => batch.id === id) + 1} of ${batches.length}`;
}

/** `, 3 of 6 machines given back`: those of a drain in batches that were not taken down. */
function givenBackOf(record: Maintenance): string {
  const back = machineCount({ batches: record.batches.filter(({ phase }) => phase === "cancelled") });
  return back === 0 ? "" : `, ${back} of ${machineCount(record)} machines given back`;
}

/** What is known of the window of a batch that the master has not shown yet; `null` once it has, and after the end. */
export function unseenWindow(record: Maintenance, batch: Batch): string | null {
  if (batch.phase !== "scheduled") return null;
  if (record.unsettledUntilMs !== null) return "being posted";
  if (isPosted(batch)) return "posted, not seen yet";
  return announcedAtMs(record, batch) === null ? "not posted" : "not announced yet";
}

/** The same of a window that was changed too: until the master shows it there it is not the one that stands. */
export function windowNotSeen(record: Maintenance, batch: Batch): string | null {
  if (batch.phase === "kill_draining") return "not posted";
  return unseenWindow(record, batch) ?? (batch.movingFrom === null ? null : "being posted");
}

/** The first batch that has not ended, else the last one. */
export function currentBatch({ batches }: Maintenance): Batch | undefined {
  return batches.find((batch) => !hasEnded(batch)) ?? batches.at(-1);
}

/** How many machines its batches have. */
export function machineCount({ batches }: Pick<Maintenance, "batches">): number {
  return batches.reduce((sum, batch) => sum + batch.machines.length, 0);
}

/**
 * The machines of a batch with the agents ever seen on them but for those that are gone, and until Down with what was last seen of these: afterwards
 * what ran there is of the past.
 */
export function watchedMachines(batch: Batch): WatchedMachine[] {
  const agents = groupBy(batch.agents, (agent) => agent.machine);
  return batch.machines.map((machine) => {
    const all = agents.get(machineKey(machine)) ?? [];
    const theirs = all.filter(({ gone }) => !gone);
    const watched = {
      machine,
      agentIds: theirs.map((agent) => agent.id),
      ...(theirs.length < all.length ? { gone: all.length - theirs.length } : {}),
    };
    return isToGoDown(batch)
      ? { ...watched, lastSeen: theirs.flatMap((agent) => lastSeenOf(machine, agent)) }
      : watched;
  });
}

function lastSeenOf(machine: Machine, { id, lastSeen }: AgentSeen): LastSeen[] {
  if (lastSeen === undefined) return [];
  const { tasks, ...rest } = lastSeen;
  return [{ agent: { id, machine, active: false, deactivated: false, drain: null, ...rest }, tasks }];
}
