import type { MarathonApp } from "./marathon-view.js";

/** How many instances of an app have to be healthy at any time, as Marathon computes it for a deployment. */
export function minimumOf({ instances, minimumHealthCapacity }: MarathonApp): number {
  return Math.ceil(instances * minimumHealthCapacity);
}

/**
 * How many instances count as healthy, without those that are being killed. With health checks a task counts whose results
 * are all good; one without a result does not. Without health checks those count that run. Marathon's own count is never
 * exceeded.
 */
export function healthyOf(app: MarathonApp, dying: ReadonlySet<string> = new Set()): number {
  const { hasHealthChecks, tasks } = app;
  const counting = tasks.filter(
    ({ id, isRunning, isHealthy }) => isRunning && (isHealthy || !hasHealthChecks) && !dying.has(id),
  );
  return Math.min(counting.length, hasHealthChecks ? app.healthy : app.running);
}
