import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { dump } from "js-yaml";
import { Secret } from "../../base/secret.js";
import type { StoreConfig } from "../../config/config.js";
import { createMaster, type Master } from "../../mesos/master.js";
import { type LocalSlack, startLocalSlack } from "../local-slack/local-slack.js";
import { type RehearsalMaster, startRehearsalMaster } from "../master/master.js";
import { sampleCluster } from "../master/sample.js";
import type { DemoOptions } from "./options.js";
import { type Program, startProgram } from "./program.js";

/** Everything a play needs, running. */
export interface Installation {
  readonly slack: LocalSlack;
  readonly channel: string;
  /** A client of our own, so that what is seen at the master does not depend on the bot. */
  readonly master: Master;
  readonly masterUrl: string;
  /** The rehearsal master behind it; `null` for a real one. */
  readonly rehearsal: RehearsalMaster | null;
  /** The queue, for who wants to read it once the program has ended. */
  readonly store: StoreConfig;
  /** Whether bot and worker are there. */
  isRunning(): boolean;
  /** Ends bot and worker. Safe to call twice. */
  stopProgram(): Promise<void>;
  /** Takes all of it down; the queue and its files are removed or kept. Safe to call twice. */
  dispose(queue: "remove" | "keep"): Promise<void>;
}

type Steps = (() => Promise<unknown>)[];

/** Takes the steps, the last first; one thing that does not go must not keep the others. */
async function undoAll(steps: Steps): Promise<void> {
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    try {
      await step();
    } catch (error) {
      process.stderr.write(`Cleaning up: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

const CHANNEL = "C01OPS";

/** What the demo's configuration calls its only cluster. */
export const CLUSTER = "demo";

/** Starts a local Slack, a master unless one is given, and the real program with its own settings in a folder of its own. */
export async function install(options: DemoOptions): Promise<Installation> {
  const programs: Program[] = [];
  const stopProgram = () => undoAll(programs.map((program) => () => program.stop()));
  const undo: Steps = [];
  const removeQueue: Steps = [];
  const dispose = async (queue: "remove" | "keep") => {
    await stopProgram();
    await undoAll(undo);
    if (queue === "remove") await undoAll(removeQueue);
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "mesos-maintenance-bot-demo-"));
    removeQueue.push(() => rm(folder, { recursive: true, force: true }));
    // A Ctrl-C is for the demo alone: it still needs both to give back what it has taken out of service.
    const detached = true;
    const slack = await startLocalSlack({ detached });
    undo.push(() => slack.close());
    const rehearsal = options.master === null ? await startRehearsalMaster(sampleCluster()) : null;
    if (rehearsal !== null) undo.push(() => rehearsal.close());
    const masterUrl = options.master ?? rehearsal?.url ?? "";

    const credentials = options.master === null ? null : ownCredentials(process.env);
    const cluster = { masters: [masterUrl], channel: CHANNEL, poll_interval: "1s" };
    const signed = { principal: credentials?.principal, secret_env: "MESOS_SECRET" };
    const clustersFile = join(folder, "clusters.yaml");
    const demo = credentials === null ? cluster : { ...cluster, credentials: signed };
    await writeFile(clustersFile, dump({ clusters: { [CLUSTER]: demo } }));
    const master = createMaster({ cluster: CLUSTER, masters: [masterUrl], credentials, ca: null });
    undo.push(() => master.close());

    const store: StoreConfig =
      options.redis === null
        ? { kind: "embedded", dataDir: join(folder, "data") }
        : redisStore(options.redis, removeQueue);
    const log = programLog(process.env.LOG_LEVEL);
    const env = {
      SLACK_BOT_TOKEN: slack.tokens.botToken,
      SLACK_APP_TOKEN: slack.tokens.appToken,
      SLACK_API_URL: slack.apiUrl,
      SLACK_MARKUP: "plain",
      CLUSTERS_FILE: clustersFile,
      LOG_LEVEL: log.level,
      ...(credentials === null ? {} : { MESOS_SECRET: credentials.secret.reveal() }),
      ...(store.kind === "embedded"
        ? { DATA_DIR: store.dataDir }
        : { REDIS_URL: store.url.reveal(), REDIS_PREFIX: store.prefix }),
    };
    // On Redis the two sides run apart, as they may in production; the embedded store is for one process.
    const roles = options.redis === null ? ["all"] : ["worker", "bot"];
    for (const role of roles) {
      programs.push(await startProgram(env, role, { onLog: log.onLog, detached }));
    }
    const isRunning = () => programs.every((program) => program.isRunning());
    return { slack, channel: CHANNEL, master, masterUrl, rehearsal, store, isRunning, stopProgram, dispose };
  } catch (error) {
    await dispose("remove");
    throw error;
  }
}

/** Levels at which the program does not say that it is ready, which is what the demo waits for. */
const TOO_QUIET = ["warn", "error", "fatal", "silent"];

/** What the program logs, on stderr if somebody asks for a level; else the transcript is alone on the screen. */
function programLog(asked: string | undefined) {
  if (!asked || TOO_QUIET.includes(asked)) return { level: "info", onLog: undefined };
  return { level: asked, onLog: (chunk: Buffer) => void process.stderr.write(chunk) };
}

/**
 * What the demo and its program log in with at a real master: the one thing of the operator's environment that they take,
 * by the names that the bot itself has for it. Throws an Error where half of it is missing.
 */
function ownCredentials({ MESOS_PRINCIPAL: principal, MESOS_SECRET: secret }: NodeJS.ProcessEnv) {
  if (!principal && !secret) return null;
  if (principal && secret) return { principal, secret: new Secret(secret) };
  throw new Error(
    "Of MESOS_PRINCIPAL and MESOS_SECRET only one is set: set both, or neither. Nothing was posted.",
  );
}

/** Keys of this demo alone. */
function redisStore(url: string, removeQueue: Steps): StoreConfig {
  const prefix = `mesos-demo-${randomBytes(4).toString("hex")}`;
  removeQueue.push(async () => {
    const redis = new Redis(url, { maxRetriesPerRequest: 1 });
    redis.on("error", () => undefined);
    try {
      for await (const keys of redis.scanStream({ match: `*${prefix}*`, count: 500 })) {
        if (Array.isArray(keys) && keys.length > 0) await redis.unlink(...keys);
      }
    } finally {
      redis.disconnect();
    }
  });
  return { kind: "redis", url: new Secret(url), sentinel: null, cluster: null, ca: null, prefix };
}
