import { askMaster, type MasterAnswer } from "./ask-master.js";
import type { MasterOptions } from "./master.js";
import { listedMasters } from "./masters.js";
import { createTransport, DEFAULT_TIMEOUTS } from "./transport.js";

/** One listed master and what it answered. */
export interface AskedMaster {
  /** `host:port`. */
  readonly name: string;
  readonly answer: MasterAnswer;
}

/**
 * Asks every listed master of a cluster whether it leads, all at once; the answers in the order of the list. A client needs
 * the leader only, so none of the others would be missed before a fail-over. Nothing is changed, and nothing thrown.
 */
export async function askEachMaster(
  options: Pick<MasterOptions, "cluster" | "masters" | "credentials" | "ca" | "timeouts">,
): Promise<readonly AskedMaster[]> {
  const { cluster, credentials, ca } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const transport = createTransport({ cluster, credentials, ca, timeouts, limit: AbortSignal.timeout });
  try {
    const endpoints = await listedMasters(options.masters).addresses();
    return await Promise.all(
      endpoints.map(async (endpoint) => ({
        name: endpoint.name,
        answer: await askMaster(endpoint, { cluster, transport }),
      })),
    );
  } finally {
    await transport.close();
  }
}
