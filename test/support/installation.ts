import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { plainText } from "../../src/rehearsal/demo/plain-text.js";
import { type Program, startProgram } from "../../src/rehearsal/demo/program.js";
import { until } from "../../src/rehearsal/demo/until.js";
import {
  type LocalMessage,
  type LocalSlack,
  startLocalSlack,
} from "../../src/rehearsal/local-slack/local-slack.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/rehearsal-master.js";
import { startRedis, type TestRedis } from "./redis.js";

export const ALICE = "U01ALICE";
export const BOB = "U02BOB";
export const CHANNEL = "C01OPS";
const NAMES = { U0BOT: "mesos", U01ALICE: "alice", U02BOB: "bob" };
const MAIN = resolve("dist/main.js");

export interface InstallationOptions {
  readonly store: "embedded" | "redis";
  readonly mode?: "socket" | "http";
  /** One process for both sides, or one each; apart needs Redis. @defaultValue together */
  readonly roles?: "together" | "apart";
  readonly master?: RehearsalOptions;
  /** More settings of the one cluster, as in the clusters file. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real program with everything around it: a local Slack, a rehearsal master, a store. */
export interface Installation {
  readonly slack: LocalSlack;
  readonly master: RehearsalMaster;
  readonly redis: TestRedis | null;
  readonly env: Readonly<Record<string, string>>;
  programs(): readonly Program[];
  start(): Promise<void>;
  stop(): Promise<void>;
  /** kill -9 of every process of ours. */
  kill(): Promise<void>;
  type(user: string, text: string): Promise<void>;
  click(user: string, message: LocalMessage, action: string): Promise<void>;
  /** Everything in the channel as text, oldest first. */
  messages(): Promise<readonly Shown[]>;
  /** Waits for a message in the thread. */
  thread(words: RegExp, limitMs?: number): Promise<Shown>;
  /** Waits for a message that only this person sees. */
  told(user: string, words: RegExp, limitMs?: number): Promise<Shown>;
  /** Waits for the root message to say this. */
  root(words: RegExp, limitMs?: number): Promise<Shown>;
  /** Waits for the open question with its buttons. */
  question(limitMs?: number): Promise<Shown>;
  dispose(): Promise<void>;
}

export interface Shown {
  readonly message: LocalMessage;
  readonly text: string;
  readonly place: "root" | "thread" | "person";
  readonly to: string | null;
  readonly buttons: readonly string[];
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
  const slack = await startLocalSlack(
    httpPort === null
      ? {}
      : { delivery: { kind: "http", requestUrl: `http://localhost:${httpPort}/slack/events` } },
  );
  const master = await startRehearsalMaster(options.master ?? SMALL);
  const clustersFile = join(folder, "clusters.yaml");
  const cluster = { masters: [master.url], channel: CHANNEL, poll_interval: "1s", ...options.cluster };
  await writeFile(clustersFile, stringify({ clusters: { test: cluster } }));
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
  let programs: Program[] = [];

  const messages = async (): Promise<Shown[]> => (await slack.messages(CHANNEL)).map(shown);
  const find = (what: string, wanted: (m: Shown) => boolean, limitMs = 20_000) =>
    until(`${what}`, async () => (await messages()).findLast(wanted), limitMs).catch(
      async (error: unknown) => {
        const seen = (await messages())
          .map((m) => `  [${m.place}] ${m.text.replaceAll("\n", "\n    ")}`)
          .join("\n");
        const logs = programs
          .map((program) => program.log().split("\n").slice(-25).join("\n"))
          .join("\n--\n");
        throw new Error(`${error instanceof Error ? error.message : error}\nShown:\n${seen}\nLog:\n${logs}`);
      },
    );

  const installation: Installation = {
    slack,
    master,
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
    type: (user, text) => slack.command({ channel: CHANNEL, user, text }),
    click: (user, message, action) =>
      slack.interact({ channel: CHANNEL, messageTs: message.ts, user, action }),
    messages,
    thread: (words, limitMs) =>
      find(`${words} in the thread`, (m) => m.place === "thread" && words.test(m.text), limitMs),
    told: (user, words, limitMs) =>
      find(
        `${words} told to ${user}`,
        (m) => m.place === "person" && m.to === user && words.test(m.text),
        limitMs,
      ),
    root: (words, limitMs) =>
      find(`${words} on the card`, (m) => m.place === "root" && words.test(m.text), limitMs),
    question: (limitMs) =>
      find("the question", (m) => m.buttons.some((id) => id.startsWith("approve")), limitMs),
    async dispose() {
      await installation.stop();
      await master.close();
      await slack.close();
      await redis?.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return installation;
}

function shown(message: LocalMessage): Shown {
  const place =
    message.ephemeral_to !== undefined
      ? "person"
      : message.thread_ts !== undefined && message.thread_ts !== message.ts
        ? "thread"
        : "root";
  return {
    message,
    text: plainText(message, NAMES),
    place,
    to: message.ephemeral_to ?? null,
    buttons: message.blocks.flatMap(
      (block) => block.elements?.flatMap((element) => element.action_id ?? []) ?? [],
    ),
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
