import { z } from "zod";
import { MesosError } from "./errors/errors.js";
import type { LeaderFinder } from "./leader.js";
import type { Transport } from "./transport.js";

/** Whoever waits for it goes on without. */
const LIMIT_MS = 5_000;

export interface DriverOptions {
  readonly leader: LeaderFinder;
  readonly transport: Transport;
  /** Aborts after this many milliseconds. */
  readonly limit: (ms: number) => AbortSignal;
}

/** What is read of `/state-summary`; agents and amounts are left out. */
const summary = z.object({
  frameworks: z.array(
    z.object({ id: z.string(), pid: z.string().optional(), connected: z.boolean().optional() }),
  ),
});

/**
 * Which scheduler driver frameworks use, by id. A master shows the `pid` of a framework's scheduler process only where it
 * uses the old driver (Mesos: `readonly_handler.cpp`, "Omit pid for http frameworks"), and only outside of the operator
 * API. One that is not connected has none either, so without a `pid` it is known only of connected ones.
 */
export async function readDrivers({ leader, transport, limit }: DriverOptions) {
  const drivers = new Map<string, "old" | "http">();
  try {
    const { endpoint } = await leader.find();
    const { status, body } = await transport.get(endpoint, "/master/state-summary", limit(LIMIT_MS));
    if (status !== 200) return drivers;
    for (const { id, pid, connected } of summary.parse(JSON.parse(body.toString("utf8"))).frameworks) {
      if (pid !== undefined && pid !== "") drivers.set(id, "old");
      else if (connected === true) drivers.set(id, "http");
    }
    return drivers;
  } catch (error) {
    if (error instanceof MesosError || error instanceof SyntaxError || error instanceof z.ZodError) {
      return drivers;
    }
    throw error;
  }
}
