import type { Logger } from "../base/logger.js";
import { VERSION } from "../base/version.js";
import type { CommandCluster } from "../commands/command.js";
import type { ClusterConfig, SlackConfig } from "../config/config.js";
import type { Policy } from "../maintenance/policy/policy.js";
import { createSlackApp } from "../slack/app.js";
import { createGroups } from "../slack/people/groups.js";
import { createPeople } from "../slack/people/people.js";
import { createReaders } from "../slack/people/readers.js";
import { createMessenger, type Messenger } from "../slack/say/messenger.js";
import { SlackFailure } from "../slack/wire/errors.js";
import { createHome } from "./bot/home.js";
import { createIntake } from "./bot/intake.js";
import { SYSTEM_CLOCK } from "./clock.js";
import { NOTIFY_QUEUE } from "./lanes/jobs.js";
import { wakeLateJobs } from "./lanes/late-jobs.js";
import { createLostClusters } from "./lanes/lost-clusters.js";
import { createNotifier } from "./lanes/notifier.js";
import { openRecords } from "./lanes/records.js";
import { runsIn } from "./lanes/runs-in.js";
import { OtherInstallationError, whyNotServed } from "./lanes/served.js";
import { createDrawTimeline } from "./notify/draw-timeline.js";
import { notifyProcessor } from "./notify/notify.js";
import type { ClusterInSlack } from "./notify/thread.js";
import { logJumps, steadyClock } from "./steady-clock.js";
import { NOTIFY_WORKER_OPTIONS } from "./store/lane-options.js";
import { askAtStart, runWorker, type Store } from "./store/store.js";

/** A cluster of the configuration, as far as the bot needs it: of the policy only whom it names, and its hours. */
export interface BotCluster
  extends CommandCluster,
    Pick<ClusterConfig, "masters" | "zooKeeper" | "broadcast" | "tickets"> {
  readonly policy: Pick<
    Policy,
    "requesters" | "approvers" | "admins" | "membersOnly" | "owners" | "runbooks" | "calendar"
  >;
}

export interface BotOptions {
  readonly store: Store;
  readonly slack: SlackConfig;
  readonly clusters: readonly BotCluster[];
  /** @see NotifyPorts.historyMs */
  readonly historyMs: number;
  /** @see IntakePorts.commandsPerMinute */
  readonly commandsPerMinute: number;
  readonly logger: Logger;
  /** @see WorkerOptions.takeOver */
  readonly takeOver?: boolean;
  /** Milliseconds from a command or click to its acknowledgement. */
  readonly onAck?: (kind: string, ms: number) => void;
  readonly onCommand?: (verb: string, outcome: string) => void;
  readonly onSlackCall?: (method: string, outcome: string) => void;
  /** @see NotifyPorts.shown */
  readonly onShown?: (ms: number) => void;
}

export interface BotSide {
  start(): Promise<void>;
  /** Closes the connection to Slack first, then lets running messages finish. */
  stop(): Promise<void>;
  ready(): true | string;
  /** The port of HTTP mode; `null` in Socket Mode. */
  port(): number | null;
}

/** The only side that talks to Slack: commands and clicks in, the notify lane out. It never calls a master. */
export function createBotSide(options: BotOptions): BotSide {
  const { store, logger } = options;
  const clock = steadyClock(SYSTEM_CLOCK, logJumps(logger));
  const people = createPeople({ settings: options.slack, logger, now: clock.now });
  const readers = createReaders(people, clock.now);
  const messenger = counted(
    createMessenger({ settings: options.slack, logger, readers }),
    options.onSlackCall,
  );
  const records = new Map(
    options.clusters.map((cluster) => [cluster.name, openRecords(store, cluster.name, logger)]),
  );
  const notifier = createNotifier(store, logger, clock);
  const lost = createLostClusters(store, records, logger);
  const groups = createGroups({ settings: options.slack, logger, now: clock.now });
  const home = createHome({
    ...{ messenger, readers, records, logger },
    clusters: options.clusters,
    threads: notifier.queue,
    personOf: groups.personOf,
    version: VERSION,
    now: clock.now,
  });
  const intake = createIntake({
    store,
    clusters: options.clusters.map((cluster) => ({
      ...cluster,
      groups: groupsNamedIn(cluster.policy),
      membersOnly: cluster.policy.membersOnly,
      runbooks: cluster.policy.runbooks,
    })),
    records,
    notifier,
    lost,
    personOf: groups.personOf,
    people,
    commandsPerMinute: options.commandsPerMinute,
    onCommand: options.onCommand,
    logger,
    clock,
  });
  const app = createSlackApp({
    settings: options.slack,
    handlers: { ...intake, home },
    logger,
    messenger,
    ...(options.onAck === undefined ? {} : { onAck: options.onAck }),
  });
  const show = notifyProcessor({
    messenger,
    readers,
    drawTimeline: createDrawTimeline({ readers, logger }),
    home,
    queue: notifier.queue,
    records,
    shownIn: (name) => shownAs(options.clusters.find((cluster) => cluster.name === name)),
    historyMs: options.historyMs,
    runsOf: runsIn(store),
    shown: options.onShown ?? (() => {}),
    lost,
    logger,
    now: clock.now,
    wall: clock.wall,
  });
  const worker = store.worker(NOTIFY_QUEUE, show, NOTIFY_WORKER_OPTIONS);
  worker.on("failed", (job, error) =>
    logger.error({ err: error.message, job: job?.id, kind: job?.name }, "a message could not be sent"),
  );

  let late: { close(): void } | undefined;

  return {
    async start() {
      const answers = await Promise.all(
        options.clusters.map((cluster) => askAtStart(() => whyNotServed(store, cluster, options.takeOver))),
      );
      const whys = answers.filter((why) => why !== null);
      // It would take the other installation's commands, and show its threads (invariant 13).
      if (whys.length > 0) throw new OtherInstallationError(whys);
      runWorker(worker, logger);
      late = wakeLateJobs([notifier.queue], clock, logger);
      await app.start();
    },
    async stop() {
      late?.close();
      await app.stop();
      await worker.close();
      notifier.close();
    },
    ready: app.ready,
    port: app.port,
  };
}

/** How the maintenances of a cluster of the configuration are shown. */
export function shownAs(cluster: Partial<BotCluster> | undefined): ClusterInSlack {
  const { broadcast = [], tickets = null, masters = [], zooKeeper = null, policy } = cluster ?? {};
  const scheme = masters.some((url) => url.startsWith("https:")) ? "https" : (zooKeeper?.scheme ?? "http");
  return { broadcast, tickets, scheme, calendar: policy?.calendar ?? [] };
}

/** Slack user groups (`S…`) that decide something; people stand in the same lists. */
export function groupsNamedIn(policy: BotCluster["policy"]): readonly string[] {
  const ids = [
    ...policy.requesters,
    ...policy.approvers,
    ...policy.admins,
    ...policy.owners.flatMap((o) => o.owners),
    ...policy.runbooks.flatMap((runbook) => runbook.who),
  ];
  return [...new Set(ids.filter((id) => id.startsWith("S")))];
}

function counted(messenger: Messenger, onCall: BotOptions["onSlackCall"]): Messenger {
  if (onCall === undefined) return messenger;
  const count = async <T>(method: string, call: Promise<T>): Promise<T> => {
    try {
      const result = await call;
      onCall(method, "ok");
      return result;
    } catch (error) {
      onCall(method, error instanceof SlackFailure ? error.code : "failed");
      throw error;
    }
  };
  return {
    post: (channel, thread, message, how) => count("post", messenger.post(channel, thread, message, how)),
    update: (channel, ts, message) => count("update", messenger.update(channel, ts, message)),
    reply: (to, reply, whole) => count("reply", messenger.reply(to, reply, whole)),
    upload: (channel, thread, file) => count("upload", messenger.upload(channel, thread, file)),
    permalink: (channel, ts) => count("permalink", messenger.permalink(channel, ts)),
    publish: (user, home) => count("publish", messenger.publish(user, home)),
    whoAmI: () => count("whoAmI", messenger.whoAmI()),
  };
}
