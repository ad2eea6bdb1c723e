import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { HostPort } from "../../src/config/config.js";
import { Frames, JuteWriter } from "../../src/mesos/zookeeper/jute.js";
import type { ZooKeeperServer } from "./zookeeper.js";

/** The way from one client to the servers of an ensemble, on which things go wrong. */
export interface ZooKeeperPath {
  /** What the client is to be configured with. */
  readonly servers: readonly HostPort[];
  /** The server at which the client has an open session; `null` without one. */
  connected(): ZooKeeperServer | null;
  /** Its open session. */
  session(): bigint | null;
  /** How often something that was answered to the client held this text. */
  answered(text: string): number;
  /** Nothing gets through any more, in either direction, and nobody is told; connections stand and can be made. */
  cut(): void;
  /** What was sent meanwhile arrives. */
  mend(): void;
  /** The client's session ends at the server, as when it has run out there. */
  expire(): Promise<void>;
  close(): Promise<void>;
}

/** The number of the call that ends a session (`ZooDefs.java`). */
const CLOSE_SESSION = -11;

interface SessionKey {
  readonly id: bigint;
  readonly password: Uint8Array;
}

interface Connection {
  readonly to: ZooKeeperServer;
  readonly client: Socket;
  readonly server: Socket;
  /** Once it is open. */
  session: SessionKey | null;
}

/** A port of its own before each server. */
export async function startZooKeeperPath(ensemble: readonly ZooKeeperServer[]): Promise<ZooKeeperPath> {
  const connections = new Set<Connection>();
  const answers: string[] = [];
  let isCut = false;

  const pass = (to: ZooKeeperServer, client: Socket): void => {
    const server = connect(to.port, to.host);
    const connection: Connection = { to, client, server, session: null };
    connections.add(connection);
    const ends = [client, server] as const;
    if (isCut) for (const end of ends) end.pause();
    const frames = new Frames();
    client.on("data", (chunk: Buffer) => server.write(chunk));
    server.on("data", (chunk: Buffer) => {
      for (const frame of frames.add(chunk)) {
        if (connection.session !== null) continue;
        frame.int();
        frame.int();
        connection.session = { id: frame.long(), password: Buffer.from(frame.bytes()) };
      }
      client.write(chunk);
      answers.push(chunk.toString("latin1"));
    });
    for (const end of ends) {
      end.on("error", () => undefined);
      end.on("close", () => {
        connections.delete(connection);
        for (const other of ends) other.destroy();
      });
    }
  };

  const doors = await Promise.all(
    ensemble.map(async (to): Promise<Server> => {
      const door = createServer((client) => pass(to, client));
      await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
      return door;
    }),
  );
  const open = () => [...connections].find(({ session }) => session !== null);

  return {
    servers: doors.map((door) => ({ host: "127.0.0.1", port: (door.address() as AddressInfo).port })),
    connected: () => open()?.to ?? null,
    session: () => open()?.session?.id ?? null,
    answered: (text) => answers.filter((answer) => answer.includes(text)).length,
    cut() {
      isCut = true;
      for (const { client, server } of connections) for (const end of [client, server]) end.pause();
    },
    mend() {
      isCut = false;
      for (const { client, server } of connections) for (const end of [client, server]) end.resume();
    },
    async expire() {
      const { to, session } = open() ?? {};
      if (to === undefined || session == null) throw new Error("The client has no session that could end.");
      await endSession(to, session);
    },
    async close() {
      const closed = doors.map((door) => new Promise((resolve) => door.close(resolve)));
      for (const { client, server } of connections) for (const end of [client, server]) end.destroy();
      await Promise.all(closed);
    },
  };
}

/** Takes a session over from its client, as ZooKeeper's own tests do, and ends it. */
async function endSession({ host, port }: ZooKeeperServer, { id, password }: SessionKey): Promise<void> {
  const socket = connect(port, host);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  socket.write(new JuteWriter().int(0).long(0n).int(10_000).long(id).bytes(password).bool(false).frame());
  // Its greeting.
  await new Promise<void>((resolve) => socket.once("data", () => resolve()));
  socket.on("data", () => undefined);
  socket.write(new JuteWriter().int(1).int(CLOSE_SESSION).frame());
  await closed;
}
