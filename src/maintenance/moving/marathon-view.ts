/**
 * What one Marathon showed of itself at one moment. Facts of its API are from its RAML and sources at 1.11 (repository
 * `mesosphere/marathon`, `docs/docs/rest-api/public/api/v2`), unless a comment names another version.
 */
export interface MarathonView {
  /** Of the framework as which it is registered; `null` until it is (`info.raml`: `frameworkId?`). */
  readonly frameworkId: string | null;
  readonly version: string;
  readonly apps: readonly MarathonApp[];
  readonly pods: readonly MarathonPod[];
}

export interface MarathonApp {
  /** Such as `/billing/api`. */
  readonly id: string;
  /** How many are wanted. */
  readonly instances: number;
  /**
   * Of its upgrade strategy: the share of `instances` that has to be healthy at any time while Marathon replaces them. It
   * is 1 unless the app says otherwise. A kill through the API does not heed it (`TaskKiller.scala`, 1.4 to 1.11), so
   * whoever kills has to.
   */
  readonly minimumHealthCapacity: number;
  readonly hasHealthChecks: boolean;
  /** Its tasks keep data on their agent (`residency`, or a persistent volume) and start again only there. */
  readonly isResident: boolean;
  /** A deployment has it locked: a kill would be dropped with an answer of 200 (`MarathonSchedulerActor.scala`, 1.5 to 1.11). */
  readonly isDeploying: boolean;
  /** Marathon's own counts: `tasksRunning`, and `tasksHealthy`, which leaves out tasks without a result of a check. */
  readonly running: number;
  readonly healthy: number;
  readonly tasks: readonly MarathonTask[];
}

export interface MarathonTask {
  readonly id: string;
  /** `slaveId`; `null` while it waits for an offer. */
  readonly agentId: string | null;
  /** Whether it is TASK_RUNNING. */
  readonly isRunning: boolean;
  /** Whether it has results of health checks and all are good, as Marathon counts it (`TaskForStatistics.scala`). */
  readonly isHealthy: boolean;
}

/** Tasks of a pod are named after its instances. */
export interface MarathonPod {
  readonly id: string;
  readonly instances: readonly string[];
}

/** One look at the Marathon of a framework: what it showed, or why it could not be read, in a sentence. */
export type MarathonLook =
  | { readonly kind: "seen"; readonly frameworkId: string; readonly view: MarathonView }
  | { readonly kind: "unseen"; readonly frameworkId: string; readonly why: string };
