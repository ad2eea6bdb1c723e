/** Amounts of the two resources that decide whether a task fits. `memMb` in megabytes, as Mesos counts memory. */
export interface Amounts {
  readonly cpus: number;
  readonly memMb: number;
}

/** One copy of something that runs. */
export interface Task {
  readonly id: string;
  readonly name: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** Mesos' name, such as `TASK_RUNNING`. */
  readonly state: string;
  /**
   * What it is a copy of: a label that says so (`DCOS_PACKAGE_NAME`, `MARATHON_APP_ID`, …), else its name without
   * instance numbers.
   */
  readonly app: string;
  readonly role: string;
  readonly uses: Amounts;
}
