import { machineKey } from "../cluster/machine.js";
import type { World } from "../cluster/world.js";
import { indexWorld } from "../cluster/world-index.js";
import type { AgentSeen } from "./agent-seen.js";
import { isConnected } from "./agents-back.js";

/**
 * What the master tells about an agent that is not back after Up, in a clause; `null` where it tells nothing: then it was not
 * started, or does not come up, which only the machine itself can say.
 */
export function whyLate({ id, machine }: AgentSeen, world: World): string | null {
  const { registered, recoveringIds, down, agents } = indexWorld(world);
  if (recoveringIds.has(id)) return "the leading master changed and has not heard of its agent since";
  if (registered.get(id)?.active === false) return "its agent is registered and not connected";
  if (down.has(machine)) return "it is Down again, by somebody else";
  const [hostname = "", ip = ""] = machine.split("|");
  const elsewhere = world.agents.find((agent) => agent.machine.ip === ip && !agents.has(machine));
  if (elsewhere !== undefined && elsewhere.machine.hostname.toLowerCase() !== hostname)
    return `an agent at its address calls itself ${elsewhere.machine.hostname}`;
  const namesake = world.agents.find(
    (agent) => agent.machine.hostname.toLowerCase() === hostname && machineKey(agent.machine) !== machine,
  );
  if (namesake === undefined) return null;
  return isConnected(namesake)
    ? `the agent of that name at ${namesake.machine.ip} is not this one: it ran beside it before Down, or stands for another one`
    : `an agent of that name is registered at ${namesake.machine.ip} and not connected`;
}
