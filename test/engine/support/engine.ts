import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import type { Logger } from "../../../src/base/logger.js";
import { Secret } from "../../../src/base/secret.js";
import type {
  ClusterConfig,
  ClusterPolicy,
  StoreConfig,
  ZooKeeperConfig,
} from "../../../src/config/config.js";
import { termsOf } from "../../../src/config/runbook.js";
import { createHome } from "../../../src/engine/bot/home.js";
import { createIntake, type IntakeCluster } from "../../../src/engine/bot/intake.js";
import { groupsNamedIn, shownAs } from "../../../src/engine/bot-side.js";
import { type Clock, SYSTEM_CLOCK } from "../../../src/engine/clock.js";
import { NOTIFY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { createLostClusters } from "../../../src/engine/lanes/lost-clusters.js";
import { createNotifier } from "../../../src/engine/lanes/notifier.js";
import { openRecords, type Records } from "../../../src/engine/lanes/records.js";
import { runsIn } from "../../../src/engine/lanes/runs-in.js";
import { createDrawTimeline } from "../../../src/engine/notify/draw-timeline.js";
import { notifyProcessor } from "../../../src/engine/notify/notify.js";
import { steadyClock } from "../../../src/engine/steady-clock.js";
import { CONTROL_WORKER_OPTIONS, NOTIFY_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import { runWorker, type Store } from "../../../src/engine/store/store.js";
import { createWorkerSide, type WorkerSide } from "../../../src/engine/worker-side.js";
import {
  type RehearsalMaster,
  startRehearsalMaster,
  startStandby,
} from "../../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../../src/rehearsal/master/options.js";
import { answer, PATIENCE_MS } from "../../../src/slack/hear/answer.js";
import { createGroups } from "../../../src/slack/people/groups.js";
import { createPeople } from "../../../src/slack/people/people.js";
import { anonymousReaders } from "../../../src/slack/people/readers.js";
import { createMessenger, type Messenger } from "../../../src/slack/say/messenger.js";
import { FakeSlack } from "../../slack/fake-slack.js";
import { type RehearsalMarathon, startRehearsalMarathon } from "../../support/marathon/marathon.js";
import type { RehearsalMarathonOptions } from "../../support/marathon/options.js";
import { policyOf } from "../../support/world.js";
import { type Place, UNHURRIED_MS } from "../store/places.js";
import { type Course, REAL_TIME, StepByStep } from "./course.js";
import { MemoryStore } from "./memory-store.js";
import { Mortal } from "./mortal.js";
import { RecordedSlack } from "./recorded-slack.js";
import { TestClock } from "./test-clock.js";
import { TestCluster, UNHURRIED_CALLS } from "./test-cluster.js";
import { TestProgram } from "./test-program.js";

export interface TestClusterOptions {
  /** @defaultValue six machines, `web-01` to `web-06`, and nothing that runs on them */
  readonly master?: Partial<RehearsalOptions>;
  readonly config?: Partial<Omit<ClusterConfig, "policy">>;
  /** @defaultValue anybody may do anything, but not approve what they asked for themselves */
  readonly policy?: Partial<ClusterPolicy>;
  /** A Marathon that is the framework of this name, `marathon`, and that the clusters file tells how to reach. */
  readonly marathon?: Omit<RehearsalMarathonOptions, "master" | "clock" | "after">;
  /** Addresses of masters that are configured beside the rehearsal one. */
  readonly otherMasters?: readonly string[];
  /** How many more masters the cluster has, which redirect to the first. @defaultValue 0 */
  readonly standbys?: number;
  /** Where the masters are found instead of being listed; called before anybody looks for them. */
  readonly zooKeeper?: (masters: readonly RehearsalMaster[]) => Promise<ZooKeeperConfig>;
  /** What the workspace calls the command. @defaultValue /mesos */
  readonly command?: string;
}

export interface Measured {
  readonly placed: number[];
  readonly shown: number[];
}

/** Our two sides around one store, with a recorder where Slack would show things. */
export interface Engine {
  readonly slack: RecordedSlack;
  /** Slack's Web API, to make it refuse or go away. */
  readonly webApi: FakeSlack;
  /** Stands in for the programs of runbooks. */
  readonly program: TestProgram;
  readonly store: Store;
  /** What metrics would be made of, in ms, of all processes. */
  readonly measured: Measured;
  /** The process as it is: it may be told to die somewhere, and another one is started at once when it does. */
  readonly process: Mortal;
  /** Nothing new is begun, and its clock stands, before this resolves; what was begun goes on. */
  waitsFor(until: Promise<void>): void;
  /** A cluster of its own with a rehearsal master and a worker; both end with the test. */
  cluster(options?: TestClusterOptions): Promise<TestCluster>;
  close(): Promise<void>;
}

const HISTORY_MS = 400 * 86_400_000;

/** What stands for all secrets of the installation. */
export const BOT_SECRET = "of-the-bot";

/** Tests move the clock on by hours while nothing runs. */
const NEVER = Number.POSITIVE_INFINITY;

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** `ENGINE_LOG=1` shows what the engine logs. */
const ordinaryLogger: Logger = process.env.ENGINE_LOG ? { ...console, debug() {} } : quiet;

export const SIX: RehearsalOptions["agents"] = [1, 2, 3, 4, 5, 6].map((n) => ({
  hostname: `web-0${n}`,
  ip: `10.0.0.${n}`,
}));

/** What an engine lives on. */
interface Base {
  readonly store: Store;
  readonly clock: Clock;
  /** As masters have it, whatever the clock on our wall shows. */
  trueNow(): number;
  /** The time of a clock that stands still between two steps; the same for ever of one that does not. */
  stillMs(): number;
  readonly course: Course;
  /** How long a person waits for an answer before the bot says that there is none yet. */
  readonly patienceMs: number;
  /** What both sides tell the log. */
  readonly logger: Logger;
  /** Whether a job runs. */
  isBusy(): boolean;
  moveOn(ms: number): void;
  /** Sets the clock on the wall. */
  setClockBy(ms: number): void;
  /** What a process holds when it dies is free again, as soon as that is so. */
  locksRunOut(): void;
  /** Nothing goes on before this resolves. */
  waitsFor(until: Promise<void>): void;
}

/** Only ends what hangs: nobody is told that something is late because this machine is slow. */
const UNHURRIED_PATIENCE_MS = 120_000;

/** An engine on a real store, by the clock on the wall. */
export async function startEngine(settings: StoreConfig): Promise<Engine> {
  const store = await openStore(settings, quiet, UNHURRIED_MS);
  const notHere = () => {
    throw new Error("Calls are only given up where the engine goes on step by step.");
  };
  return await startOn({
    store,
    clock: SYSTEM_CLOCK,
    trueNow: SYSTEM_CLOCK.wall,
    stillMs: () => 0,
    course: REAL_TIME,
    patienceMs: PATIENCE_MS,
    logger: ordinaryLogger,
    isBusy: notHere,
    moveOn: notHere,
    setClockBy: notHere,
    // They run out by themselves.
    locksRunOut() {},
    waitsFor() {},
  });
}

/** An engine that goes on step by step, by a clock of its own. */
export async function startStepByStep(logger = ordinaryLogger): Promise<Engine> {
  const clock = new TestClock();
  const store = new MemoryStore(clock.wall);
  const course = new StepByStep(store, clock);
  const isBusy = () => store.running().length > 0;
  const moveOn = (ms: number) => clock.moveOn(ms);
  return await startOn({
    ...{ store, clock, course, logger, isBusy, moveOn },
    trueNow: clock.now,
    stillMs: clock.now,
    patienceMs: UNHURRIED_PATIENCE_MS,
    setClockBy: (ms) => clock.setBy(ms),
    locksRunOut() {
      clock.moveOn(CONTROL_WORKER_OPTIONS.lockDuration);
      store.locksRunOut();
    },
    waitsFor: (until) => course.waitsFor(until),
  });
}

/** One process of ours, with both sides in it. */
interface Life {
  readonly body: Mortal;
  readonly intake: ReturnType<typeof createIntake>;
  readonly messenger: Messenger;
  /** Serves a cluster from now on. */
  serve(config: ClusterConfig): Promise<void>;
  /** Starts one more worker of a cluster that is served. */
  addWorker(config: ClusterConfig): Promise<void>;
  stopWorkers(config: ClusterConfig): Promise<void>;
  close(): Promise<void>;
}

async function startOn(base: Base): Promise<Engine> {
  const { store, clock, trueNow, course, patienceMs, logger, isBusy, moveOn, setClockBy } = base;
  const webApi = await FakeSlack.start();
  webApi.hasEverybody = true;
  const slack = new RecordedSlack();
  const program = new TestProgram();
  const configs = new Map<string, ClusterConfig>();
  const measured: Measured = { placed: [], shown: [] };
  let made = 0;
  let commands = 0;
  let clicks = 0;
  const clusters: { readonly master: RehearsalMaster; readonly marathon: RehearsalMarathon | null }[] = [];
  /** Of clusters. */
  const ends: (() => Promise<void>)[] = [];
  /** What people have sent and are not answered yet. */
  const unanswered = new Set<Promise<void>>();

  let life = begin();
  let reborn: Promise<void> = Promise.resolve();

  /** What was begun outside of store and Slack, and the time where it stands still between two steps. */
  function around(): string {
    const changes = clusters.map(({ master, marathon }) => {
      const writes = master.calls().filter(({ type }) => type !== null && !type.startsWith("GET_"));
      return writes.length + (marathon?.kills().length ?? 0);
    });
    return [...changes, program.starts.length, base.stillMs()].join(" ");
  }

  function begin(): Life {
    const body = new Mortal(around);
    const one = live(base, { body, webApi, slack, program, configs, measured });
    void body.dead.then(() => {
      base.locksRunOut();
      reborn = startAnew(one);
      base.waitsFor(reborn);
    });
    return one;
  }

  async function startAnew(dead: Life): Promise<void> {
    // It does nothing any more; what it has open is let go.
    dead.close().catch((error) => logger.warn({ error }, "what a dead process had open"));
    life = begin();
    for (const config of configs.values()) await life.serve(config);
  }

  /** Slack sends again what a process that died had not acknowledged. */
  function send(deliver: (to: Life) => Promise<void>): Promise<void> {
    const delivered = (async () => {
      for (;;) {
        const to = life;
        to.body.deed();
        const isOver = await Promise.race([deliver(to).then(() => true), to.body.dead.then(() => false)]);
        to.body.deed();
        if (isOver) return;
        await reborn;
      }
    })();
    unanswered.add(delivered);
    return delivered.finally(() => unanswered.delete(delivered));
  }

  return {
    slack,
    webApi,
    program,
    store,
    measured,
    get process() {
      return life.body;
    },
    waitsFor: base.waitsFor,
    async cluster(options = {}) {
      made += 1;
      const name = `c${made}`;
      const channel = `C${made}`;
      const rehearsed = {
        agents: SIX,
        frameworks: [],
        returnAfterMs: 100,
        clock: trueNow,
        after: clock.after,
        ...options.master,
      };
      const master = await startRehearsalMaster(rehearsed);
      const standbys = await Promise.all(
        Array.from({ length: options.standbys ?? 0 }, () => startStandby(master, rehearsed)),
      );
      const marathon =
        options.marathon === undefined
          ? null
          : await startRehearsalMarathon({
              master,
              clock: trueNow,
              after: clock.after,
              ...options.marathon,
            });
      const named = { by: "name", value: "marathon" } as const;
      const reached = { ...named, url: marathon?.url ?? "", authorization: null, ca: null };
      const masters = [master, ...standbys];
      const zooKeeper = (await options.zooKeeper?.(masters)) ?? null;
      const listed = [...masters.map(({ url }) => url), ...(options.otherMasters ?? [])];
      const config: ClusterConfig = {
        name,
        masters: zooKeeper === null ? listed : [],
        credentials: null,
        zooKeeper,
        ca: null,
        channel,
        broadcast: [],
        tickets: null,
        marathons: marathon === null ? [] : [reached],
        inventoryFile: null,
        runbooks: [],
        defaultDurationMs: 2 * 3_600_000,
        maxDurationMs: 30 * 86_400_000,
        // Everything that is shown is looked at soon.
        policy: {
          ...policyOf({ pollMs: 1_000, answersWaitMs: 0, unwatchedAfterMs: NEVER }),
          runbooks: (options.config?.runbooks ?? []).map(termsOf),
          frameworks: marathon === null ? [] : [{ ...named, family: "marathon", marathon: true }],
          ...options.policy,
        },
        ...options.config,
      };
      configs.set(name, config);
      clusters.push({ master, marathon });
      await life.serve(config);
      // The master first: calls that hang are cut off.
      const end = once(async () => {
        configs.delete(name);
        await Promise.all([
          ...masters.map((one) => one.close()),
          marathon?.close(),
          life.stopWorkers(config),
        ]);
      });
      ends.push(end);
      onTestFinished(end);
      const to = (user: string) => ({
        responseUrl: webApi.responseUrl(),
        channel,
        user,
        thread: null,
        command: options.command ?? "/mesos",
      });
      const tell =
        ({ messenger }: Life, user: string) =>
        async (reply: Parameters<typeof messenger.reply>[1]) => {
          await messenger
            .reply(to(user), reply)
            .catch((error: Error) => logger.warn(error, "answering a person"));
        };
      const onError = (error: unknown) => logger.error({ error }, "a handler failed");
      return new TestCluster({
        name,
        channel,
        master,
        standbys,
        marathon,
        slack,
        records: openRecords(store, name, logger),
        course,
        isBusy,
        moveOn,
        setClockBy,
        nowMs: trueNow,
        type: (user, text) => {
          commands += 1;
          const input = {
            text,
            triggerId: `trigger-${commands}`,
            ...to(user),
          };
          return send((at) =>
            answer("command", () => at.intake.command(input), tell(at, user), onError, patienceMs),
          );
        },
        click: (user, button) => {
          clicks += 1;
          const input = {
            button,
            triggerId: `click-${clicks}`,
            ...to(user),
          };
          return send((at) =>
            answer("click", () => at.intake.click(input), tell(at, user), onError, patienceMs),
          );
        },
        restart: async () => {
          await life.stopWorkers(config);
          await life.addWorker(config);
        },
        addWorker: () => life.addWorker(config),
      });
    },
    async close() {
      await Promise.all(ends.map((end) => end()));
      // Nobody who was not waited for is answered afterwards, as when the bot stops.
      await Promise.allSettled(unanswered);
      await life.close();
      life.body.end();
      await store.close();
      await webApi.stop();
    },
  };
}

/** What one process after the other meets. */
interface Around {
  readonly body: Mortal;
  readonly webApi: FakeSlack;
  readonly slack: RecordedSlack;
  readonly program: TestProgram;
  /** By name. */
  readonly configs: ReadonlyMap<string, ClusterConfig>;
  readonly measured: Measured;
}

function live(base: Base, { body, webApi, slack, program, configs, measured }: Around): Life {
  const { store: real, clock, logger } = base;
  const store = body.store(real);
  const messenger = body.messenger(
    slack.through(createMessenger({ settings: webApi.settings(), logger, timeoutMs: UNHURRIED_PATIENCE_MS })),
  );
  const time = steadyClock(clock, () => {});
  const clusters: (IntakeCluster & Pick<ClusterConfig, "policy">)[] = [];
  const records = new Map<string, Records>();
  const notifier = createNotifier(store, logger, clock);
  const { personOf } = createGroups({
    settings: webApi.settings(),
    logger,
    now: time.now,
    patienceMs: UNHURRIED_PATIENCE_MS,
  });
  const people = createPeople({
    settings: webApi.settings(),
    logger,
    now: time.now,
    patienceMs: UNHURRIED_PATIENCE_MS,
  });
  const lost = createLostClusters(store, records, logger);
  const home = createHome({
    ...{ messenger, clusters, records, personOf, logger },
    readers: anonymousReaders(time.now),
    threads: notifier.queue,
    version: "0.0.0",
    now: time.now,
  });
  const intake = createIntake({
    store,
    clusters,
    records,
    notifier,
    lost,
    people,
    personOf,
    commandsPerMinute: Number.POSITIVE_INFINITY,
    logger,
    clock: time,
  });
  const notify = store.worker(
    NOTIFY_QUEUE,
    notifyProcessor({
      messenger,
      readers: anonymousReaders(time.now),
      // The SVG itself stands for its PNG, so that tests can read it.
      drawTimeline: createDrawTimeline({
        readers: anonymousReaders(time.now),
        logger,
        png: async (svg) => Buffer.from(svg),
      }),
      home,
      queue: notifier.queue,
      records,
      shownIn: (name) => shownAs(configs.get(name)),
      historyMs: HISTORY_MS,
      runsOf: runsIn(store),
      shown: (ms) => void measured.shown.push(ms),
      lost,
      logger,
      now: time.now,
      wall: clock.wall,
    }),
    NOTIFY_WORKER_OPTIONS,
  );
  runWorker(notify, logger);
  const workers = new Map<WorkerSide, string>();

  async function addWorker(config: ClusterConfig): Promise<void> {
    const worker = createWorkerSide({
      store,
      logger,
      meters: {
        tick() {},
        placed: (_cluster, seconds) => void measured.placed.push(seconds * 1_000),
        masterCall() {},
        differed() {},
        open() {},
        kept() {},
      },
      timeouts: UNHURRIED_CALLS,
      startProgram: program.start,
      clock,
      clusters: [config],
      historyMs: HISTORY_MS,
      secrets: [new Secret(BOT_SECRET)],
    });
    workers.set(worker, config.name);
    await Promise.race([worker.start(), body.dead]);
  }

  async function stop(one: WorkerSide): Promise<void> {
    workers.delete(one);
    await one.stop();
  }

  return {
    body,
    intake,
    messenger,
    async serve(config) {
      clusters.push({
        ...config,
        groups: groupsNamedIn(config.policy),
        membersOnly: config.policy.membersOnly,
      });
      records.set(config.name, openRecords(store, config.name, logger));
      await addWorker(config);
    },
    addWorker,
    async stopWorkers({ name }) {
      await Promise.all([...workers].flatMap(([worker, of]) => (of === name ? [stop(worker)] : [])));
    },
    async close() {
      await Promise.all([...workers.keys()].map(stop));
      await notify.close();
      notifier.close();
    },
  };
}

/** For each test an engine that goes on step by step. */
export function useEngine(): () => Engine {
  let engine: Engine | null = null;
  beforeEach(async ({ onTestFinished }) => {
    const own = await startStepByStep();
    engine = own;
    // After its clusters, which end with the test as well.
    onTestFinished(() => own.close());
  });
  return () => started(engine);
}

/** An engine on a real store, in a place of its own for all tests of a file or block. */
export function useRealEngine(make: () => Promise<Place>): () => Engine {
  let place: Place | null = null;
  let engine: Engine | null = null;
  beforeAll(async () => {
    place = await make();
    engine = await startEngine(place.settings);
  });
  afterAll(async () => {
    await engine?.close();
    await place?.dispose();
  });
  return () => started(engine);
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= act();
    return done;
  };
}

function started(engine: Engine | null): Engine {
  if (engine === null) throw new Error("The engine has not been started.");
  return engine;
}
