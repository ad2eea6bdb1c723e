import type { RehearsalMaster } from "../../../src/rehearsal/master/master.js";
import type { After } from "../../../src/rehearsal/master/options.js";

/** An app; its tasks are those of the master whose Mesos name is its path backwards: `api.billing` for `/billing/api`. */
export interface RehearsalApp {
  readonly id: string;
  /** @defaultValue as many as run at the start */
  readonly instances?: number;
  /** Left out: Marathon's own default of 1. */
  readonly minimumHealthCapacity?: number;
  /** @defaultValue true */
  readonly healthChecks?: boolean;
  /** Its tasks have volumes and start again only on their agent. @defaultValue false */
  readonly resident?: boolean;
}

export interface RehearsalMarathonOptions {
  readonly master: RehearsalMaster;
  /** Name of the framework of the master that it is. @defaultValue marathon */
  readonly framework?: string;
  readonly apps: readonly RehearsalApp[];
  /** Ids of pods, whose tasks are found as those of apps are. @defaultValue none */
  readonly pods?: readonly string[];
  /** @defaultValue 1.11.24 */
  readonly version?: string;
  /** Value of `Authorization` without which nothing is answered. @defaultValue none: open to everybody */
  readonly authorization?: string;
  /** From a kill until the task is gone. @defaultValue 1000 */
  readonly killMs?: number;
  /** From a task's end until another is staged in its place; `null`: never. @defaultValue 2000 */
  readonly relaunchMs?: number | null;
  /** From being staged to running. @defaultValue 1000 */
  readonly startMs?: number;
  /** From running to the first good result of a health check; `null`: never. @defaultValue 3000 */
  readonly healthyMs?: number | null;
  /**
   * As Marathons up to 1.7.50 do it: windows are not looked at, and a copy comes back to the machine that its task was
   * killed on. Otherwise it goes to the machine without a window that has the fewest tasks. @defaultValue false
   */
  readonly ignoresWindows?: boolean;
  /** Milliseconds since the epoch. @defaultValue Date.now */
  readonly clock?: () => number;
  /** Does something later by that clock; the function that is returned takes it back. @defaultValue setTimeout */
  readonly after?: After;
}

/** What goes wrong with requests: `lost` is carried out, and its answer never comes. */
export type MarathonFault =
  | { readonly kind: "hang" | "cut" | "lost" }
  | { readonly kind: "answer"; readonly status: number; readonly body: string; readonly location?: string };
