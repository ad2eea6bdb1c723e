import type { Logger } from "../../base/logger.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { MasterEvent } from "../../mesos/stream/events.js";
import type { Clock } from "../clock.js";
import type { Cluster } from "./cluster.js";

/**
 * What the master's event stream is used for: waking ticks early, and (`mesos/kept-view.ts`) sparing the master most of a look.
 * Polling goes on beside it, so losing it only costs time.
 */
export interface Watch {
  /** A maintenance was looked at: its agents matter as long as it is open. Subscribes with the first, leaves with the last. */
  follow(record: Maintenance): void;
  /** Only these are open: others were ended by another worker. */
  keep(open: readonly string[]): void;
  close(): Promise<void>;
}

/**
 * Listens to the master only while a maintenance is open: the stream begins with the whole state of the cluster.
 *
 * Events come in bursts (a Down removes an agent and each of its tasks); one tick answers them all.
 *
 * @param cluster is told of each event that matters; events are gathered for as long as it wants its master left in peace.
 * @param wake is called, at most once per burst, when a task or an agent of an open maintenance changed.
 */
export function createWatch(
  cluster: Pick<Cluster, "master" | "changed" | "pauseMs">,
  wake: () => Promise<void>,
  logger: Logger,
  { after }: Pick<Clock, "after">,
): Watch {
  const agents = new Map<string, ReadonlySet<string>>();
  let stream: { close(): Promise<void> } | null = null;
  let takeBack: (() => void) | null = null;
  let closed = false;

  function matters(event: MasterEvent): boolean {
    switch (event.kind) {
      case "task_added":
        return isOfOurs(event.task.agentId);
      case "task_updated":
        return event.agentId === null || isOfOurs(event.agentId);
      case "agent_removed":
        return isOfOurs(event.agentId);
      case "lost":
        return false;
      default:
        return true;
    }
  }

  function isOfOurs(agentId: string): boolean {
    return [...agents.values()].some((ids) => ids.has(agentId));
  }

  function onEvent(event: MasterEvent): void {
    if (event.kind === "lost")
      logger.debug(
        { err: event.error, retryInMs: event.retryInMs },
        "the event stream broke; the polls go on",
      );
    if (closed || !matters(event)) return;
    cluster.changed();
    takeBack ??= after(cluster.pauseMs(), () => {
      takeBack = null;
      wake().catch((error) =>
        logger.warn({ err: error }, "an event could not wake the ticks; the next poll will"),
      );
    });
  }

  async function leave(): Promise<void> {
    const left = stream;
    stream = null;
    await left?.close();
  }

  function leaveIfIdle(): void {
    if (agents.size > 0) return;
    leave().catch((error) => logger.warn({ err: error }, "the event stream did not close"));
  }

  return {
    follow(record) {
      if (closed) return;
      if (record.end !== null) {
        agents.delete(record.id);
        leaveIfIdle();
        return;
      }
      agents.set(
        record.id,
        new Set(record.batches.flatMap((batch) => batch.agents.map((agent) => agent.id))),
      );
      stream ??= cluster.master.subscribe(onEvent);
    },
    keep(open) {
      for (const id of agents.keys()) if (!open.includes(id)) agents.delete(id);
      leaveIfIdle();
    },
    async close() {
      closed = true;
      takeBack?.();
      agents.clear();
      await leave();
    },
  };
}
