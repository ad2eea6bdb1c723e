import type { Store, StoreQueue } from "../store/store.js";
import { runsQueueName } from "./jobs.js";

/** The lanes of runs of the clusters in a store, each opened once. */
export function runsIn(store: Store): (cluster: string) => StoreQueue {
  const opened = new Map<string, StoreQueue>();
  return (cluster) => {
    const queue = opened.get(cluster) ?? store.queue(runsQueueName(cluster));
    opened.set(cluster, queue);
    return queue;
  };
}
