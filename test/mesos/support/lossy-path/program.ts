import { execFileSync, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { updateSchedule } from "../../../../src/mesos/calls.js";
import { MesosError } from "../../../../src/mesos/errors/errors.js";
import { client, leading, stopAll, type TinyMaster, tinyMaster } from "../tiny-masters.js";

/**
 * Two machines with a path between them that loses packets for a while, each machine a network namespace. To be run as
 * `unshare --map-root-user --net node program.js FOLDER`, where FOLDER holds the certificate: the namespaces end with
 * the processes in them. Without more words it is the client, which starts the other machine. Prints what came of it.
 */
const [folder = "", role = "client"] = process.argv.slice(2);

/** The other machine has two addresses, one for each scheme, so that each has a path of its own. */
const HOSTS = { http: "10.213.0.2", https: "10.213.0.3" } as const;

type Scheme = keyof typeof HOSTS;

const SCHEMES = Object.keys(HOSTS) as readonly Scheme[];

/** What a late write is told by: what the client was told, and the calls that reached the other machine. */
export type Report = Readonly<Record<Scheme, { outcome: string; arrived: readonly string[] }>>;

const ip = (words: string) => execFileSync("ip", words.split(" "));

/** An address to which no network card listens: frames to it are lost, and nobody is told. */
const NOBODY = "02:00:00:00:00:99";

/** undici tells it right before it sends the call that it connected for. */
const CONNECTED = "undici:client:connected";

async function serve(): Promise<void> {
  say("started");
  process.stdin.once("end", () => process.exit());
  await once(process.stdin, "data");
  for (const host of Object.values(HOSTS)) ip(`addr add ${host}/24 dev server`);
  ip("link set server up");
  const file = (name: string) => readFileSync(`${folder}/${name}`);
  const identity = { key: file("master-key.pem"), cert: file("master.pem") };
  for (const scheme of SCHEMES) {
    const create = scheme === "https" ? createServer.bind(null, identity) : createPlainServer;
    const answers = leading();
    const master: TinyMaster = await tinyMaster(
      (received, response) => {
        say(`${scheme} ${received.type}`);
        answers(received, response);
      },
      create,
      HOSTS[scheme],
    );
    say(`${scheme} listens on ${master.port}`);
  }
}

async function write(): Promise<void> {
  ip("link set lo up");
  const other = spawn("unshare", ["--net", process.execPath, process.argv[1] ?? "", folder, "server"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const said: string[] = [];
  const lines = createInterface({ input: other.stdout }).on("line", (line) => said.push(line));
  const hears = async (words: string): Promise<string> => {
    for (;;) {
      const line = said.find((one) => one.startsWith(words));
      if (line !== undefined) return line.slice(words.length);
      await once(lines, "line");
    }
  };
  await hears("started");
  ip(`link add client type veth peer name server netns ${other.pid}`);
  ip("addr add 10.213.0.1/24 dev client");
  ip("link set client up");
  other.stdin.write("\n");

  const callLate = async (scheme: Scheme): Promise<string> => {
    const host = HOSTS[scheme];
    const port = Number(await hears(`${scheme} listens on `));
    const master = client({ masters: [`${scheme}://${host}:${port}`], timeouts: { writeMs: 1_000 } });
    await master.version();
    const orderly = scheme === "https" ? connectTls({ host, port }) : connect({ host, port });
    orderly.on("error", () => undefined);
    await once(orderly, scheme === "https" ? "secureConnect" : "connect");
    const known = JSON.parse(String(ip(`-json neigh show ${host} dev client`)))[0].lladdr;
    const loseAll = (message: unknown) => {
      if ((message as { connectParams: { hostname: string } }).connectParams.hostname !== host) return;
      unsubscribe(CONNECTED, loseAll);
      ip(`neigh replace ${host} lladdr ${NOBODY} nud permanent dev client`);
      const { bytes } = updateSchedule({ windows: [] });
      orderly.write(`POST /api/v1 HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
      orderly.write(bytes);
    };
    subscribe(CONNECTED, loseAll);
    const outcome = await master.startMaintenance([{ hostname: "web-01", ip: "10.0.0.1" }]).then(
      () => "answered",
      (error) => (error instanceof MesosError ? `${error.code}, sent: ${error.sent}` : String(error)),
    );
    // Both have given up now, each in its way, when the path is mended.
    orderly.destroy();
    ip(`neigh replace ${host} lladdr ${known} nud permanent dev client`);
    await hears(`${scheme} UPDATE_MAINTENANCE_SCHEDULE`);
    // The orderly one was sent last: what was to come of the other has come. The answer to a read says that for certain.
    await master.version();
    return outcome;
  };
  const outcomes = await Promise.all(SCHEMES.map(callLate));
  const report = SCHEMES.map((scheme, at) => {
    const calls = said.filter((line) => line.startsWith(`${scheme} `) && line.endsWith("_MAINTENANCE"));
    const posts = said.filter((line) => line === `${scheme} UPDATE_MAINTENANCE_SCHEDULE`);
    const arrived = [...calls, ...posts].map((line) => line.slice(scheme.length + 1));
    return [scheme, { outcome: outcomes[at], arrived }];
  });
  say(JSON.stringify(Object.fromEntries(report)));
  other.kill("SIGKILL");
  await stopAll();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await (role === "server" ? serve() : write());
