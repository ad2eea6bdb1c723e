import { setTimeout as wait } from "node:timers/promises";
import { KEPT_MS } from "../../src/mesos/kept-view.js";
import { besideTheOther } from "./against.js";
import { type Effort, type Figures, progress } from "./figures.js";
import { ratio, rounded } from "./numbers.js";
import { onVastCluster, POLL_MS } from "./vast-cluster.js";
import type { Sent } from "./vast-master-process.js";

const AIM = { share: 1 / 20 };

/**
 * What a master of 50,000 agents and 200,000 tasks sends while ten maintenances drain and little happens. The yardstick is what
 * as many looks take if each of them reads everything.
 */
export function measureWatch(effort: Effort): Promise<Figures> {
  return besideTheOther(effort, (main) => watched(effort, main));
}

function watched({ watchSeconds }: Effort, main?: string) {
  progress(`watch: ${watchSeconds} s`);
  return onVastCluster(
    async (cluster) => {
      const wholeBytes = await wholeReading(cluster.ask);
      // Until each has had its looks after the post.
      await wait(4 * POLL_MS);
      await cluster.ask("clear");
      await wait(watchSeconds * 1_000);
      return figures((await cluster.ask("counts")).sent, watchSeconds, wholeBytes);
    },
    { main },
  );

  /** Agents and tasks as they were read for the drains. */
  async function wholeReading(ask: (kind: "counts") => Promise<{ sent: Sent }>): Promise<number> {
    const { sent } = await ask("counts");
    const each = (type: string) => (sent[type]?.bytes ?? Number.NaN) / (sent[type]?.requests ?? Number.NaN);
    return each("GET_AGENTS") + each("GET_TASKS");
  }
}

function figures(sent: Sent, seconds: number, wholeBytes: number) {
  const all = Object.entries(sent);
  const isWhole = (type: string) => type === "GET_AGENTS" || type === "GET_TASKS";
  const littleBytes = all.reduce((sum, [type, { bytes }]) => sum + (isWhole(type) ? 0 : bytes), 0);
  const looks = sent.GET_MAINTENANCE_STATUS?.requests ?? 0;
  const wholeLooks = sent.GET_TASKS?.requests ?? 0;
  // Everything is read once in ten minutes at least, also when that did not fall into the time that was measured.
  const counted = Math.max(wholeLooks, (seconds * 1_000) / KEPT_MS);
  const bytes = littleBytes + counted * wholeBytes;
  const ifWhole = littleBytes + looks * wholeBytes;
  const perMinute = 60 / seconds;
  const requests = all.reduce((sum, [, one]) => sum + one.requests, 0);
  const share = bytes / ifWhole;
  return {
    kiBPerMinute: rounded((bytes * perMinute) / 1024),
    littleKiBPerMinute: rounded((littleBytes * perMinute) / 1024),
    requestsPerMinute: rounded(requests * perMinute),
    looksPerMinute: rounded(looks * perMinute),
    wholeLooks,
    seconds,
    yardstick: {
      wholeLookMiB: rounded(wholeBytes / 2 ** 20),
      kiBPerMinute: rounded((ifWhole * perMinute) / 1024),
    },
    share: ratio(bytes, ifWhole),
    timesLess: ratio(ifWhole, bytes),
    aim: AIM,
    met: share <= AIM.share,
  };
}
