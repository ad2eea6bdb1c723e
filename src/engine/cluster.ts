import { readFile } from "node:fs/promises";
import type { ClusterConfig } from "../config/config.js";
import {
  createHostIndex,
  type HostIndex,
  parseInventory,
  parsePattern,
  resolveHosts,
} from "../hosts/index.js";
import type { Policy } from "../maintenance/policy.js";
import type { World } from "../maintenance/world.js";
import type { Master } from "../mesos/master.js";

/** How long one world serves all maintenances of a cluster: nothing asks the master twice for what it just said. */
const SHARED_MS = 400;

/** How long after a call without an answer the world is taken as its outcome; longer than any call can last. */
export const SETTLE_MS = 12_000;

/** Reading 50,000 agents costs a master something: we look at most for a fifth of the time. */
const PAUSE_FACTOR = 4;
const LEAST_PAUSE_MS = 200;

/** One cluster as the worker sees it: the master, the world it last showed, the rules. */
export interface Cluster {
  readonly name: string;
  readonly master: Master;
  readonly policy: Policy;
  /** The world, read at `notBeforeMs` or later; concurrent callers share one read. Throws MesosError. */
  world(notBeforeMs?: number): Promise<World>;
  /** How long to leave the master in peace between two looks: a multiple of what the last one took. */
  pauseMs(): number;
  /** Forgets the shared world: something was written. */
  forget(): void;
  /** Resolves a host pattern on a world, with the inventory file if there is one. Throws a sentence as HostsError. */
  resolve(hosts: string, world: World): Promise<ReturnType<typeof resolveHosts>>;
}

/** The pattern or the inventory file cannot be used; the message is for the person who asked. */
export class HostsError extends Error {
  override readonly name = "HostsError";
}

/** @param now the clock, epoch ms. */
export function createCluster(
  config: ClusterConfig,
  master: Master,
  now: () => number,
  settleMs = SETTLE_MS,
): Cluster {
  let tookMs = 0;
  let shared: { startedMs: number; world: Promise<World> } | null = null;
  const indexes = new WeakMap<World, Promise<HostIndex>>();

  async function indexOf(world: World): Promise<HostIndex> {
    if (config.inventoryFile === null) return createHostIndex(world.agents, null);
    let text: string;
    try {
      text = await readFile(config.inventoryFile, "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
      throw new HostsError(
        `The inventory of ${config.name} (${config.inventoryFile}) cannot be read: ${code}.`,
      );
    }
    const parsed = parseInventory(text, config.inventoryFile);
    if (!parsed.ok) {
      throw new HostsError(
        `The inventory of ${config.name} has mistakes: ${parsed.problems.slice(0, 3).join("; ")}.`,
      );
    }
    return createHostIndex(world.agents, parsed.inventory);
  }

  return {
    name: config.name,
    master,
    policy: {
      approvers: config.approvers,
      selfApproval: config.selfApproval,
      approvalTtlMs: config.approvalTtlMs,
      askAfterMs: config.askAfterMs,
      agentReturnMs: config.agentReturnMs,
      pollMs: config.pollMs,
      settleMs,
    },
    async world(notBeforeMs) {
      const earliest = notBeforeMs ?? now() - SHARED_MS;
      if (shared === null || shared.startedMs < earliest) {
        const startedMs = now();
        const read = { startedMs, world: master.snapshot().finally(() => (tookMs = now() - startedMs)) };
        shared = read;
        // A failed read is shared by those who wait for it now, not by those who come later.
        read.world.catch(() => {
          if (shared === read) shared = null;
        });
      }
      return await shared.world;
    },
    pauseMs() {
      return Math.max(LEAST_PAUSE_MS, PAUSE_FACTOR * tookMs);
    },
    forget() {
      shared = null;
    },
    async resolve(hosts, world) {
      const parsed = parsePattern(hosts);
      if (!parsed.ok) throw new HostsError(parsed.problem);
      const index = indexes.get(world) ?? indexOf(world);
      indexes.set(world, index);
      return resolveHosts(parsed.pattern, await index);
    },
  };
}
