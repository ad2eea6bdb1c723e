import type {
  MarathonApp,
  MarathonLook,
  MarathonTask,
} from "../../../src/maintenance/moving/marathon-view.js";

/** A healthy task of Marathon's on a host; the agent's id is that of `agent(host)`. */
export function marathonTask(id: string, host: string, parts: Partial<MarathonTask> = {}): MarathonTask {
  return { id, agentId: `${host}-S0`, isRunning: true, isHealthy: true, ...parts };
}

/** An app that wants as many instances as it has tasks, of which half have to be healthy; counts are those of the tasks. */
export function marathonApp(tasks: readonly MarathonTask[], parts: Partial<MarathonApp> = {}): MarathonApp {
  return {
    id: "/shop/api",
    instances: tasks.length,
    minimumHealthCapacity: 0.5,
    hasHealthChecks: true,
    isResident: false,
    isDeploying: false,
    running: tasks.filter(({ isRunning }) => isRunning).length,
    healthy: tasks.filter(({ isHealthy }) => isHealthy).length,
    tasks,
    ...parts,
  };
}

export function seen(
  apps: readonly MarathonApp[],
  pods: readonly { readonly id: string; readonly instances: readonly string[] }[] = [],
): MarathonLook {
  return {
    kind: "seen",
    frameworkId: "marathon",
    view: { frameworkId: "marathon", version: "1.11.24", apps, pods },
  };
}
