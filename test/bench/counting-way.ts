import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a master that counts what the master sends, headers and event streams included. */
export interface CountingWay {
  readonly url: string;
  /** Bytes since the start. */
  sentBytes(): number;
  close(): Promise<void>;
}

export async function countingWayTo(url: string): Promise<CountingWay> {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let sent = 0;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => open.delete(one));
    }
    far.on("data", (chunk) => {
      sent += chunk.length;
    });
    near.pipe(far).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes: () => sent,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
