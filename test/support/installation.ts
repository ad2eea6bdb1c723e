import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { type Program, startProgram } from "../../src/rehearsal/demo/program.js";
import type { RehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { Channel } from "./channel.js";
import { startRedis, type TestRedis } from "./redis.js";
import { type ClusterSetup, startSurroundings } from "./surroundings.js";

const MAIN = resolve("dist/main.js");

export interface InstallationOptions extends ClusterSetup {
  readonly store: "embedded" | "redis";
  readonly mode?: "socket" | "http";
  /** One process for both sides, or one each; apart needs Redis. @defaultValue together */
  readonly roles?: "together" | "apart";
  /** How many of each there are, where the roles are apart. @defaultValue 1 */
  readonly workers?: number;
  readonly bots?: number;
  /** More clusters by name, beside `test`; each with a master and a channel of its own. */
  readonly more?: Readonly<Record<string, ClusterSetup>>;
  readonly env?: Readonly<Record<string, string>>;
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
  /** kill -9 of a process that talks to masters: a worker where the roles are apart, else the only one. */
  killWorker(at?: number): Promise<void>;
  /** Starts again what `killWorker` ended. */
  startWorker(at?: number): Promise<void>;
  /** kill -9 of a process that Slack talks to, where the roles are apart. */
  killBot(at?: number): Promise<void>;
  /** Starts again what `killBot` ended. */
  startBot(at?: number): Promise<void>;
  /** The channel of another cluster. */
  in(cluster: string): Channel;
  dispose(): Promise<void>;
}

export async function install(options: InstallationOptions): Promise<Installation> {
  const redis = options.store === "redis" ? await startRedis() : null;
  const workers: Program[] = [];
  const bots: Program[] = [];
  const programs = () => [...workers, ...bots];
  const around = await startSurroundings({
    clusters: { test: options, ...options.more },
    httpPort: options.mode === "http" ? await freePort() : null,
    programs,
  });
  const env: Readonly<Record<string, string>> = {
    ...around.env,
    ...(redis === null ? { DATA_DIR: join(around.folder, "data") } : { REDIS_URL: redis.url }),
    ...options.env,
  };
  const apart = options.roles === "apart";

  const installation: Installation = {
    ...around.in("test"),
    in: around.in,
    redis,
    env,
    programs,
    async start() {
      const each = (count: number, start: (at: number) => Promise<void>) =>
        Array.from({ length: count }, (_, at) => start(at));
      await Promise.all([
        ...each(options.workers ?? 1, installation.startWorker),
        ...each(apart ? (options.bots ?? 1) : 0, installation.startBot),
      ]);
    },
    async stop() {
      await Promise.all(programs().map((program) => program.stop()));
    },
    async killWorker(at = 0) {
      await workers[at]?.kill();
    },
    async startWorker(at = 0) {
      workers[at] = await startProgram(env, apart ? "worker" : "all", { main: MAIN });
    },
    async killBot(at = 0) {
      await bots[at]?.kill();
    },
    async startBot(at = 0) {
      bots[at] = await startProgram(env, "bot", { main: MAIN });
    },
    async dispose() {
      await installation.stop();
      await around.dispose();
      await redis?.dispose();
    },
  };
  return installation;
}

async function freePort(): Promise<number> {
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
