// How does the worker see one cluster?

import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { inTurns } from "../../base/in-turns.js";
import { inWords } from "../../base/in-words.js";
import type { ClusterConfig } from "../../config/config.js";
import type { Inventory } from "../../hosts/inventory/inventory.js";
import { parsePattern } from "../../hosts/pattern.js";
import { resolveHosts } from "../../hosts/resolve.js";
import type { Resolution } from "../../maintenance/cluster/resolution.js";
import type { World } from "../../maintenance/cluster/world.js";
import type { Policy } from "../../maintenance/policy/policy.js";
import { prepare } from "../../maintenance/prepare.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { quoted } from "../../maintenance/text/quote.js";
import { awayMachines } from "../../maintenance/window/away-machines.js";
import type { Master } from "../../mesos/master.js";
import type { Clock } from "../clock.js";
import { createHostIndexes } from "./host-indexes.js";
import { readInventory } from "./inventory/read-inventory.js";
import { createMarathons, type Marathons } from "./marathons.js";

/** So long after it was read a world is still what the master just said. */
const JUST_READ_MS = 400;

/**
 * How long after a call without an answer the world is taken as its outcome. Longer than any call can last, also one
 * that another worker made on a proof of its lock that it got right before.
 */
export const SETTLE_MS = 15_000;

/** Reading 50,000 agents costs a master something: we look at most for a fifth of the time. */
const PAUSE_FACTOR = 4;

const LEAST_PAUSE_MS = 200;

/** Drivers change when frameworks come or are exchanged. */
const DRIVERS_KEPT_MS = 60_000;

/** The list that tells drivers has every agent in it; above this it is not asked for. */
const MOST_AGENTS_FOR_DRIVERS = 10_000;

/** So old a look may get until all maintenances that are due have had it. */
const LONGEST_SHARED_MS = 5_000;

/** One cluster as the worker sees it: the master, the world it last showed, the rules. */
export interface Cluster {
  readonly name: string;
  readonly master: Master;
  readonly policy: Policy;
  readonly marathons: Marathons;
  /**
   * The world as it was a moment ago. `fresh`: from a read that begins now, never a shared one (invariant 5).
   * Throws MesosError.
   */
  world(how?: "fresh"): Promise<World>;
  /**
   * The world for one maintenance. To `look`, one read serves all that are due, and the next begins after a pause, however
   * many maintenances are open; a read that failed serves them too; agents and tasks may be kept ones (`World.wholeAtMs`). To
   * `look_whole` they are not. To `decide`, the read has only just ended as well. Throws MesosError.
   */
  worldFor(maintenance: string, purpose: "look" | "look_whole" | "decide"): Promise<World>;
  /**
   * The world with the drivers of its frameworks, where they can be read; for what is shown and told, not for what is
   * written: its age is not known. Read at most once a minute.
   */
  withDrivers(world: World): Promise<World>;
  /** How long ago the reading of a world began, by a clock that is never set back. */
  ageMs(world: World): number;
  /** The master told of a change that matters. */
  changed(): void;
  /** Whether the master has told of no change since the reading of a world began. */
  isCurrent(world: World): boolean;
  /** How long to leave the master in peace from now on: after a look a multiple of what it took, at most a poll. */
  pauseMs(): number;
  /** Forgets the shared world: something was written. */
  forget(): void;
  /**
   * Resolves a host pattern on a world and the machines of open maintenances, with the inventory file if there is one.
   * Throws a sentence as HostsError.
   */
  resolve(hosts: string, world: World, open: readonly Maintenance[]): Promise<Resolution>;
}

/** The pattern or the inventory file cannot be used; the message is for the person who asked. */
export class HostsError extends Error {
  override readonly name = "HostsError";

  /** @param mend what helps, as the first half of a sentence: "…, then ask again." */
  constructor(
    message: string,
    readonly mend: string,
  ) {
    super(message);
  }
}

/** A read of the whole cluster, on a clock that is never set back. */
interface Reading {
  readonly startedMs: number;
  readonly world: Promise<World>;
  /** `null` while it is under way. */
  endedMs: number | null;
  hasFailed: boolean;
  /** The maintenances that had their routine look from it. */
  readonly served: Set<string>;
}

export function createCluster(
  config: ClusterConfig,
  master: Master,
  { elapsed, limit }: Pick<Clock, "elapsed" | "limit">,
): Cluster {
  let last: Reading | null = null;
  /** The last one that read everything. */
  let lastWhole: Reading | null = null;
  let drivers: {
    readonly leaderId: string;
    readonly atMs: number;
    readonly known: ReturnType<Master["drivers"]>;
  } | null = null;
  let changedMs = Number.NEGATIVE_INFINITY;
  let inventory: { readonly mtimeMs: number; readonly inventory: Inventory } | null = null;
  /** When the reading of each world began. Not the time of day: it may be set back, and an old world would pass for a new one. */
  const startedAt = new WeakMap<World, number>();
  const hostIndex = createHostIndexes();

  function read(isWhole = true): Reading {
    const startedMs = elapsed();
    const reading: Reading = {
      startedMs,
      world: prepared(isWhole ? master.snapshot() : master.look()),
      endedMs: null,
      hasFailed: false,
      served: new Set(),
    };
    last = reading;
    if (isWhole) lastWhole = reading;
    reading.world.then(
      (world) => {
        startedAt.set(world, startedMs);
        // A look finds everything read where nothing was kept.
        if (last === reading && world.wholeAtMs === world.observedAtMs) lastWhole = reading;
        reading.endedMs = elapsed();
      },
      () => {
        reading.hasFailed = true;
        reading.endedMs = elapsed();
      },
    );
    return reading;
  }

  /** What all need of it is worked out before anybody has it. */
  async function prepared(reading: Promise<World>): Promise<World> {
    const world = await reading;
    await inTurns(prepare(world));
    return world;
  }

  /** The last whole reading if it is under way or has only just ended, or else a new one. */
  function justRead(): Reading {
    // After one that failed nothing from before it is what the master just said.
    if (lastWhole === null || lastWhole.hasFailed || last?.hasFailed) return read();
    return lastWhole.endedMs === null || elapsed() - lastWhole.endedMs <= JUST_READ_MS ? lastWhole : read();
  }

  /** How long the pause after a reading lasts from now on. */
  function restMs({ startedMs, endedMs }: Reading): number {
    const untilMs = endedMs ?? elapsed();
    const wholeMs = Math.min(PAUSE_FACTOR * (untilMs - startedMs), config.policy.pollMs);
    return untilMs + Math.max(LEAST_PAUSE_MS, wholeMs) - elapsed();
  }

  function forLook(maintenance: string, isWhole: boolean): Reading {
    const latest = isWhole ? lastWhole : last;
    if (latest === null || restMs(latest) > 0) return latest ?? read(isWhole);
    const { startedMs, served } = latest;
    const isShared =
      changedMs < startedMs && !served.has(maintenance) && elapsed() - startedMs < LONGEST_SHARED_MS;
    return isShared ? latest : read(isWhole);
  }

  /** Read again only when the file has changed. */
  async function inventoryIn(file: string): Promise<Inventory> {
    const says = (what: string) =>
      new HostsError(
        `The inventory of ${config.name} (${basename(file)}) ${what}.`,
        "Have that file mended where the worker runs",
      );
    let mtimeMs: number;
    let text: string;
    try {
      ({ mtimeMs } = await stat(file));
      if (inventory?.mtimeMs === mtimeMs) return inventory.inventory;
      text = await readFile(file, "utf8");
    } catch (error) {
      throw says(`cannot be read: ${inWords(error)}`);
    }
    const parsed = await readInventory(text, basename(file));
    if (!parsed.ok) throw says(`has mistakes: ${parsed.problems.slice(0, 3).join(" ").replace(/\.$/, "")}`);
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
    marathons: createMarathons(config.marathons, { elapsed, limit, pollMs: config.policy.pollMs }),
    world: (how) => (how === "fresh" ? read() : justRead()).world,
    worldFor(maintenance, purpose) {
      const reading = purpose === "decide" ? justRead() : forLook(maintenance, purpose === "look_whole");
      reading.served.add(maintenance);
      return reading.world;
    },
    async withDrivers(world) {
      const { leaderId, agents, frameworks } = world;
      if (agents.length > MOST_AGENTS_FOR_DRIVERS) return world;
      if (drivers?.leaderId !== leaderId || elapsed() - drivers.atMs > DRIVERS_KEPT_MS) {
        drivers = { leaderId, atMs: elapsed(), known: master.drivers() };
      }
      const known = await drivers.known;
      return {
        ...world,
        frameworks: frameworks.map((one) => ({ ...one, driver: known.get(one.id) ?? null })),
      };
    },
    ageMs(world) {
      return elapsed() - (startedAt.get(world) ?? Number.NEGATIVE_INFINITY);
    },
    changed() {
      changedMs = elapsed();
    },
    isCurrent(world) {
      return changedMs < (startedAt.get(world) ?? Number.NEGATIVE_INFINITY);
    },
    pauseMs() {
      return Math.max(LEAST_PAUSE_MS, last === null ? 0 : restMs(last));
    },
    forget() {
      last = null;
      lastWhole = null;
    },
    async resolve(hosts, world, open) {
      const parsed = parsePattern(hosts);
      if (!parsed.ok) throw new HostsError(quoted(parsed.problem), "Mend the pattern");
      const { inventoryFile: file } = config;
      const { agents } = world;
      const found = file === null ? null : await inventoryIn(file);
      const index = await hostIndex({ agents, away: awayMachines(world, open), inventory: found });
      const resolved = await inTurns(resolveHosts(parsed.pattern, index));
      if (!resolved.ok) throw new HostsError(quoted(resolved.problem), "Mend the pattern");
      return resolved.resolution;
    },
  };
}
