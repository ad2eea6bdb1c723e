import { describe, expect, onTestFinished, test } from "vitest";
import { digestOf, type Runbook } from "../../../src/config/runbook.js";
import { SYSTEM_CLOCK } from "../../../src/engine/clock.js";
import { lookAtRuns } from "../../../src/engine/control/look-at-runs.js";
import { runJobId } from "../../../src/engine/lanes/ids.js";
import {
  MAINTENANCE_JOB,
  newRunJob,
  RUN_JOB,
  runJob,
  runsQueueName,
} from "../../../src/engine/lanes/jobs.js";
import { MAINTENANCE_JOB_OPTIONS, RUN_JOB_OPTIONS } from "../../../src/engine/lanes/options.js";
import { openRecords, type Records } from "../../../src/engine/lanes/records.js";
import type { RunPorts } from "../../../src/engine/runs/ports.js";
import { runProcessor } from "../../../src/engine/runs/runs.js";
import { RUNS_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { runWorker, type Store, type StoreQueue, wake } from "../../../src/engine/store/store.js";
import type { MachineView, Picture } from "../../../src/maintenance/record/picture.js";
import { encodeMaintenance, type Maintenance } from "../../../src/maintenance/record/record.js";
import type { Run } from "../../../src/maintenance/record/run.js";
import { withRun, withRunAsked } from "../../../src/maintenance/record/runs.js";
import { millisToNanos } from "../../../src/maintenance/time.js";
import { approvalOf, pictureOf } from "../../slack/fixtures.js";
import { suiteFor } from "../../support/require.js";
import { batchOf, HOUR, machine, NOW, recordOf } from "../../support/world.js";
import { keepLog, PLACES, until } from "../store/places.js";
import { useStore } from "../store/use-store.js";
import { OK, TestProgram } from "../support/test-program.js";

const RUNBOOK: Runbook = {
  name: "kernel-update",
  argv: ["ansible-playbook", "kernel.yml"],
  folder: "/srv/playbooks",
  timeLimitMs: 3_600_000,
  env: [],
  secretEnv: [],
  who: ["U0ALICE"],
  where: { kind: "batch" },
  then: "up",
};

const SHOWN = {
  name: RUNBOOK.name,
  digest: digestOf(RUNBOOK),
  where: RUNBOOK.where,
  timeLimitMs: RUNBOOK.timeLimitMs,
  then: RUNBOOK.then,
};

/** What a look showed of machines. */
function pictureWith(modes: Readonly<Record<string, MachineView["mode"]>>): Picture {
  const machines = Object.entries(modes).map(([name, mode]) => {
    const unseen = { agents: 0, recovering: 0, away: 0, unknownSinceMs: null, tasks: 0 };
    return { ...machine(name), mode, ...unseen };
  });
  return { ...pictureOf(0, 0), machines };
}

const OVER = { start: millisToNanos(NOW - 2 * HOUR), duration: millisToNanos(HOUR) };

/** Its machines are Down under an approval that showed the runbook, and the run stands in the record. */
function downWithRun(id: string): Maintenance {
  const outcome = { kind: "granted", by: "U0BOB", atMs: NOW } as const;
  const approvals = [approvalOf({ id: "b1a1", runbook: SHOWN, outcome })];
  const window = { start: millisToNanos(Date.now()), duration: millisToNanos(4 * HOUR) };
  const batches = [batchOf({ phase: "down", approvals, window })];
  const record = recordOf({ id, batches, picture: pictureWith({ "web-01": "down", "web-02": "down" }) });
  const wanted = { ...record.wanted, run: RUNBOOK.name };
  return withRunAsked({ ...record, wanted }, "b1", SHOWN, { approval: "b1a1" }, NOW);
}

const first = ({ runs }: Maintenance): Run => runs[0] as Run;

const approvalsOf = ({ batches }: Maintenance) => batches.flatMap(({ approvals }) => approvals);

const UNWATCHED_AFTER_MS = 300_000;

class Crash extends Error {}

let made = 0;

/** The two lanes of one maintenance: what the control lane does is called, what runs is done by workers. */
class Lanes {
  readonly program = new TestProgram();
  readonly log = { ...keepLog(), debug() {} };
  readonly id = `m-run${++made}`;
  readonly cluster = `c${made}`;
  readonly records: Records;
  readonly runs: StoreQueue;
  readonly stopping = new AbortController();
  /** How often a worker looked at the record. */
  looks = 0;
  /** Where a worker dies: the words that it would log next, or a port that it uses. */
  dies: string | null = null;

  constructor(
    readonly store: Store,
    readonly now = SYSTEM_CLOCK.wall,
  ) {
    this.records = openRecords(store, this.cluster, this.log);
    this.runs = store.queue(runsQueueName(this.cluster));
  }

  async place(record = { ...downWithRun(this.id), watchedAtMs: this.now() }): Promise<this> {
    const options = { ...MAINTENANCE_JOB_OPTIONS, jobId: record.id, delay: 3_600_000 };
    await this.records.queue.add(MAINTENANCE_JOB, encodeMaintenance(record), options);
    return this;
  }

  async record(): Promise<Maintenance> {
    const found = await this.records.find(this.id);
    if (found === null) throw new Error("The record is gone.");
    return found;
  }

  async save(record: Maintenance): Promise<void> {
    const found = await this.records.job(this.id);
    await found?.job.updateData(encodeMaintenance(record));
  }

  /** What a tick does about runs, from what is stored; `dies` at one of its steps. */
  async look(dies: "add" | "added" | "save" | "saved" | null = null): Promise<Maintenance> {
    const die = (at: typeof dies) => {
      if (dies === at) throw new Crash(`died at ${at}`);
    };
    const runs = Object.assign(Object.create(this.runs) as StoreQueue, {
      add: async (...args: Parameters<StoreQueue["add"]>) => {
        die("add");
        const job = await this.runs.add(...args);
        die("added");
        return job;
      },
    });
    const save = async (record: Maintenance) => {
      die("save");
      await this.save(record);
      die("saved");
    };
    const next = await lookAtRuns(await this.record(), { runs, save, now: this.now });
    await this.save(next);
    return next;
  }

  /** A worker of the lane of runs. */
  work(parts: Partial<RunPorts> = {}, options = {}): void {
    const die = (at: string) => {
      if (this.dies !== at) return;
      this.dies = null;
      throw new Crash(`died at: ${at}`);
    };
    const { log, program, records } = this;
    const ports: RunPorts = {
      records: Object.assign(Object.create(records) as Records, {
        find: async (id: string) => {
          this.looks += 1;
          die("the look");
          return await records.find(id);
        },
      }),
      runbooks: [RUNBOOK],
      start: async (...args) => {
        const result = program.start(...args);
        die("the program");
        const ended = await result;
        die("the end");
        return ended;
      },
      secrets: [],
      worker: "w1:4711",
      lockMs: RUNS_WORKER_OPTIONS.lockDuration,
      unwatchedAfterMs: UNWATCHED_AFTER_MS,
      stopping: this.stopping.signal,
      changed: async () => {},
      logger: {
        ...log,
        info(fields: object, text: string) {
          log.info(fields, text);
          die(text);
        },
      },
      clock: { ...SYSTEM_CLOCK, now: this.now, isUnsure: () => false },
      ...parts,
    };
    const worker = this.store.worker(runsQueueName(this.cluster), runProcessor(ports), {
      ...RUNS_WORKER_OPTIONS,
      ...options,
    });
    runWorker(worker, log);
    onTestFinished(async () => {
      this.stopping.abort();
      await worker.close();
    });
  }

  async job() {
    const [run] = (await this.record()).runs;
    return await this.runs.getJob(runJobId(this.id, run as Run));
  }

  /** Looks as the ticks do, and brings a job that failed back at once, until the run has an outcome. */
  async outcome() {
    return await until(async () => {
      const job = await this.job();
      if (job !== undefined) await wake(job);
      const [run] = (await this.look()).runs;
      return run?.outcome ?? undefined;
    });
  }
}

/** Where the control lane can die on its way. */
const CONTROL = [
  ["before the job is added", "add"],
  ["after the job was added, with no answer", "added"],
  ["before it is stored that the job was added", "save"],
  ["after that was stored", "saved"],
] as const;

/** Where the worker can die, what is known of the run then, and how often its program was started. */
const WORKER = [
  ["before it looks at the record", "the look", "ok", 1],
  ["after it was stored that it starts, before it does", "a run starts", "unknown", 0],
  ["while the program runs", "the program", "unknown", 1],
  ["after the program ended, before that is stored", "the end", "unknown", 1],
  ["after its end was stored", "a run ended", "ok", 1],
] as const;

for (const { name, available, make } of PLACES) {
  suiteFor(
    `a run on ${name}`,
    available,
  )(() => {
    const store = useStore(make);
    const lanes = () => new Lanes(store()).place();

    test("is started once, and its outcome comes into the record", async () => {
      const one = await lanes();
      one.work();
      expect(await one.outcome()).toMatchObject({ kind: "ok", words: "Exit code 0." });
      expect(one.program.starts).toHaveLength(1);
      expect((await one.record()).events.map(({ kind }) => kind)).toEqual(["run_started", "run_ended"]);
    });

    describe.each(CONTROL)("when the control lane dies %s", (_, at) => {
      test("is started once by what comes after it (invariants 5, 7)", async () => {
        const one = await lanes();
        one.work();
        await expect(one.look(at)).rejects.toThrow(Crash);
        expect(await one.outcome()).toMatchObject({ kind: "ok" });
        expect(one.program.starts).toHaveLength(1);
      });
    });

    describe.each(WORKER)("when the worker dies %s", (_, at, kind, starts) => {
      test(`its outcome is ${kind}, and it is not started again (invariants 5, 7)`, async () => {
        const one = await lanes();
        one.dies = at;
        one.work();
        expect(await one.outcome()).toMatchObject({ kind });
        expect(one.program.starts).toHaveLength(starts);
      });
    });

    test("is not started before the stored record knows that its job was added", async () => {
      const one = await lanes();
      one.work();
      const record = await one.record();
      const [run] = record.runs as [Run];
      const options = { ...RUN_JOB_OPTIONS, jobId: runJobId(one.id, run) };
      await one.runs.add(RUN_JOB, newRunJob(record, run), options);
      await until(async () => (await one.job())?.isDelayed());
      expect(one.program.starts).toEqual([]);
      expect(await one.outcome()).toMatchObject({ kind: "ok" });
      expect(one.program.starts).toHaveLength(1);
    });

    test("of a record that nobody has looked after for long is not started until somebody does (invariants 5, 13)", async () => {
      const one = await lanes();
      const placed = await one.look();
      await one.save({ ...placed, watchedAtMs: one.now() - UNWATCHED_AFTER_MS - 1_000 });
      one.work();
      await until(() => one.looks > 2);
      expect(await (await one.job())?.isCompleted()).toBe(false);
      expect(one.program.starts).toEqual([]);
      await one.save({ ...placed, watchedAtMs: one.now() });
      expect(await one.outcome()).toMatchObject({ kind: "ok" });
      expect(one.program.starts).toHaveLength(1);
    });

    test("whose job somebody removed before that is added again and started once; removed afterwards it is unknown and not started again", async () => {
      const early = await lanes();
      await expect(early.look("save")).rejects.toThrow(Crash);
      await (await early.job())?.remove();
      early.work();
      expect(await early.outcome()).toMatchObject({ kind: "ok" });
      expect(early.program.starts).toHaveLength(1);

      const late = await lanes();
      await late.look();
      await (await late.job())?.remove();
      late.work();
      expect(await late.outcome()).toMatchObject({ kind: "unknown" });
      await late.look();
      expect(await late.job()).toBeUndefined();
      expect(late.program.starts).toEqual([]);
    });

    test("is run by one of two workers, and added once more it is not run again", async () => {
      const one = await lanes();
      one.work();
      one.work();
      await one.outcome();
      const record = await one.record();
      const [run] = record.runs as [Run];
      await one.runs.add(RUN_JOB, newRunJob(record, run), {
        ...RUN_JOB_OPTIONS,
        jobId: runJobId(one.id, run),
      });
      await until(async () => (await one.job())?.isCompleted());
      expect(one.program.starts).toHaveLength(1);
    });

    test("whose lock runs out is ended by its worker, is unknown to the next one, and runs nowhere twice (invariant 8)", async () => {
      const one = await lanes();
      one.program.result = null;
      const short = { lockDuration: 1_000, lockRenewTime: 60_000, stalledInterval: 300 };
      one.work({ lockMs: 1_000 }, short);
      one.work({ lockMs: 1_000, worker: "w2:4712" }, short);
      expect(await one.outcome()).toMatchObject({
        kind: "unknown",
        words: expect.stringMatching(/worker w[12]:/),
      });
      await until(() => one.program.last.told() === "lock_lost");
      expect(one.program.starts).toHaveLength(1);
    });

    test.each<[string, RegExp, (record: Maintenance) => Maintenance, Partial<RunPorts>]>([
      ["that nobody approved", /Nobody who may/, (r) => withRun(r, { ...first(r), approval: null }), {}],
      [
        "whose approval was taken back",
        /Nobody who may/,
        (r) => ({ ...r, batches: [batchOf({ phase: "down", approvals: [] })] }),
        {},
      ],
      [
        "that says who asked for it, and of which no log knows",
        /Nobody who may/,
        (r) => withRun(r, { ...first(r), askedBy: "U0EVE" }),
        {},
      ],
      [
        "of machines that are not Down any more",
        /not Down any more/,
        (r) => ({ ...r, batches: [batchOf({ phase: "up", approvals: approvalsOf(r) })] }),
        {},
      ],
      [
        "that was stopped before",
        /stopped before/,
        (r) => withRun(r, { ...first(r), stop: { by: "U0BOB", atMs: NOW } }),
        {},
      ],
      [
        "of machines of which somebody else brought one Up meanwhile",
        /The last look does not show web-02 as Down/,
        (r) => ({ ...r, picture: pictureWith({ "web-01": "down", "web-02": "draining" }) }),
        {},
      ],
      [
        "of machines that nobody has looked at",
        /does not show web-01, web-02 as Down/,
        (r) => ({ ...r, picture: null }),
        {},
      ],
      [
        "under the approval of a Down whose window is over",
        /window of its approval is over/,
        (r) => ({ ...r, batches: r.batches.map((batch) => ({ ...batch, window: OVER })) }),
        {},
      ],
      ["whose runbook its worker does not have", /worker w1:4711 has no runbook/, (r) => r, { runbooks: [] }],
      [
        "whose runbook is another one at its worker than was approved",
        /another one than was approved/,
        (r) => r,
        { runbooks: [{ ...RUNBOOK, argv: ["rm", "-rf", "/"] }] },
      ],
    ])("%s is not started", async (_, words, change, parts) => {
      const one = await lanes();
      await one.save(change(await one.record()));
      one.work(parts);
      expect(await one.outcome()).toMatchObject({ kind: "not_started", words: expect.stringMatching(words) });
      expect(one.program.starts).toEqual([]);
    });

    test("waits while somebody holds its maintenance, and while its worker shuts down", async () => {
      const one = await lanes();
      const held = { by: "U0BOB", atMs: NOW, reason: null, as: "operator" } as const;
      await one.save({ ...(await one.record()), held });
      one.work();
      await one.look();
      await until(async () => ((await one.job())?.attemptsStarted ?? 0) > 1);
      expect(one.program.starts).toEqual([]);
      one.stopping.abort();
      await one.save({ ...(await one.record()), held: null });
      const before = (await one.job())?.attemptsStarted ?? 0;
      await until(async () => ((await one.job())?.attemptsStarted ?? 0) > before);
      expect(one.program.starts).toEqual([]);
      one.work({ stopping: new AbortController().signal });
      expect(await one.outcome()).toMatchObject({ kind: "ok" });
      expect(one.program.starts).toHaveLength(1);
    });

    test("stores the newest lines of its output while it runs, and all of it at its end", async () => {
      const one = await lanes();
      one.program.result = null;
      one.work();
      await one.look();
      await until(() => one.program.starts.length === 1);
      one.program.last.prints(...Array.from({ length: 50 }, (_, at) => `line ${at} ${"x".repeat(1_000)}`));
      const data = await until(async () => {
        const found = runJob.parse((await one.job())?.data);
        return found.tail.length > 0 && found;
      });
      expect(data.tail).toHaveLength(20);
      expect(data.tail.at(-1)).toMatch(/^line 49 x+$/);
      expect(data.tail.at(-1)?.length).toBe(300);
      one.program.last.ends(OK);
      await one.outcome();
      expect(runJob.parse((await one.job())?.data)).toMatchObject({ tail: data.tail, output: OK.output });
    });
  });
}
