import type { RehearsalApp } from "./options.js";

/** A task as Marathon knows it. */
export interface OwnTask {
  readonly id: string;
  readonly app: string;
  readonly host: string;
  readonly agentId: string;
  readonly state: "TASK_STAGING" | "TASK_RUNNING";
  /** The last result of its health check; `null` before the first. */
  readonly healthy: boolean | null;
  readonly stagedMs: number;
}

export interface OwnApp {
  readonly spec: RehearsalApp;
  readonly instances: number;
  /** A deployment has it locked. */
  readonly isLocked: boolean;
}

const time = (ms: number) => new Date(ms).toISOString();

/** As `GET /v2/apps` shows an app with its tasks, counts and deployments embedded (`app.raml`, `appInfo.raml`). */
export function appView({ spec, instances, isLocked }: OwnApp, tasks: readonly OwnTask[]) {
  const { id, minimumHealthCapacity = 1, healthChecks = true, resident = false } = spec;
  const own = tasks.filter((task) => task.app === id);
  const running = own.filter(({ state }) => state === "TASK_RUNNING");
  const checked = (healthy: boolean) =>
    healthChecks ? running.filter((task) => task.healthy === healthy).length : 0;
  return {
    id,
    cmd: "sleep 100000",
    cpus: 0.5,
    mem: 256,
    instances,
    upgradeStrategy: { minimumHealthCapacity, maximumOverCapacity: 1 },
    healthChecks: healthChecks ? [{ protocol: "HTTP", path: "/health", gracePeriodSeconds: 300 }] : [],
    ...(resident
      ? {
          residency: { relaunchEscalationTimeoutSeconds: 3600, taskLostBehavior: "WAIT_FOREVER" },
          container: {
            type: "MESOS",
            volumes: [{ containerPath: "data", mode: "RW", persistent: { size: 512 } }],
          },
        }
      : {}),
    tasksStaged: own.length - running.length,
    tasksRunning: running.length,
    tasksHealthy: checked(true),
    tasksUnhealthy: checked(false),
    deployments: isLocked ? [{ id: "5cd987cd-85ae-4e70-8df7-f1438367d9cb" }] : [],
    tasks: own.map((task) => taskView(task, healthChecks)),
  };
}

/** `enrichedTask.raml`. */
export function taskView(task: OwnTask, isChecked: boolean) {
  const { id, app, host, agentId, state, healthy, stagedMs } = task;
  const result = {
    alive: healthy === true,
    consecutiveFailures: healthy === true ? 0 : 1,
    instanceId: id,
  };
  return {
    id,
    appId: app,
    host,
    slaveId: agentId,
    state,
    ports: [31_756],
    stagedAt: time(stagedMs),
    startedAt: state === "TASK_RUNNING" ? time(stagedMs) : null,
    version: "2026-04-17T04:00:14.171Z",
    ...(isChecked && healthy !== null ? { healthCheckResults: [result] } : {}),
  };
}

/** `podStatus.raml`, `info.raml`: as much as anybody reads. */
export function podView(id: string, instances: readonly string[]) {
  return {
    id,
    status: "STABLE",
    instances: instances.map((instance) => ({ id: instance, status: "STABLE" })),
  };
}

/** The Mesos name of the tasks of an app or pod: its path backwards. */
export function mesosName(id: string): string {
  return id.split("/").filter(Boolean).reverse().join(".");
}
