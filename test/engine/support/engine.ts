import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { Logger } from "../../../src/base/logger.js";
import type { ClusterConfig, ClusterPolicy, StoreConfig } from "../../../src/config/config.js";
import { createIntake, type IntakeCluster } from "../../../src/engine/bot/intake.js";
import { NOTIFY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { createLostClusters } from "../../../src/engine/lanes/lost-clusters.js";
import { createNotifier } from "../../../src/engine/lanes/notifier.js";
import { openRecords, type Records } from "../../../src/engine/lanes/records.js";
import { runLane } from "../../../src/engine/lanes/run-lane.js";
import { notifyProcessor } from "../../../src/engine/notify/notify.js";
import { NOTIFY_WORKER_OPTIONS } from "../../../src/engine/store/lane-options.js";
import { openStore } from "../../../src/engine/store/open-store.js";
import type { Store } from "../../../src/engine/store/store.js";
import { createWorkerSide, type WorkerSide } from "../../../src/engine/worker-side.js";
import { startRehearsalMaster } from "../../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../../src/rehearsal/master/options.js";
import { answer } from "../../../src/slack/hear/answer.js";
import { createGroups } from "../../../src/slack/hear/groups.js";
import { createMessenger } from "../../../src/slack/say/messenger.js";
import { FakeSlack } from "../../slack/fake-slack.js";
import { embeddedPlace, type Place, UNHURRIED_MS } from "../store/places.js";
import { RecordedSlack } from "./recorded-slack.js";
import { TestCluster } from "./test-cluster.js";

/** Time limits of calls to masters, short enough to wait for. undici adds up to a second. Together below `SETTLE_MS`. */
const TIMEOUTS = { connectMs: 400, headersMs: 500, bodyMs: 500 };

const SETTLE_MS = 2_500;

export interface TestClusterOptions {
  /** @defaultValue six machines, `web-01` to `web-06`, and nothing that runs on them */
  readonly master?: Partial<RehearsalOptions>;
  readonly config?: Partial<Omit<ClusterConfig, "policy">>;
  /** @defaultValue anybody may do anything, but not approve what they asked for themselves */
  readonly policy?: Partial<ClusterPolicy>;
  /** How long a call without an answer may still take effect. */
  readonly settleMs?: number;
  /** Addresses of masters that are configured beside the rehearsal one. */
  readonly otherMasters?: readonly string[];
  /** What the workspace calls the command. @defaultValue /mesos */
  readonly command?: string;
  /** The worker's clock, to let hours pass; its jobs are then woken by `records.wakeAll()`. @defaultValue Date.now */
  readonly now?: () => number;
}

/** Vitest's `onTestFinished`; tests that run at the same time have one each. */
type OnFinish = (end: () => Promise<void>) => void;

/** Our two sides around one store, with a recorder where Slack would show things. One per test file. */
export interface Engine {
  readonly slack: RecordedSlack;
  /** Slack's Web API, to make it refuse or go away. */
  readonly webApi: FakeSlack;
  readonly store: Store;
  /** A cluster of its own with a rehearsal master and a worker; both end with the test. */
  cluster(options?: TestClusterOptions, onFinish?: OnFinish): Promise<TestCluster>;
  close(): Promise<void>;
}

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** `ENGINE_LOG=1` shows what the engine logs. */
const logger: Logger = process.env.ENGINE_LOG ? { ...console, debug() {} } : quiet;

export const SIX: RehearsalOptions["agents"] = [1, 2, 3, 4, 5, 6].map((n) => ({
  hostname: `web-0${n}`,
  ip: `10.0.0.${n}`,
}));

/** @param answerLimitMs how long the sides wait for the queue. @defaultValue as long as the bot does */
export async function startEngine(settings: StoreConfig, answerLimitMs?: number): Promise<Engine> {
  const store = await openStore(settings, quiet, answerLimitMs);
  const webApi = await FakeSlack.start();
  const slack = new RecordedSlack();
  const messenger = slack.through(createMessenger({ settings: webApi.settings(), logger, timeoutMs: 2_000 }));
  const clusters: IntakeCluster[] = [];
  const records = new Map<string, Records>();
  const notifier = createNotifier(store, logger);
  const { personOf } = createGroups({ settings: webApi.settings(), logger, now: Date.now });
  const lost = createLostClusters(store, records, logger);
  const intake = createIntake({ store, clusters, records, notifier, lost, personOf, logger, now: Date.now });
  const notify = store.worker(
    NOTIFY_QUEUE,
    notifyProcessor({ messenger, queue: notifier.queue, records, lost, logger, now: Date.now }),
    NOTIFY_WORKER_OPTIONS,
  );
  notify.on("error", (error) => logger.debug(error, "notify"));
  runLane(notify, logger);
  const workers = new Set<WorkerSide>();
  let made = 0;
  let commands = 0;
  let clicks = 0;

  async function startWorker(
    config: ClusterConfig,
    { settleMs = SETTLE_MS, now = Date.now }: Pick<TestClusterOptions, "settleMs" | "now">,
  ): Promise<WorkerSide> {
    const worker = createWorkerSide({
      store,
      logger,
      meters: { tick() {}, masterCall() {}, open() {} },
      timeouts: TIMEOUTS,
      settleMs,
      now,
      clusters: [config],
    });
    workers.add(worker);
    await worker.start();
    return worker;
  }

  return {
    slack,
    webApi,
    store,
    async cluster(options = {}, onFinish = onTestFinished) {
      made += 1;
      const name = `c${made}`;
      const channel = `C${made}`;
      const master = await startRehearsalMaster({
        agents: SIX,
        frameworks: [],
        returnAfterMs: 100,
        ...options.master,
      });
      onFinish(() => master.close());
      const config: ClusterConfig = {
        name,
        masters: [master.url, ...(options.otherMasters ?? [])],
        credentials: null,
        ca: null,
        channel,
        inventoryFile: null,
        defaultDurationMs: 2 * 3_600_000,
        maxDurationMs: 30 * 86_400_000,
        policy: {
          requesters: [],
          approvers: [],
          admins: [],
          votes: 1,
          selfApproval: false,
          caps: { machinesPerMaintenance: null, outOfService: null, above: "refuse" },
          requireReason: false,
          ticketPattern: null,
          calendar: [],
          allowForce: false,
          owners: [],
          ...options.policy,
        },
        approvalTtlMs: 3_600_000,
        pollMs: 200,
        askAfterMs: 1_800_000,
        agentReturnMs: 600_000,
        ...options.config,
      };
      clusters.push({ ...config, groups: groupsNamedIn(config.policy) });
      const own = openRecords(store, name, logger);
      records.set(name, own);
      let worker = await startWorker(config, options);
      const stopWorker = async () => {
        workers.delete(worker);
        await worker.stop();
      };
      onFinish(stopWorker);
      const to = (user: string) => ({
        responseUrl: webApi.responseUrl(),
        channel,
        user,
        thread: null,
        command: options.command ?? "/mesos",
      });
      const tell = (user: string) => async (reply: Parameters<typeof messenger.reply>[1]) => {
        await messenger
          .reply(to(user), reply)
          .catch((error: Error) => logger.warn(error, "answering a person"));
      };
      const onError = (error: unknown) => logger.error({ error }, "a handler failed");
      return new TestCluster({
        name,
        channel,
        master,
        slack,
        records: own,
        type: (user, text) => {
          commands += 1;
          const input = {
            text,
            triggerId: `trigger-${commands}`,
            ...to(user),
          };
          return answer("command", () => intake.command(input), tell(user), onError);
        },
        click: (user, button) => {
          clicks += 1;
          const input = {
            button,
            triggerId: `click-${clicks}`,
            ...to(user),
          };
          return answer("click", () => intake.click(input), tell(user), onError);
        },
        restart: async () => {
          await stopWorker();
          worker = await startWorker(config, options);
        },
      });
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await notify.close();
      notifier.close();
      await store.close();
      await webApi.stop();
    },
  };
}

/** An engine in a place of its own for all tests of a file or block. */
export function useEngine(make: () => Promise<Place> = embeddedPlace): () => Engine {
  let place: Place | null = null;
  let engine: Engine | null = null;
  beforeAll(async () => {
    place = await make();
    engine = await startEngine(place.settings, UNHURRIED_MS);
  });
  afterAll(async () => {
    await engine?.close();
    await place?.dispose();
  });
  return () => {
    if (engine === null) throw new Error("The engine has not been started.");
    return engine;
  };
}

/** Slack's user groups in a policy: their ids begin with S. */
function groupsNamedIn({ requesters, approvers, admins }: ClusterPolicy): readonly string[] {
  return [...requesters, ...approvers, ...admins].filter((id) => id.startsWith("S"));
}
