import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { stringify } from "yaml";
import { Secret } from "../../base/secret.js";
import { createMaster, type Master } from "../../mesos/master.js";
import { type LocalSlack, startLocalSlack } from "../local-slack/local-slack.js";
import { type RehearsalMaster, startRehearsalMaster } from "../master/master.js";
import { sampleCluster } from "../master/sample.js";
import type { DemoOptions } from "./options.js";
import { startProgram } from "./program.js";

/** Everything a play needs, running. */
export interface Installation {
  readonly slack: LocalSlack;
  readonly channel: string;
  /** A client of our own, so that what is seen at the master does not depend on the bot. */
  readonly master: Master;
  readonly masterUrl: string;
  /** The rehearsal master behind it; `null` for a real one. */
  readonly rehearsal: RehearsalMaster | null;
  /** Takes all of it down and removes its files and keys. Safe to call twice. */
  dispose(): Promise<void>;
}

type Undo = (() => Promise<unknown>)[];

const CHANNEL = "C01OPS";

/** Starts a local Slack, a master unless one is given, and the real program with its own settings in a folder of its own. */
export async function install(options: DemoOptions): Promise<Installation> {
  const undo: Undo = [];
  const dispose = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
      try {
        await step();
      } catch (error) {
        // One thing that does not go must not keep the others.
        process.stderr.write(`Cleaning up: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), "mesos-maintenance-bot-demo-"));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const slack = await startLocalSlack();
    undo.push(() => slack.close());
    const rehearsal = options.master === null ? await startRehearsalMaster(sampleCluster()) : null;
    if (rehearsal !== null) undo.push(() => rehearsal.close());
    const masterUrl = options.master ?? rehearsal?.url ?? "";

    // Credentials for a real master come from the same variables the bot itself reads.
    const { MESOS_PRINCIPAL: principal, MESOS_SECRET: secret } = process.env;
    const cluster = { masters: [masterUrl], channel: CHANNEL, poll_interval: "1s" };
    const signed = { ...cluster, credentials: { principal, secret_env: "MESOS_SECRET" } };
    const clustersFile = join(folder, "clusters.yaml");
    await writeFile(clustersFile, stringify({ clusters: { demo: principal ? signed : cluster } }));
    const credentials = principal && secret ? { principal, secret: new Secret(secret) } : null;
    const master = createMaster({ cluster: "demo", masters: [masterUrl], credentials, ca: null });
    undo.push(() => master.close());

    const queue =
      options.redis === null ? { DATA_DIR: join(folder, "data") } : redisQueue(options.redis, undo);
    const log = programLog(process.env.LOG_LEVEL);
    const env = {
      SLACK_BOT_TOKEN: slack.tokens.botToken,
      SLACK_APP_TOKEN: slack.tokens.appToken,
      SLACK_API_URL: slack.apiUrl,
      CLUSTERS_FILE: clustersFile,
      LOG_LEVEL: log.level,
      ...(principal ? { MESOS_PRINCIPAL: principal } : {}),
      ...(secret ? { MESOS_SECRET: secret } : {}),
      ...queue,
    };
    // On Redis the two sides run apart, as they may in production; the embedded store is for one process.
    const roles = options.redis === null ? ["all"] : ["worker", "bot"];
    for (const role of roles) {
      const program = await startProgram(env, role, { onLog: log.onLog });
      undo.push(() => program.stop());
    }
    return { slack, channel: CHANNEL, master, masterUrl, rehearsal, dispose };
  } catch (error) {
    await dispose();
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

/** Keys of this demo alone, removed at the end. */
function redisQueue(url: string, undo: Undo) {
  const prefix = `mesos-demo-${randomBytes(4).toString("hex")}`;
  undo.push(async () => {
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
  return { REDIS_URL: url, REDIS_PREFIX: prefix };
}
