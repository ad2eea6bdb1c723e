// How does the worker see one cluster?

import { readFile, stat } from "node:fs/promises";
import type { ClusterConfig } from "../../config/config.js";
import { createHostIndex, type HostIndex } from "../../hosts/host-index.js";
import type { Inventory } from "../../hosts/inventory/inventory.js";
import { parseInventory } from "../../hosts/inventory/parse.js";
import { parsePattern } from "../../hosts/pattern.js";
import { resolveHosts } from "../../hosts/resolve.js";
import type { World } from "../../maintenance/cluster/world.js";
import type { Policy } from "../../maintenance/policy/policy.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { quoted } from "../../maintenance/text/quote.js";
import { withAwayMachines } from "../../maintenance/window/away-machines.js";
import type { Master } from "../../mesos/master.js";
import type { Clock } from "../clock.js";

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
  /**
   * The world as it was a moment ago; callers share one read. `fresh`: from a read that begins now, never a shared one
   * (invariant 5). Throws MesosError.
   */
  world(how?: "fresh"): Promise<World>;
  /** How long ago the reading of a world began, by a clock that is never set back. */
  ageMs(world: World): number;
  /** How long to leave the master in peace between two looks: a multiple of what the last one took, at most a poll. */
  pauseMs(): number;
  /** Forgets the shared world: something was written. */
  forget(): void;
  /**
   * Resolves a host pattern on a world and the machines of open maintenances, with the inventory file if there is one.
   * Throws a sentence as HostsError.
   */
  resolve(
    hosts: string,
    world: World,
    open: readonly Maintenance[],
  ): Promise<ReturnType<typeof resolveHosts>>;
}

/** The pattern or the inventory file cannot be used; the message is for the person who asked. */
export class HostsError extends Error {
  override readonly name = "HostsError";
}

export function createCluster(
  config: ClusterConfig,
  master: Master,
  { elapsed }: Pick<Clock, "elapsed">,
): Cluster {
  let tookMs = 0;
  let shared: { startedMs: number; world: Promise<World> } | null = null;
  let inventory: { readonly mtimeMs: number; readonly inventory: Inventory } | null = null;
  /** When the reading of each world began. Not the time of day: it may be set back, and an old world would pass for a new one. */
  const startedAt = new WeakMap<World, number>();
  const indexes = new WeakMap<World, Promise<HostIndex>>();

  async function snapshot(startedMs: number): Promise<World> {
    const world = await master.snapshot();
    startedAt.set(world, startedMs);
    return world;
  }

  async function indexOf(world: World): Promise<HostIndex> {
    const file = config.inventoryFile;
    return createHostIndex(world.agents, file === null ? null : await inventoryIn(file));
  }

  /** Read again only when the file has changed. */
  async function inventoryIn(file: string): Promise<Inventory> {
    const says = (what: string) => new HostsError(`The inventory of ${config.name} (${file}) ${what}.`);
    let mtimeMs: number;
    let text: string;
    try {
      ({ mtimeMs } = await stat(file));
      if (inventory?.mtimeMs === mtimeMs) return inventory.inventory;
      text = await readFile(file, "utf8");
    } catch (error) {
      throw says(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unreadable"}`);
    }
    const parsed = parseInventory(text, file);
    if (!parsed.ok) throw says(`has mistakes: ${parsed.problems.slice(0, 3).join("; ")}`);
    inventory = { mtimeMs, inventory: parsed.inventory };
    return parsed.inventory;
  }

  return {
    name: config.name,
    master,
    policy: {
      ...config.policy,
      hasCredentials: config.credentials !== null,
      maxDurationMs: config.maxDurationMs,
      settleMs: SETTLE_MS,
    },
    async world(how) {
      const startedMs = elapsed();
      if (how === "fresh" || shared === null || startedMs - shared.startedMs > SHARED_MS) {
        const read = { startedMs, world: snapshot(startedMs) };
        shared = read;
        read.world.then(
          () => {
            tookMs = elapsed() - startedMs;
          },
          // A failed read is shared by those who wait for it now, not by those who come later.
          () => {
            if (shared === read) shared = null;
          },
        );
      }
      return await shared.world;
    },
    ageMs(world) {
      return elapsed() - (startedAt.get(world) ?? Number.NEGATIVE_INFINITY);
    },
    pauseMs() {
      return Math.min(
        Math.max(LEAST_PAUSE_MS, PAUSE_FACTOR * tookMs),
        Math.max(LEAST_PAUSE_MS, config.policy.pollMs),
      );
    },
    forget() {
      shared = null;
    },
    async resolve(hosts, world, open) {
      const parsed = parsePattern(hosts);
      if (!parsed.ok) throw new HostsError(quoted(parsed.problem));
      const all = withAwayMachines(world, open);
      const index = indexes.get(all) ?? indexOf(all);
      indexes.set(all, index);
      return resolveHosts(parsed.pattern, await index);
    },
  };
}
