import type { Schedule } from "../../../src/maintenance/cluster/schedule.js";
import { type RehearsalMaster, startRehearsalMaster } from "../../../src/rehearsal/master/master.js";
import type { RehearsalFramework, RehearsalOptions } from "../../../src/rehearsal/master/options.js";

export const WEB_01 = { hostname: "web-01", ip: "10.0.0.1" };

export const WEB_02 = { hostname: "web-02", ip: "10.0.0.2" };

export const DB_01 = { hostname: "db-01", ip: "10.0.0.3" };

export function scheduleOf(...machines: readonly { hostname: string; ip: string }[]): Schedule {
  return { windows: [{ machines, start: 1795195128662822401n, duration: null }] };
}

/** Frameworks that do nothing until `tick()` or `answer()`. */
export function byHand(
  name: string,
  habit: RehearsalFramework["habit"],
  ...hosts: readonly string[]
): RehearsalFramework {
  const tasks = hosts.map((on) => ({ name: `${name}-task`, on }));
  return { name, habit, tasks, answerAfterMs: null, moveEveryMs: null, askAgainMs: null };
}

/** Three machines, and a master that is closed at the end of the test. */
export async function startCluster(
  onFinish: (end: () => Promise<void>) => void,
  options: Partial<RehearsalOptions> = {},
): Promise<RehearsalMaster> {
  const master = await startRehearsalMaster({ agents: [WEB_01, WEB_02, DB_01], frameworks: [], ...options });
  onFinish(() => master.close());
  return master;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** A v1 call in JSON. */
export async function call(
  master: RehearsalMaster,
  body: { readonly type: string; readonly [field: string]: unknown },
  signal?: AbortSignal,
): Promise<Answered> {
  const response = await fetch(`${master.url}/api/v1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, text: await response.text() };
}

/** The GET answer's inner part. */
export async function read(master: RehearsalMaster, type: string) {
  const { text } = await call(master, { type });
  return JSON.parse(text)[type.toLowerCase()];
}

export const startCall = (...machines: readonly { hostname: string; ip: string }[]) => ({
  type: "START_MAINTENANCE",
  start_maintenance: { machines },
});
