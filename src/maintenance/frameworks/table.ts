// What do we know of each kind of framework?

/**
 * How sure a row is. `high`: read in the framework's own source. `medium`: some of it follows from what was read. `low`:
 * little of it was read.
 */
export const CONFIDENCES = ["high", "medium", "low"] as const;

/**
 * Whether a task that ended with its machine is started again. `yes`: elsewhere, by itself. `waits`: only on the same
 * machine, where its reservation or its data is. `partly`: under a condition that `how` names. `no`: it is over.
 */
export type Returns = "yes" | "waits" | "partly" | "no" | "unknown";

/** What becomes of a framework's tasks, with the details. */
export interface Fate {
  readonly returns: Returns;
  readonly how: string;
}

/** Where a fact stands, for whoever wants to read on: a public repository on GitHub and the file to begin with. */
export interface Source {
  readonly repository: string;
  readonly file: string;
}

/** How some versions of a framework take maintenance. Nothing of it was run, and settings other than the defaults differ. */
export interface Row {
  readonly family: FamilyId;
  /** The versions that were read; others may differ. */
  readonly versions: string;
  /**
   * `old`: it uses Mesos' first scheduler driver (libmesos, API v0), which drops inverse offers, so it cannot answer. `http`:
   * it speaks the HTTP API (v1) and gets them.
   */
  readonly driver: "old" | "http";
  /** `never`: it gets inverse offers and answers none. `accepts`: it accepts each at once, whatever it does about it. */
  readonly answers: "cannot" | "never" | "accepts";
  /** From when on it starts nothing on a machine with a window; `null`: it does not look at windows. */
  readonly avoids: string | null;
  /** Tasks that Down ends: TASK_LOST, to frameworks of every kind. */
  readonly lost: Fate;
  /** Tasks that the master's own drain ends (DRAIN_AGENT, Mesos 1.9 and later): TASK_KILLED. */
  readonly killed: Fate;
  /** How it is told by hand to leave machines or tasks; `null`: there is no way. */
  readonly ownDrain: string | null;
  /** What it writes to the maintenance schedule by itself; `null`: nothing. */
  readonly writes: { readonly bringsUp: boolean; readonly how: string } | null;
  readonly confidence: (typeof CONFIDENCES)[number];
  readonly source: Source;
}

/**
 * What a framework has to show to look like one of a family: all that is named here. A name that people give to other
 * things as well is no sign, and a name alone is one only where it is distinctive.
 */
export interface Signs {
  readonly name?: RegExp;
  /** Its only role, made from its name. */
  readonly role?: (name: string) => string;
  /** Its principal, made from its name. */
  readonly principal?: (name: string) => string;
  readonly capability?: string;
  readonly driver?: Row["driver"];
  /** The same for people. */
  readonly inWords: string;
}

export interface Family {
  readonly name: string;
  /** `null`: nothing that a master shows is a sign of it, only the clusters file can say it. */
  readonly signs: Signs | null;
}

function named(name: RegExp, inWords: string): Signs {
  return { name, inWords };
}

/** The families by their names in the clusters file. */
export const FAMILIES = {
  marathon: {
    name: "Marathon",
    signs: {
      name: /^marathon/,
      capability: "PARTITION_AWARE",
      driver: "old",
      inWords:
        "its name begins with `marathon`, it is PARTITION_AWARE (1.4 and later) and uses the old driver",
    },
  },
  aurora: { name: "Aurora", signs: named(/^TwitterScheduler$/, "its name is `TwitterScheduler`") },
  singularity: { name: "Singularity", signs: null },
  chronos: { name: "Chronos", signs: null },
  spark: { name: "a Spark application", signs: null },
  "spark-dispatcher": {
    name: "Spark's dispatcher",
    signs: named(/^Spark Cluster$/, "its name is `Spark Cluster`"),
  },
  flink: { name: "Flink", signs: null },
  "dcos-commons": {
    name: "a DC/OS SDK service",
    signs: {
      role: (name) => `${name}-role`,
      principal: (name) => `${name}-principal`,
      inWords: "its only role is `<name>-role` and its principal `<name>-principal`",
    },
  },
  "kafka-mesos": { name: "mesos/kafka", signs: null },
  jenkins: {
    name: "the Jenkins plugin",
    signs: named(/^Jenkins Scheduler$/, "its name is `Jenkins Scheduler`"),
  },
  m3s: {
    name: "m3s",
    signs: {
      name: /^m3s/,
      role: () => "m3s",
      driver: "http",
      inWords: "its name begins with `m3s`, its only role is `m3s`, and it uses the HTTP API",
    },
  },
  compose: { name: "mesos-compose", signs: null },
  airflow: { name: "the Airflow provider", signs: null },
  valkey: {
    name: "valkey-framework",
    signs: named(/^valkey-framework$/, "its name is `valkey-framework`"),
  },
  "task-processing": { name: "Yelp's task_processing", signs: null },
  dpark: { name: "dpark", signs: null },
  peloton: {
    name: "Peloton",
    signs: {
      name: /^Peloton$/,
      driver: "http",
      inWords: "its name is `Peloton`, and it uses the HTTP API",
    },
  },
  cook: { name: "Cook", signs: named(/^Cook-.+-.+$/, "its name is `Cook-<version>-<commit>`") },
  eremetic: { name: "Eremetic", signs: named(/^Eremetic$/, "its name is `Eremetic`") },
  retz: { name: "Retz", signs: named(/^Retz-Framework$/, "its name is `Retz-Framework`") },
  myriad: { name: "Myriad", signs: named(/^MyriadAlpha$/, "its name is `MyriadAlpha`") },
  storm: { name: "Storm", signs: named(/^Storm!!!$/, "its name is `Storm!!!`") },
  hadoop: {
    name: "Hadoop MR1",
    signs: named(/^Hadoop: \(RPC port: /, "its name begins with `Hadoop: (RPC port: `"),
  },
  heron: { name: "Heron", signs: named(/^heron_scheduler_/, "its name begins with `heron_scheduler_`") },
  elasticsearch: { name: "mesos/elasticsearch", signs: null },
  "cassandra-mesos": { name: "cassandra-mesos", signs: null },
  ceph: { name: "ceph-on-mesos", signs: null },
  crate: { name: "Crate", signs: null },
  titus: { name: "Titus", signs: named(/^TitusFramework$/, "its name is `TitusFramework`") },
  "mesos-framework": {
    name: "a mesos-framework (Node.js) scheduler",
    signs: named(/^mesos-framework\.[0-9a-f-]{36}$/, "its name is `mesos-framework.<uuid>`"),
  },
} as const satisfies Record<string, Family>;

export type FamilyId = keyof typeof FAMILIES;

export const FAMILY_IDS = Object.keys(FAMILIES) as FamilyId[];

const fate = (returns: Returns, how: string): Fate => ({ returns, how });

const replaced = fate("yes", "replaced");

const over = fate("no", "final");

const notRead = fate("unknown", "not read");

/** What most of those on the old driver have in common. */
const OLD = { driver: "old", answers: "cannot", avoids: null, ownDrain: null, writes: null } as const;

/** What most of those on the HTTP API have in common. */
const HTTP = { driver: "http", answers: "never", avoids: null, ownDrain: null, writes: null } as const;

/** Read on 2026-11-27, except where the versions say otherwise. */
export const ROWS: readonly Row[] = [
  {
    ...OLD,
    family: "marathon",
    versions: "1.1–1.3",
    lost: fate("yes", "replaced; the old task is forgotten after 75 s"),
    killed: replaced,
    ownDrain: "POST /v2/tasks/delete",
    confidence: "high",
    source: {
      repository: "mesosphere/marathon",
      file: "src/main/scala/mesosphere/marathon/MarathonScheduler.scala",
    },
  },
  {
    ...OLD,
    family: "marathon",
    versions: "1.4–1.5",
    lost: fate(
      "yes",
      'shown as "Unreachable", then replaced: after 5 to 10 min (1.4.0–1.4.8, 1.5.0), at once from 1.4.9 and 1.5.1',
    ),
    killed: replaced,
    ownDrain: "POST /v2/tasks/delete",
    confidence: "high",
    source: {
      repository: "mesosphere/marathon",
      file: "src/main/scala/mesosphere/marathon/core/task/jobs/impl/ExpungeOverdueLostTasksActor.scala",
    },
  },
  {
    ...OLD,
    family: "marathon",
    versions: "1.6–1.7.50",
    avoids: "only with --enable_features maintenance_mode",
    lost: fate("yes", "replaced at once; resident tasks (with a volume) wait for the machine"),
    killed: replaced,
    ownDrain: "POST /v2/tasks/delete",
    confidence: "high",
    source: {
      repository: "mesosphere/marathon",
      file: "src/main/scala/mesosphere/mesos/Availability.scala",
    },
  },
  {
    ...OLD,
    family: "marathon",
    versions: "1.7.149–1.11",
    avoids: "from the window's start (earlier with draining_seconds); again after its end",
    lost: fate("yes", "replaced at once; resident tasks (with a volume) wait for the machine"),
    killed: fate("yes", "replaced; the back-off is reset from 1.9"),
    ownDrain: "POST /v2/tasks/delete?scale=false&wipe=false (wipe=true gives the volume up)",
    confidence: "high",
    source: {
      repository: "mesosphere/marathon",
      file: "src/main/scala/mesosphere/mesos/Availability.scala",
    },
  },
  {
    ...OLD,
    family: "aurora",
    versions: "0.18–0.22, fork 0.25; default driver",
    avoids: "from 6 min before the start",
    lost: fate("yes", "rescheduled at once"),
    killed: fate("yes", "rescheduled"),
    ownDrain: "aurora_admin sla_host_drain, host_activate",
    confidence: "high",
    source: {
      repository: "apache/aurora",
      file: "src/main/java/org/apache/aurora/scheduler/maintenance/MaintenanceController.java",
    },
  },
  {
    ...HTTP,
    family: "aurora",
    versions: "0.18–0.22, fork 0.25; V1_DRIVER",
    answers: "accepts",
    avoids: "from 6 min before the start",
    lost: fate("yes", "rescheduled at once"),
    killed: fate("yes", "rescheduled"),
    ownDrain: "aurora_admin sla_host_drain, host_activate",
    confidence: "high",
    source: {
      repository: "apache/aurora",
      file: "src/main/java/org/apache/aurora/scheduler/mesos/MesosCallbackHandler.java",
    },
  },
  {
    ...OLD,
    family: "singularity",
    versions: "up to 0.17",
    lost: fate("partly", "services rescheduled"),
    killed: fate("partly", "run-once and on-demand tasks are not relaunched"),
    ownDrain: "decommission, freeze, activate; at most 2 machines at once",
    confidence: "medium",
    source: {
      repository: "HubSpot/Singularity",
      file: "SingularityService/src/main/java/com/hubspot/singularity/mesos/SingularityMesosSchedulerImpl.java",
    },
  },
  {
    ...HTTP,
    family: "singularity",
    versions: "0.18–1.5",
    lost: fate("partly", "services rescheduled"),
    killed: fate("partly", "run-once and on-demand tasks are not relaunched"),
    ownDrain: "decommission, freeze, activate; at most 2 machines at once",
    confidence: "medium",
    source: {
      repository: "HubSpot/Singularity",
      file: "SingularityService/src/main/java/com/hubspot/singularity/mesos/SingularityMesosSchedulerImpl.java",
    },
  },
  {
    ...OLD,
    family: "chronos",
    versions: "3.0.2 and later",
    lost: fate("partly", "retried while retries are left"),
    killed: fate("no", "not retried"),
    confidence: "high",
    source: {
      repository: "mesos/chronos",
      file: "src/main/scala/org/apache/mesos/chronos/scheduler/mesos/MesosJobFramework.scala",
    },
  },
  {
    ...OLD,
    family: "spark",
    versions: "2.x–3.x, driver of an application",
    lost: fate(
      "yes",
      "executors are replaced and their tasks retried, which counts toward the job's failure limit; two executors lost on one agent id keep the application off that agent, also after Up",
    ),
    killed: fate("yes", "executors are replaced"),
    confidence: "medium",
    source: {
      repository: "apache/spark",
      file: "resource-managers/mesos/src/main/scala/org/apache/spark/scheduler/cluster/mesos/MesosCoarseGrainedSchedulerBackend.scala",
    },
  },
  {
    ...OLD,
    family: "spark-dispatcher",
    versions: "2.x–3.x",
    lost: fate("partly", "supervised drivers are relaunched"),
    killed: fate("no", "never relaunched"),
    confidence: "high",
    source: {
      repository: "apache/spark",
      file: "resource-managers/mesos/src/main/scala/org/apache/spark/scheduler/cluster/mesos/MesosClusterScheduler.scala",
    },
  },
  {
    ...OLD,
    family: "flink",
    versions: "up to 1.13",
    lost: fate("unknown", "the worker is removed and the resource manager told"),
    killed: fate("unknown", "the worker is removed and the resource manager told"),
    confidence: "high",
    source: {
      repository: "apache/flink",
      file: "flink-mesos/src/main/java/org/apache/flink/mesos/runtime/clusterframework/MesosResourceManagerDriver.java",
    },
  },
  {
    ...OLD,
    family: "dcos-commons",
    versions: "0.55 and later (kafka, cassandra, hdfs, elastic)",
    lost: fate("waits", "waits for the machine, with the same reservation"),
    killed: fate("waits", "waits for the machine, with the same reservation"),
    ownDrain: "pod restart; pod replace loses the data",
    confidence: "high",
    source: {
      repository: "mesosphere/dcos-commons",
      file: "sdk/scheduler/src/main/java/com/mesosphere/sdk/framework/FrameworkScheduler.java",
    },
  },
  {
    ...OLD,
    family: "kafka-mesos",
    versions: "last state of the source",
    lost: fate("yes", "on the same host for 10 min, then elsewhere"),
    killed: fate("yes", "on the same host for 10 min, then elsewhere"),
    ownDrain: "broker stop, broker start",
    confidence: "high",
    source: {
      repository: "mesos/kafka",
      file: "src/scala/main/ly/stealth/mesos/kafka/scheduler/BrokerLifecycleManager.scala",
    },
  },
  {
    ...OLD,
    family: "jenkins",
    versions: "0.15–1.0",
    avoids: "inside the window; again after its end",
    lost: fate("no", "the build agent failed"),
    killed: fate("no", "the build agent failed"),
    confidence: "high",
    source: {
      repository: "jenkinsci/mesos-plugin",
      file: "src/main/java/org/jenkinsci/plugins/mesos/JenkinsScheduler.java",
    },
  },
  {
    ...HTTP,
    family: "jenkins",
    versions: "2.x",
    lost: fate("no", "the build agent failed"),
    killed: fate("no", "the build agent failed"),
    confidence: "high",
    source: {
      repository: "jenkinsci/mesos-plugin",
      file: "src/main/java/org/jenkinsci/plugins/mesos/MesosApi.java",
    },
  },
  {
    ...HTTP,
    family: "m3s",
    versions: "0.6",
    lost: fate("yes", "the node is deleted and relaunched"),
    killed: fate("yes", "the node is deleted and relaunched"),
    ownDrain: "cordon, for the whole cluster only",
    confidence: "high",
    source: { repository: "AVENTER-UG/mesos-m3s", file: "scheduler/scheduler.go" },
  },
  {
    ...HTTP,
    family: "compose",
    versions: "up to 1.1.3",
    lost: fate("yes", "relaunched"),
    killed: fate("partly", "as its restart policy says"),
    ownDrain: "kill and restart in its API",
    confidence: "high",
    source: { repository: "AVENTER-UG/mesos-compose", file: "mesos/handle_update.go" },
  },
  {
    ...HTTP,
    family: "compose",
    versions: "1.2.0",
    lost: fate("partly", "refilled only if another instance lives"),
    killed: fate("yes", "restarted"),
    ownDrain: "kill and restart in its API",
    confidence: "high",
    source: { repository: "AVENTER-UG/mesos-compose", file: "scheduler/handle_update.go" },
  },
  {
    ...HTTP,
    family: "compose",
    versions: "after 1.2.0",
    lost: fate("no", "not relaunched by default"),
    killed: fate("yes", "restarted"),
    ownDrain: "kill and restart in its API",
    confidence: "high",
    source: { repository: "AVENTER-UG/mesos-compose", file: "scheduler/handle_update.go" },
  },
  {
    ...HTTP,
    family: "airflow",
    versions: "last state of the source",
    lost: fate("partly", "queued again, about 3 times"),
    killed: fate("no", "failed"),
    confidence: "high",
    source: {
      repository: "m3scluster/airflow-provider-mesos",
      file: "avmesos_airflow_provider/executors/mesos_executor.py",
    },
  },
  {
    ...HTTP,
    family: "valkey",
    versions: "last state of the source",
    lost: fate("yes", "relaunched"),
    killed: fate("yes", "relaunched"),
    confidence: "high",
    source: { repository: "m3scluster/valkey-framework", file: "backend/scheduler.go" },
  },
  {
    ...HTTP,
    family: "task-processing",
    versions: "up to 1.3.5",
    avoids: "as soon as a window is planned, however late; it neither takes nor declines the offers",
    lost: fate("unknown", "its caller is told and decides"),
    killed: fate("unknown", "its caller is told and decides"),
    confidence: "high",
    source: {
      repository: "Yelp/task_processing",
      file: "task_processing/plugins/mesos/execution_framework.py",
    },
  },
  {
    ...HTTP,
    family: "dpark",
    versions: "2018-08 and later",
    answers: "accepts",
    avoids: "from 1 h before the start",
    lost: notRead,
    killed: notRead,
    confidence: "low",
    source: { repository: "douban/dpark", file: "dpark/schedule.py" },
  },
  {
    ...HTTP,
    family: "peloton",
    versions: "2019-10",
    avoids: "from 3 h before the start, and for ever after",
    lost: fate("yes", "relaunched"),
    killed: notRead,
    ownDrain: "peloton host maintenance start",
    writes: {
      bringsUp: true,
      how: "brings machines that others took Down Up again: it compares every 15 min, and its goal is UP",
    },
    confidence: "medium",
    source: { repository: "uber/peloton", file: "pkg/hostmgr/host/drainer/drainer.go" },
  },
  {
    ...OLD,
    family: "cook",
    versions: "1.63",
    lost: fate("partly", "failed, and not counted as a try"),
    killed: fate("partly", "failed, and perhaps counted as a try"),
    confidence: "high",
    source: {
      repository: "twosigma/Cook",
      file: "scheduler/src/cook/mesos/mesos_compute_cluster.clj",
    },
  },
  {
    ...OLD,
    family: "eremetic",
    versions: "0.28 and later",
    avoids: "inside the window; again after its end",
    lost: over,
    killed: over,
    confidence: "high",
    source: { repository: "eremetic-framework/eremetic", file: "mesos/scheduler.go" },
  },
  {
    ...OLD,
    family: "retz",
    versions: "0.4",
    lost: fate("yes", "retried"),
    killed: fate("no", "the job counts as killed"),
    confidence: "high",
    source: {
      repository: "retz/retz",
      file: "retz-server/src/main/java/io/github/retz/scheduler/RetzScheduler.java",
    },
  },
  {
    ...OLD,
    family: "myriad",
    versions: "last state of the source",
    lost: fate("yes", "relaunched"),
    killed: fate("no", "removed"),
    confidence: "high",
    source: {
      repository: "apache/incubator-myriad",
      file: "myriad-scheduler/src/main/java/org/apache/myriad/scheduler/event/handlers/StatusUpdateEventHandler.java",
    },
  },
  {
    ...OLD,
    family: "storm",
    versions: "0.2.9",
    lost: fate("unknown", "only logged"),
    killed: fate("unknown", "its executor refuses the kill, so the drain may never end"),
    confidence: "high",
    source: { repository: "mesos/storm", file: "storm/src/main/storm/mesos/NimbusMesosScheduler.java" },
  },
  {
    ...OLD,
    family: "hadoop",
    versions: "last state of the source",
    lost: fate("unknown", "its tracker is dropped"),
    killed: fate("unknown", "its tracker is dropped"),
    confidence: "high",
    source: {
      repository: "mesos/hadoop",
      file: "src/main/java/org/apache/hadoop/mapred/MesosScheduler.java",
    },
  },
  {
    ...OLD,
    family: "heron",
    versions: "last state of the source",
    lost: fate("partly", "retried while retries are left"),
    killed: fate("partly", "retried while retries are left"),
    confidence: "high",
    source: {
      repository: "apache/incubator-heron",
      file: "heron/schedulers/src/java/org/apache/heron/scheduler/mesos/framework/MesosFramework.java",
    },
  },
  {
    ...OLD,
    family: "elasticsearch",
    versions: "last state of the source",
    lost: fate("unknown", "shown as an error"),
    killed: fate("unknown", "shown as an error"),
    confidence: "high",
    source: {
      repository: "mesos/elasticsearch",
      file: "scheduler/src/main/java/org/apache/mesos/elasticsearch/scheduler/ElasticsearchScheduler.java",
    },
  },
  {
    ...OLD,
    family: "cassandra-mesos",
    versions: "last state of the source",
    lost: fate("unknown", "only logged"),
    killed: fate("unknown", "only logged"),
    confidence: "high",
    source: {
      repository: "mesosphere-backup/cassandra-mesos-deprecated",
      file: "cassandra-mesos-scheduler/src/main/java/io/mesosphere/mesos/frameworks/cassandra/scheduler/CassandraScheduler.java",
    },
  },
  {
    ...OLD,
    family: "ceph",
    versions: "last state of the source",
    lost: fate("yes", "relaunched after 60 s"),
    killed: fate("yes", "relaunched after 60 s"),
    confidence: "high",
    source: {
      repository: "vivint-smarthome/ceph-on-mesos",
      file: "src/main/scala/com/vivint/ceph/TaskActor.scala",
    },
  },
  {
    ...OLD,
    family: "crate",
    versions: "last state of the source",
    lost: fate("yes", "refilled"),
    killed: fate("yes", "refilled"),
    confidence: "high",
    source: {
      repository: "crate/crate-mesos-framework",
      file: "src/main/java/io/crate/frameworks/mesos/CrateScheduler.java",
    },
  },
  {
    ...OLD,
    family: "titus",
    versions: "0.1",
    lost: fate("unknown", 'finished as "lost"'),
    killed: fate("unknown", 'finished as "lost"'),
    confidence: "high",
    source: {
      repository: "Netflix/titus-control-plane",
      file: "titus-server-master/src/main/java/com/netflix/titus/master/mesos/MesosSchedulerCallbackHandler.java",
    },
  },
  {
    ...HTTP,
    family: "mesos-framework",
    versions: "last state of the source",
    lost: fate("yes", "restarted by default"),
    killed: fate("no", "not restarted by default"),
    confidence: "high",
    source: { repository: "tobilg/mesos-framework", file: "lib/schedulerHandlers.js" },
  },
];

/** Programs that are no frameworks and write the maintenance schedule. Nothing at a master shows who wrote a window. */
export const OTHER_WRITERS: readonly {
  readonly name: string;
  readonly versions: string;
  readonly how: string;
  readonly confidence: Row["confidence"];
  readonly source: Source;
}[] = [
  {
    name: "PaaSTA",
    versions: "0.60–1.x",
    how: "reads the schedule, changes it and posts it again",
    confidence: "medium",
    source: { repository: "Yelp/paasta", file: "paasta_tools/mesos_maintenance.py" },
  },
  {
    name: "deathnode",
    versions: "last state of the source",
    how: "posts a schedule of its own hosts only, which wipes every other window",
    confidence: "high",
    source: { repository: "alanbover/deathnode", file: "mesos/client.go" },
  },
  {
    name: "dcos-maintenance",
    versions: "last state of the source",
    how: "reads the schedule, changes it and posts it again",
    confidence: "high",
    source: { repository: "minyk/dcos-maintenance", file: "queries/schedule.go" },
  },
];
