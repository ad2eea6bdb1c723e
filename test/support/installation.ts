import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { type Program, startProgram } from "../../src/rehearsal/demo/program.js";
import { startLocalSlack } from "../../src/rehearsal/local-slack/local-slack.js";
import { OPS, type Workspace } from "../../src/rehearsal/local-slack/workspace.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/rehearsal-master.js";
import { type Channel, channelOf } from "./channel.js";
import { startRedis, type TestRedis } from "./redis.js";

export const ALICE = "U01ALICE";
export const BOB = "U02BOB";
export const CAROL = "U03CAROL";
export const CHANNEL = "C01OPS";
const NAMES = { U0BOT: "mesos", U01ALICE: "alice", U02BOB: "bob", U03CAROL: "carol" };
const MAIN = resolve("dist/main.js");

export interface InstallationOptions {
  readonly store: "embedded" | "redis";
  readonly mode?: "socket" | "http";
  /** One process for both sides, or one each; apart needs Redis. @defaultValue together */
  readonly roles?: "together" | "apart";
  readonly master?: RehearsalOptions;
  /** More settings of the cluster `test`, as in the clusters file. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  /** More clusters by name, each with a master and a channel of its own. */
  readonly more?: Readonly<Record<string, ClusterSetup>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A cluster of an installation. */
export interface ClusterSetup {
  readonly master?: RehearsalOptions;
  /** Settings of the cluster, as in the clusters file. */
  readonly cluster?: Readonly<Record<string, unknown>>;
}

/**
 * The real program with everything around it: a local Slack, a rehearsal master, a store. By itself it is the channel
 * of its first cluster.
 */
export interface Installation extends Channel {
  readonly redis: TestRedis | null;
  readonly env: Readonly<Record<string, string>>;
  programs(): readonly Program[];
  start(): Promise<void>;
  stop(): Promise<void>;
  /** kill -9 of every process of ours. */
  kill(): Promise<void>;
  /** The channel of another cluster. */
  in(cluster: string): Channel;
  dispose(): Promise<void>;
}

/** Six machines in two racks and one framework that moves its tasks at once. */
export const SMALL: RehearsalOptions = {
  agents: [1, 2, 3, 4, 5, 6].map((n) => ({
    hostname: `web-0${n}`,
    ip: `10.0.0.${n}`,
    attributes: { rack: n <= 3 ? "r1" : "r2" },
    zone: n <= 3 ? "a" : "b",
    region: "eu",
  })),
  frameworks: [
    {
      name: "marathon",
      habit: "mover",
      tasks: [
        { name: "api", on: "web-01" },
        { name: "api", on: "web-04" },
      ],
      answerAfterMs: 50,
      moveEveryMs: 50,
    },
  ],
  returnAfterMs: 300,
};

export async function install(options: InstallationOptions): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-e2e-"));
  const redis = options.store === "redis" ? await startRedis() : null;
  const httpPort = options.mode === "http" ? await freePort() : null;
  const setups = Object.entries({ test: options as ClusterSetup, ...options.more });
  const slack = await startLocalSlack({
    workspace: workspaceOf(setups.map(([name]) => name)),
    ...(httpPort === null
      ? {}
      : { delivery: { kind: "http", requestUrl: `http://localhost:${httpPort}/slack/events` } }),
  });
  const channels = new Map<string, Channel>();
  const clusters: Record<string, unknown> = {};
  let programs: Program[] = [];
  for (const [name, setup] of setups) {
    const master = await startRehearsalMaster(setup.master ?? SMALL);
    const channel = channelId(name);
    clusters[name] = { masters: [master.url], channel, poll_interval: "1s", ...setup.cluster };
    channels.set(name, channelOf({ slack, master, channel, names: NAMES, programs: () => programs }));
  }
  const channelIn = (name: string): Channel => {
    const found = channels.get(name);
    if (found === undefined) throw new Error(`There is no cluster ${name} in this installation.`);
    return found;
  };
  const clustersFile = join(folder, "clusters.yaml");
  await writeFile(clustersFile, stringify({ clusters }));
  const env: Record<string, string> = {
    SLACK_BOT_TOKEN: slack.tokens.botToken,
    SLACK_API_URL: slack.apiUrl,
    CLUSTERS_FILE: clustersFile,
    LOG_LEVEL: "info",
    ...(httpPort === null
      ? { SLACK_APP_TOKEN: slack.tokens.appToken }
      : { SLACK_SIGNING_SECRET: slack.tokens.signingSecret, PORT: String(httpPort) }),
    ...(redis === null ? { DATA_DIR: join(folder, "data") } : { REDIS_URL: redis.url }),
    ...options.env,
  };

  const installation: Installation = {
    ...channelIn("test"),
    in: channelIn,
    redis,
    env,
    programs: () => programs,
    async start() {
      const roles = options.roles === "apart" ? ["worker", "bot"] : ["all"];
      programs = await Promise.all(roles.map((role) => startProgram(env, role, MAIN)));
    },
    async stop() {
      await Promise.all(programs.map((program) => program.stop()));
    },
    async kill() {
      await Promise.all(programs.map((program) => program.kill()));
    },
    async dispose() {
      await installation.stop();
      for (const { master } of channels.values()) await master.close();
      await slack.close();
      await redis?.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return installation;
}

/** The first cluster's channel is the one of the local workspace; others are named after theirs. */
function channelId(cluster: string): string {
  return cluster === "test" ? CHANNEL : `C01${cluster.toUpperCase()}`;
}

function workspaceOf(clusters: readonly string[]): Workspace {
  const others = clusters.filter((name) => name !== "test").map((name) => ({ id: channelId(name), name }));
  return {
    users: [...OPS.users, { id: CAROL, name: "carol", realName: "Carol" }],
    channels: [...OPS.channels, ...others],
  };
}

export async function freePort(): Promise<number> {
  return await new Promise((resolved, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address !== null
          ? resolved(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

/** How often START_MAINTENANCE took effect at the master. */
export function downs(master: RehearsalMaster): number {
  return master.calls().filter((call) => call.type === "START_MAINTENANCE" && call.outcome === "accepted")
    .length;
}

/** How often START_MAINTENANCE was received at all. */
export function downCalls(master: RehearsalMaster): number {
  return master.calls().filter((call) => call.type === "START_MAINTENANCE").length;
}
