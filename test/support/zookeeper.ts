import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JuteWriter } from "../../src/mesos/zookeeper/jute.js";
import { Session } from "../../src/mesos/zookeeper/session.js";
import { freePort } from "../../src/rehearsal/free-port.js";

const JAR = "/usr/share/java/zookeeper.jar";

/** For `suiteFor`: whether ZooKeeper is on this machine, as Debian packs it. */
export const zooKeeperAvailable: true | string =
  (existsSync(JAR) && spawnSync("java", ["-version"]).status === 0) ||
  "zookeeper and a Java are not installed";

/** One server of an ensemble on the loopback. */
export interface ZooKeeperServer {
  readonly host: string;
  readonly port: number;
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT: connections stay, nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Nothing is done where it runs. */
  start(): void;
  /** What it is in its ensemble; `null` while it serves nobody. */
  role(): Promise<"leader" | "follower" | "alone" | null>;
  /** Whether it knows a session; only the leader of an ensemble knows all of them. */
  knows(session: bigint): Promise<boolean>;
}

/** A path of its own at which masters stand for election. */
export interface Election {
  readonly path: string;
  /** A master stands there with this number; `address`: what else it says of its address. */
  stands(number: number, url: string, address?: object): Promise<void>;
  /** Its node goes, as when its session has ended. */
  steps(number: number): Promise<void>;
}

export interface ZooKeeper {
  readonly servers: readonly ZooKeeperServer[];
  /** Makes a node; with `secret` only who logs in as `mesos:<secret>` may read it. */
  create(path: string, data?: string, secret?: string): Promise<void>;
  remove(path: string): Promise<void>;
  election(): Promise<Election>;
  dispose(): Promise<void>;
}

const CREATE = 1;

const DELETE = 2;

const ALL_RIGHTS = 31;

/**
 * Starts an ensemble; resolves when it takes writes.
 *
 * @param longestSessionMs what it grants to whoever asks for more.
 */
export async function startZooKeeper(count: 1 | 3, longestSessionMs = 10_000): Promise<ZooKeeper> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-zk-"));
  const ports = await Promise.all(Array.from({ length: count * 3 }, freePort));
  const portsOf = (at: number) => ports.slice(at * 3, at * 3 + 3) as [number, number, number];
  const members = Array.from({ length: count }, (_, at) => at)
    .map((at) => `server.${at + 1}=127.0.0.1:${portsOf(at)[1]}:${portsOf(at)[2]}`)
    .join("\n");
  const servers = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const own = join(folder, `${at + 1}`);
      const config = join(folder, `${at + 1}.cfg`);
      const [port] = portsOf(at);
      const lines = [`dataDir=${own}`, `clientPort=${port}`, "clientPortAddress=127.0.0.1", "tickTime=500"];
      lines.push("initLimit=20", "syncLimit=10", "admin.enableServer=false", ...(count > 1 ? [members] : []));
      lines.push(`maxSessionTimeout=${longestSessionMs}`, "4lw.commands.whitelist=srvr,dump");
      await mkdir(own);
      await writeFile(join(own, "myid"), `${at + 1}\n`);
      await writeFile(config, `${lines.join("\n")}\n`);
      return server(port, config);
    }),
  );
  for (const one of servers) one.start();
  const use = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const done = new AbortController();
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { host, port } = servers[attempt % servers.length] ?? { host: "", port: 0 };
        const session = await Session.open({
          server: { host, port },
          auth: null,
          onChange: () => undefined,
          onEnd: () => undefined,
          signal: done.signal,
        });
        const result = await work(session);
        done.abort();
        return result;
      } catch (error) {
        if (attempt > 400 || !isAway(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  await use((session) => session.children("/"));
  const create: ZooKeeper["create"] = (path, data = "", secret) =>
    use(async (session) => {
      await session.call(CREATE, (request) => {
        request.text(path).bytes(Buffer.from(data));
        writeAcl(request, secret);
        request.int(0);
      });
    });
  const remove: ZooKeeper["remove"] = (path) =>
    use(async (session) => void (await session.call(DELETE, (r) => r.text(path).int(-1))));
  let elections = 0;
  return {
    servers,
    create,
    remove,
    async election() {
      elections += 1;
      const path = `/masters${elections}`;
      await create(path);
      const node = (number: number) => `${path}/json.info_${String(number).padStart(10, "0")}`;
      return {
        path,
        async stands(number, url, address = {}) {
          const port = Number(new URL(url).port);
          const at = { ip: "127.0.0.1", port, ...address };
          await create(node(number), JSON.stringify({ hostname: "no-such-host.invalid", port, address: at }));
        },
        steps: (number) => remove(node(number)),
      };
    },
    async dispose() {
      await Promise.all(servers.map((one) => one.kill()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isAway(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "away";
}

function writeAcl(request: JuteWriter, secret: string | undefined): void {
  request.int(1).int(ALL_RIGHTS);
  if (secret === undefined) request.text("world").text("anyone");
  else request.text("digest").text(`mesos:${createHash("sha1").update(`mesos:${secret}`).digest("base64")}`);
}

function server(port: number, config: string): ZooKeeperServer {
  let running: ChildProcess | null = null;
  const killNow = (): void => void running?.kill("SIGKILL");
  process.once("exit", killNow);
  return {
    host: "127.0.0.1",
    port,
    start() {
      if (running !== null && running.exitCode === null && running.signalCode === null) return;
      const line = ["-Xmx96m", "-XX:TieredStopAtLevel=1", "-cp", JAR];
      line.push("org.apache.zookeeper.server.quorum.QuorumPeerMain", config);
      running = spawn("java", line, { stdio: "ignore" });
    },
    async kill() {
      const one = running;
      running = null;
      if (one === null || one.exitCode !== null || one.signalCode !== null) return;
      const gone = new Promise((resolve) => one.once("exit", resolve));
      one.kill("SIGKILL");
      await gone;
    },
    freeze: () => void running?.kill("SIGSTOP"),
    thaw: () => void running?.kill("SIGCONT"),
    async role() {
      const [, mode = ""] = /^Mode: (\w+)$/m.exec(await asked(port, "srvr")) ?? [];
      return mode === "leader" || mode === "follower" ? mode : mode === "standalone" ? "alone" : null;
    },
    knows: async (session) => (await asked(port, "dump")).includes(`0x${session.toString(16)}`),
  };
}

/** What a server answers to one of its words of four letters; nothing where it does not listen. */
function asked(port: number, word: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(word));
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}
