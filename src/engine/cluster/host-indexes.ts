import { inTurns } from "../../base/in-turns.js";
import { createHostIndex, type HostIndex } from "../../hosts/host-index.js";
import type { Inventory } from "../../hosts/inventory/inventory.js";
import { alike } from "../../maintenance/alike.js";
import type { Agent } from "../../maintenance/cluster/world.js";

/** The machines in which host patterns are looked up; of a large cluster it takes a while to make them ready for that. */
export interface Hosts {
  /** Of a world. */
  readonly agents: readonly Agent[];
  /** Stand-ins of machines without one. */
  readonly away: readonly Agent[];
  readonly inventory: Inventory | null;
}

/** Makes an index for hosts, and gives back the last one as long as they are the same; one that could not be made is not kept. */
export function createHostIndexes(): (hosts: Hosts) => Promise<HostIndex> {
  let last: { readonly hosts: Hosts; readonly index: Promise<HostIndex> } | null = null;
  return (hosts) => {
    if (last === null || !areSame(last.hosts, hosts)) {
      const { agents, away, inventory } = hosts;
      const all = away.length === 0 ? agents : [...agents, ...away];
      const made = { hosts, index: inTurns(createHostIndex(all, inventory)) };
      last = made;
      made.index.catch(() => {
        if (last === made) last = null;
      });
    }
    return last.index;
  };
}

function areSame(a: Hosts, b: Hosts): boolean {
  return a.agents === b.agents && a.inventory === b.inventory && alike(a.away, b.away);
}
