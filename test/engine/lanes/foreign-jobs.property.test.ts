import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  controlQueueName,
  DECISION_JOB,
  HOSTS_JOB,
  MAINTENANCE_JOB,
  NOTIFY_QUEUE,
  QUERY_QUEUE,
  REPLY_JOB,
  RUN_JOB,
  readJob,
  runsQueueName,
  THREAD_JOB,
  UNCLAIMED_LOOK_JOB,
} from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS, SHORT_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { decodeMaintenance, encodeMaintenance } from "../../../src/maintenance/record/record.js";
import { runs } from "../../support/fast-check.js";
import { nearly, oddJson } from "../../support/odd-json.js";
import { useEngine } from "../support/engine.js";
import { ALICE } from "../support/people.js";
import type { TestCluster } from "../support/test-cluster.js";
import {
  ASKED,
  anyOf,
  decide,
  KINDS,
  type Lane,
  onHosts,
  RECORD,
  REPLY,
  RUN,
  replyTo,
  THREAD,
} from "./job-samples.js";

describe("the schemas of what lies in the queue", () => {
  test.each(KINDS)("a job $name as it should be is read", ({ schema, good }) => {
    for (const data of good) readJob(schema, { data });
  });

  test("property: any JSON is a record, or none", () => {
    fc.assert(
      fc.property(fc.oneof(oddJson, nearly(RECORD)), (data) => {
        if (!isRecord(data)) return;
        const stored = JSON.stringify(encodeMaintenance(decodeMaintenance(data)));
        expect(JSON.stringify(encodeMaintenance(decodeMaintenance(JSON.parse(stored))))).toBe(stored);
      }),
      { numRuns: runs(500) },
    );
  });
});

function isRecord(data: unknown): boolean {
  try {
    decodeMaintenance(data);
    return true;
  } catch {
    return false;
  }
}

describe("foreign jobs in the queue", () => {
  const engine = useEngine();

  const queueOf = (cluster: TestCluster, lane: Lane) =>
    engine().store.queue(
      {
        control: controlQueueName(cluster.name),
        query: QUERY_QUEUE,
        notify: NOTIFY_QUEUE,
        runs: runsQueueName(cluster.name),
      }[lane],
    );

  const writes = (cluster: TestCluster) =>
    cluster.master.calls().filter(({ type }) => type !== null && !/^(GET_|SUBSCRIBE$)/.test(type));

  let added = 0;

  async function add(cluster: TestCluster, lane: Lane, name: string, data: unknown): Promise<string> {
    added += 1;
    const isLasting = [MAINTENANCE_JOB, THREAD_JOB, RUN_JOB, UNCLAIMED_LOOK_JOB].includes(name);
    const options = isLasting ? MAINTENANCE_JOB_OPTIONS : SHORT_JOB_OPTIONS;
    const jobId = `foreign-${added}`;
    await queueOf(cluster, lane).add(name, data, { ...options, jobId });
    return jobId;
  }

  /** Waits until it is gone, has ended, or was tried and waits. */
  async function tried(cluster: TestCluster, lane: Lane, id: string): Promise<void> {
    await cluster.until(`${id} was tried`, async () => {
      const job = await queueOf(cluster, lane).getJob(id);
      if (job === undefined) return true;
      const state = await job.getState();
      if (job.attemptsStarted === 0 || state === "active") return false;
      // Short ones are tried to their end.
      return (job.opts.attempts ?? 1) > 100 || ["failed", "completed"].includes(state);
    });
  }

  async function expectToGoOn(cluster: TestCluster): Promise<void> {
    expect(writes(cluster)).toEqual([]);
    await cluster.type(ALICE, "status");
    await cluster.told(ALICE, /open maintenance|No maintenance/i);
  }

  const record = { ...RECORD, cluster: "c1" };

  const FOREIGN: readonly (readonly [string, Lane, string, unknown])[] = [
    ["a decision without a person", "control", DECISION_JOB, { ...decide({ kind: "cancel" }), person: null }],
    ["a decision of another kind", "control", DECISION_JOB, decide({ kind: "explode" })],
    ["a decision without a kind", "control", DECISION_JOB, decide({})],
    ["an approval of no batch", "control", DECISION_JOB, decide({ kind: "approve" })],
    [
      "an approval whose batch is a list",
      "control",
      DECISION_JOB,
      decide({ kind: "approve", batch: ["b1"], approval: "a1" }),
    ],
    ["an extension by a text", "control", DECISION_JOB, decide({ kind: "extend", byMs: "1h" })],
    ["hosts without a target", "control", HOSTS_JOB, { ...onHosts, ...ASKED, target: {} }],
    ["hosts of a newer verb", "control", HOSTS_JOB, { ...onHosts, ...ASKED, decision: { kind: "reboot" } }],
    [
      "hosts that are a number",
      "control",
      HOSTS_JOB,
      { ...onHosts, ...ASKED, target: { kind: "hosts", hosts: 7 } },
    ],
    ["a job of a newer name", "control", "reboot", decide({ kind: "cancel" })],
    ["a name that every object has", "control", "constructor", decide({ kind: "cancel" })],
    ["a record that is null", "control", MAINTENANCE_JOB, null],
    ["a record of a newer version", "control", MAINTENANCE_JOB, { ...record, version: 2 }],
    ["a record without machines", "control", MAINTENANCE_JOB, { ...record, batches: [{}] }],
    ["a look that was told nothing", "control", UNCLAIMED_LOOK_JOB, {}],
    ["a question of a newer kind", "query", "weather", { kind: "weather", cluster: "c1", replyTo }],
    ["a question about a number", "query", "hosts", { kind: "hosts", hosts: 7, cluster: "c1", replyTo }],
    ["a dry run of nothing", "query", "dry_run", { kind: "dry_run", record: null, cluster: "c1", replyTo }],
    ["a reply to nobody", "notify", REPLY_JOB, { to: null, reply: REPLY }],
    ["a thread of nothing", "notify", THREAD_JOB, { ...THREAD, replyTo: null }],
    ["a run that never was", "runs", RUN_JOB, { ...RUN, run: null }],
  ];

  test.each(FOREIGN)(
    "%s does nothing at the master, is told where somebody waits, and holds nothing up",
    async (_, lane, name, data) => {
      const cluster = await engine().cluster();
      const here = JSON.parse(
        JSON.stringify(data).replaceAll('"C1"', JSON.stringify(`C${cluster.name.slice(1)}`)),
      );
      const id = await add(
        cluster,
        lane,
        name,
        here?.cluster === "c1" ? { ...here, cluster: cluster.name } : here,
      );
      await tried(cluster, lane, id);
      if (here?.replyTo?.user === ALICE && name !== THREAD_JOB)
        await cluster.told(ALICE, /in a shape that this version of the bot cannot read/);
      await expectToGoOn(cluster);
    },
  );

  test("property: what cannot be read does nothing at the master, whatever it is, and holds nothing up", async () => {
    const cluster = await engine().cluster();
    const unreadable = fc.oneof(
      fc
        .constantFrom(...KINDS)
        .chain(anyOf)
        .filter(({ kind, data }) => !kind.schema.safeParse(data).success)
        .map(({ kind: { lane, name }, data }) => ({ lane, name, data })),
      fc
        .oneof(oddJson, nearly(RECORD))
        .filter((data) => !isRecord(data))
        .map((data) => ({ lane: "control" as const, name: MAINTENANCE_JOB, data })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unreadable, { minLength: 5, maxLength: 10 }), async (jobs) => {
        const ids = [];
        for (const { lane, name, data } of jobs)
          ids.push([lane, await add(cluster, lane, name, data)] as const);
        for (const [lane, id] of ids) {
          await tried(cluster, lane, id);
          await (await queueOf(cluster, lane).getJob(id))?.remove();
        }
        expect(writes(cluster)).toEqual([]);
      }),
      { numRuns: runs(15) },
    );
    await expectToGoOn(cluster);
  });
});
