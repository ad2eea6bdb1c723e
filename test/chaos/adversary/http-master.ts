import { machineKey } from "../../../src/maintenance/cluster/machine.js";
import { createMaster } from "../../../src/mesos/master.js";
import { startRehearsalMaster } from "../../../src/rehearsal/master/master.js";
import type { SharedCluster, SharedMaster } from "./shared-master.js";

/** The rehearsal master with the real client: protobuf over HTTP, and other people between any two requests. */
export async function httpMaster({ hosts, clock }: SharedCluster): Promise<SharedMaster> {
  const master = await startRehearsalMaster({ agents: hosts, frameworks: [], clock });
  const client = createMaster({
    cluster: "test",
    masters: [master.url],
    credentials: null,
    ca: null,
    now: clock,
    onCall: (call) => {
      if (call.startsWith("GET_")) shared.onRead();
    },
  });
  const shared: SharedMaster = {
    client,
    onRead: () => {},
    schedule: () => master.state().schedule,
    mode: (machine) => master.state().modes.get(machineKey(machine)) ?? "UP",
    post: (schedule) => master.postSchedule(schedule),
    startMaintenance: (machines) => master.startMaintenance(machines),
    stopMaintenance: (machines) => master.stopMaintenance(machines),
    startAgents() {
      for (const { hostname, presence } of master.state().agents) {
        if (presence === "away") master.startAgent(hostname);
      }
    },
    async close() {
      await client.close();
      await master.close();
    },
  };
  return shared;
}
