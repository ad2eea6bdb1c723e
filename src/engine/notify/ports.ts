import { RateLimitError, UnrecoverableError } from "bullmq";
import type { Logger } from "../../base/logger.js";
import type { Readers } from "../../slack/people/readers.js";
import type { Messenger } from "../../slack/say/messenger.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import type { DrawHome } from "../bot/home.js";
import type { LostClusters } from "../lanes/lost-clusters.js";
import type { Records } from "../lanes/records.js";
import type { StoreQueue } from "../store/store.js";
import type { DrawTimeline } from "./draw-timeline.js";
import type { ClusterInSlack } from "./thread.js";

/** What the jobs of the notify lane need. */
export interface NotifyPorts {
  readonly messenger: Messenger;
  readonly readers: Readers;
  /** Draws the Home of somebody who was answered about something that they did there. */
  readonly home: DrawHome;
  readonly queue: StoreQueue;
  readonly records: ReadonlyMap<string, Records>;
  /** How the maintenances of a cluster are shown. */
  shownIn(cluster: string): ClusterInSlack;
  readonly drawTimeline: DrawTimeline;
  /** How long the threads of maintenances that have ended are kept, in ms: as long as their records. */
  readonly historyMs: number;
  /** The lane of runs of a cluster, to read what its jobs know. */
  runsOf(cluster: string): StoreQueue;
  /** A card stands that shows a look at the master of so long ago; for metrics. */
  shown(ms: number): void;
  readonly lost: Pick<LostClusters, "standsStill">;
  readonly logger: Logger;
  /** @see SteadyClock.now */
  now(): number;
  /** @see Clock.wall */
  wall(): number;
}

/** Slack said when it takes calls again: the whole lane waits that long, and the job stays where it is in line. */
export async function obeyRateLimit(error: unknown, ports: Pick<NotifyPorts, "queue">): Promise<void> {
  if (!(error instanceof SlackFailure) || error.retryAfterMs === null) return;
  await ports.queue.rateLimit(Math.ceil(error.retryAfterMs));
  throw new RateLimitError();
}

/** Sends; what Slack refuses for good is not tried again. */
export async function sentOrGivenUp(
  ports: Pick<NotifyPorts, "queue">,
  send: () => Promise<unknown>,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    await obeyRateLimit(error, ports);
    if (error instanceof SlackFailure && error.permanent) throw new UnrecoverableError(error.message);
    throw error;
  }
}
