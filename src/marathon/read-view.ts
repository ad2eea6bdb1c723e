import { z } from "zod";
import type { MarathonApp, MarathonPod, MarathonTask } from "../maintenance/moving/marathon-view.js";

const count = z.number().int().nonnegative();

/** `info.raml`. */
export const infoAnswer = z.object({ version: z.string(), frameworkId: z.string().nullish() });

/** `enrichedTask.raml`; before 1.3 it has no `state`, and results of checks that have not come are `null`. */
const task = z
  .object({
    id: z.string().min(1),
    slaveId: z.string().nullish(),
    state: z.string().optional(),
    startedAt: z.string().nullish(),
    healthCheckResults: z.array(z.object({ alive: z.boolean() }).nullable()).nullish(),
  })
  .transform(({ id, slaveId, state, startedAt, healthCheckResults }): MarathonTask => {
    const results = healthCheckResults ?? [];
    return {
      id,
      agentId: slaveId ?? null,
      isRunning: state === undefined ? (startedAt ?? null) !== null : state === "TASK_RUNNING",
      isHealthy: results.length > 0 && results.every((result) => result?.alive === true),
    };
  });

const volumes = z.array(z.object({ persistent: z.unknown().optional() }));

/** `app.raml` with what `embed` adds (`appInfo.raml`). */
const app = z
  .object({
    id: z.string().startsWith("/"),
    instances: count,
    upgradeStrategy: z.object({ minimumHealthCapacity: z.number().min(0).max(1).optional() }).nullish(),
    healthChecks: z.array(z.unknown()).nullish(),
    residency: z.unknown().optional(),
    container: z.object({ volumes: volumes.nullish() }).nullish(),
    tasksRunning: count,
    tasksHealthy: count,
    deployments: z.array(z.unknown()),
    tasks: z.array(task),
  })
  .transform(
    (shown): MarathonApp => ({
      id: shown.id,
      instances: shown.instances,
      minimumHealthCapacity: shown.upgradeStrategy?.minimumHealthCapacity ?? 1,
      hasHealthChecks: (shown.healthChecks ?? []).length > 0,
      isResident:
        (shown.residency ?? null) !== null ||
        (shown.container?.volumes ?? []).some(({ persistent }) => (persistent ?? null) !== null),
      isDeploying: shown.deployments.length > 0,
      running: shown.tasksRunning,
      healthy: shown.tasksHealthy,
      tasks: shown.tasks,
    }),
  );

export const appsAnswer = z.object({ apps: z.array(app) });

/** `podStatus.raml`; instances are named as the executors that run them. */
const pod = z
  .object({ id: z.string(), instances: z.array(z.object({ id: z.string().min(1) })).nullish() })
  .transform(({ id, instances }): MarathonPod => ({ id, instances: (instances ?? []).map((one) => one.id) }));

export const podsAnswer = z.array(pod);
