// How are read-only questions answered?

import type { ClusterConfig } from "../../config/config.js";
import type { World } from "../../maintenance/cluster/world.js";
import { decodeMaintenance, type Maintenance } from "../../maintenance/record/record.js";
import type { FoundTrouble } from "../../maintenance/record/troubles.js";
import {
  mendUnreadable,
  NONE_STORED,
  whichUnreadable,
  withUnreadable,
} from "../../maintenance/record/unreadable.js";
import { frameworksReply } from "../../maintenance/show/frameworks.js";
import { historyGrid, historyOf, historyReply, isMeant } from "../../maintenance/show/history.js";
import { hostsReply, statusOfMachines } from "../../maintenance/show/machines.js";
import { scheduleReply, scheduleTimeline } from "../../maintenance/show/schedule-view.js";
import { statusOfMaintenance } from "../../maintenance/show/status.js";
import { statusOfCluster } from "../../maintenance/show/status-of-cluster.js";
import type { Timeline } from "../../maintenance/show/timeline.js";
import { windowRows } from "../../maintenance/show/window-rows.js";
import { counted } from "../../maintenance/text/list.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { Grid } from "../../maintenance/text/table.js";
import { formatSpan } from "../../maintenance/time.js";
import { MesosError } from "../../mesos/errors/errors.js";
import { type Cluster, HostsError } from "../cluster/cluster.js";
import type { Habits } from "../lanes/habits.js";
import {
  type Attachment,
  type QueryJob,
  queryJob,
  readJob,
  type StoredReplyTarget,
  UnreadableJobError,
} from "../lanes/jobs.js";
import { noSuchMaintenance } from "../lanes/not-found.js";
import type { Records } from "../lanes/records.js";
import { replyFrom, troubleFrom } from "../lanes/troubles.js";
import type { StoreJob } from "../store/store.js";
import { dryRun } from "./dry-run.js";

export interface QueryCluster {
  readonly cluster: Cluster;
  readonly records: Records;
  readonly habits: Habits;
  /** For the list of clusters. */
  readonly config: Pick<ClusterConfig, "channel" | "defaultDurationMs" | "maxDurationMs">;
}

export interface QueryPorts {
  readonly clusters: ReadonlyMap<string, QueryCluster>;
  /** Clusters whose queue is another installation's, each with why. */
  readonly refused: ReadonlyMap<string, string>;
  reply(to: StoredReplyTarget, reply: Reply, attachments?: readonly Attachment[]): Promise<void>;
  now(): number;
}

type ClusterQuery = Exclude<QueryJob, { kind: "clusters" }>;

interface Answer {
  readonly reply: Reply;
  /** The same as a picture, where there is one. */
  readonly timeline: Timeline | null;
  /** All that was asked for, for a spreadsheet. */
  readonly csv: Grid | null;
}

/** A picture goes to the person, as a table does that is too long for a message and belongs into no maintenance's thread. */
function attachmentsOf(query: QueryJob, { timeline, csv }: Answer): readonly Attachment[] {
  if (csv !== null && "cluster" in query)
    return [{ maintenance: null, name: `${query.cluster}-history.csv`, what: { kind: "csv", grid: csv } }];
  const table = (maintenance: string | null, name: string) => [
    { maintenance, name: `${name}.txt`, what: { kind: "table" as const } },
  ];
  switch (query.kind) {
    case "maintenance":
      return table(query.id, `${query.id}-status`);
    case "history":
      return query.id === null
        ? table(null, `${query.cluster}-history`)
        : table(query.id, `${query.id}-history`);
    case "clusters":
      return table(null, "clusters");
    case "dry_run":
      return table(null, `${query.cluster}-dry-run`);
    case "schedule":
      return [
        ...table(null, `${query.cluster}-schedule`),
        ...(timeline === null
          ? []
          : [
              {
                maintenance: null,
                name: `${query.cluster}-schedule.png`,
                what: { kind: "timeline" as const, timeline },
              },
            ]),
      ];
    default:
      return table(null, `${query.cluster}-${query.kind}`);
  }
}

/** The processor of the query lane: read-only questions, answered to the one who asked. */
export function queryProcessor(ports: QueryPorts) {
  return async (job: StoreJob): Promise<void> => {
    const query = readJob(queryJob, job);
    const answer =
      query.kind === "clusters"
        ? inWords(await clustersReply(query.cluster, ports))
        : await answerOrExplain(query, ports);
    await ports.reply(query.replyTo, answer.reply, attachmentsOf(query, answer));
  };
}

function inWords(reply: Reply): Answer {
  return { reply, timeline: null, csv: null };
}

async function answerOrExplain(query: ClusterQuery, ports: QueryPorts): Promise<Answer> {
  const parts = ports.clusters.get(query.cluster);
  const notDone = "Your question is not answered.";
  if (parts === undefined) {
    const text = `This worker has no cluster called ${query.cluster}.`;
    const next = "Give bot and worker the same clusters file.";
    return inWords(replyOf({ tone: "error", text, notDone, next }));
  }
  const why = ports.refused.get(query.cluster);
  if (why !== undefined) return inWords(replyOf({ tone: "error", text: why, notDone }));
  try {
    if (query.kind === "schedule") return await scheduleAnswer(parts, ports.now());
    if (query.kind === "history")
      return query.id === null
        ? await history(query, parts, ports.now())
        : inWords(await historyOfOne(query.id, parts.records));
    return inWords(await answerTo(query, parts, ports.now()));
  } catch (error) {
    if (error instanceof HostsError) {
      const next = `${error.mend}, then ask again.`;
      return inWords(replyOf({ tone: "refused", text: error.message, next }));
    }
    return inWords(replyFrom(error, notDone));
  }
}

/** Words and picture are of one look at the master. */
async function scheduleAnswer({ cluster, records }: QueryCluster, nowMs: number): Promise<Answer> {
  const { name, policy } = cluster;
  const world = await cluster.world();
  const { records: open, unreadable } = await records.open();
  const rows = windowRows(world, open);
  return {
    reply: withUnreadable(scheduleReply(name, world, rows), unreadable),
    timeline: scheduleTimeline(name, rows, policy.calendar, nowMs),
    csv: null,
  };
}

/** Finished maintenances in the list of `/mesos history`. */
const SHOWN_FINISHED = 50;

/** Refused drains in it: few, so that they do not hide the others. */
const SHOWN_REFUSED = 10;

/** Of each kind as many are looked through when some are asked for: reading that many takes seconds. */
const LOOKED_THROUGH = 5_000;

async function answerTo(
  query: Exclude<ClusterQuery, { kind: "schedule" | "history" }>,
  parts: QueryCluster,
  nowMs: number,
): Promise<Reply> {
  const { cluster, records, habits } = parts;
  const { name } = cluster;
  switch (query.kind) {
    case "maintenance": {
      const record = await records.find(query.id);
      if (record === null) return await noSuchMaintenance(query.id, [records]);
      const isShown = record.end === null && record.picture !== null;
      return statusOfMaintenance(
        record,
        nowMs,
        await habits.of(),
        isShown ? await worldOrTrouble(cluster) : null,
      );
    }
    case "status":
    case "hosts": {
      const { records: open, unreadable } = await records.open();
      if (query.hosts === null) {
        const reply = statusOfCluster(name, open, await worldOrTrouble(cluster), nowMs);
        return withUnreadable(reply, unreadable);
      }
      const world = await cluster.world();
      const resolution = await cluster.resolve(query.hosts, world, open);
      const reply =
        query.kind === "status" && resolution.machines.length > 0
          ? statusOfMachines(resolution, world, open, nowMs)
          : hostsReply(name, resolution, world, open);
      return withUnreadable(reply, unreadable);
    }
    case "frameworks": {
      const world = await cluster.withDrivers(await cluster.world());
      return frameworksReply(world, cluster.policy.frameworks, await habits.of());
    }
    case "dry_run":
      return await dryRun(
        { record: recordIn(query.record), isUsualDuration: query.isUsualDuration },
        parts,
        nowMs,
      );
  }
}

function recordIn(data: unknown): Maintenance {
  try {
    return decodeMaintenance(data);
  } catch (error) {
    throw new UnreadableJobError(error);
  }
}

async function historyOfOne(id: string, records: Records): Promise<Reply> {
  const record = await records.find(id);
  return record === null ? await noSuchMaintenance(id, [records]) : historyOf(record);
}

/** The newest maintenances, or those that are asked for of all that are kept. */
async function history(
  { filter: { sinceForMs, ...asked }, csv }: Extract<QueryJob, { kind: "history" }>,
  { records }: QueryCluster,
  nowMs: number,
): Promise<Answer> {
  const filter = { ...asked, sinceMs: sinceForMs === null ? null : nowMs - sinceForMs };
  const isAll = asked.hosts === null && asked.by === null && sinceForMs === null && !asked.refused;
  const isShort = isAll && !csv;
  const finished = asked.refused
    ? NONE_STORED
    : await records.finished(isShort ? SHOWN_FINISHED : LOOKED_THROUGH);
  const refused = await records.refused(isShort ? SHOWN_REFUSED : LOOKED_THROUGH);
  const kept = await records.kept();
  const reached = asked.refused ? { ...kept, finished: 0 } : kept;
  const all = [await records.open(), finished, refused];
  const meant = all.flatMap((stored) => stored.records).filter(isMeant(filter));
  const ended = finished.records.length + refused.records.length;
  const reply = historyReply(reached, meant, ended, nowMs, filter);
  const unreadable = all.flatMap((stored) => stored.unreadable);
  return { reply: withUnreadable(reply, unreadable), timeline: null, csv: csv ? historyGrid(meant) : null };
}

/** The open maintenances can be told even while the master is away. */
async function worldOrTrouble(cluster: Cluster): Promise<World | FoundTrouble> {
  try {
    return await cluster.world();
  } catch (error) {
    if (!(error instanceof MesosError)) throw error;
    return troubleFrom(error, "The cluster was not looked at.", "every maintenance goes on by itself");
  }
}

/** All clusters, or the one that is named, their leading masters or why none answers. */
async function clustersReply(named: string | null, ports: QueryPorts): Promise<Reply> {
  const all = [...ports.clusters.values()];
  const entries = named === null ? all : all.filter(({ cluster }) => cluster.name === named);
  const lines = await Promise.all(
    entries.map(async ({ cluster, records, config }) => {
      const why = ports.refused.get(cluster.name);
      if (why !== undefined) return `${cluster.name}: ${why}`;
      const { records: readable, unreadable } = await records.open();
      const more =
        unreadable.length === 0 ? "" : `; ${whichUnreadable(unreadable)} ${mendUnreadable(unreadable)}`;
      const open = `${counted(readable.length, "open maintenance")}${more}`;
      const spans = `${formatSpan(config.defaultDurationMs)} by default, at most ${formatSpan(config.maxDurationMs)}`;
      return [`${cluster.name}: ${await mastersLine(cluster)}`, `  ${open}`, `  ${spans}`].join("\n");
    }),
  );
  const text = all.length === 1 ? "One cluster is configured." : `${all.length} clusters are configured.`;
  // In sentences: a table shows a channel by its id alone.
  const places = entries.map(({ cluster: { name }, config: { channel } }) =>
    channel === null
      ? `${name} has no channel of its own: maintenances are shown where their command is typed.`
      : `${name} is shown in <#${channel}>.`,
  );
  return replyOf({ tone: "info", text: [text, ...places].join("\n"), table: lines.join("\n") });
}

async function mastersLine(cluster: Cluster): Promise<string> {
  try {
    const version = await cluster.master.version();
    return `Mesos ${version}, leader ${cluster.master.leader() ?? "unknown"}`;
  } catch (error) {
    return error instanceof MesosError ? error.what : "no master answers";
  }
}
