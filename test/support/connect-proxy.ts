import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** An HTTP proxy that takes `CONNECT` and nothing else. */
export interface ConnectProxy {
  readonly port: number;
  /** Where it was asked to connect to, as `host:port`, in the order of asking. */
  readonly asked: readonly string[];
  /** Other requests, by address: what should have gone straight. */
  readonly misled: readonly string[];
  /** From now on nothing passes through tunnels that are open, and they stay open. */
  silence(): void;
  stop(): Promise<void>;
}

/** @param login `user:password` that it wants; without one it lets everybody through. */
export async function startConnectProxy(login: string | null = null): Promise<ConnectProxy> {
  const asked: string[] = [];
  const misled: string[] = [];
  const tunnels = new Set<readonly [Socket, Socket]>();
  const wanted = login === null ? undefined : `Basic ${Buffer.from(login).toString("base64")}`;
  const server = createServer((request, response) => {
    misled.push(request.url ?? "");
    response.writeHead(501).end();
  });
  server.on("connect", (request, client: Socket) => {
    asked.push(request.url ?? "");
    client.on("error", () => {});
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = connect(Number(port), hostname);
    const tunnel = [client, target] as const;
    tunnels.add(tunnel);
    target.on("error", () => client.destroy());
    const end = () => {
      tunnels.delete(tunnel);
      client.destroy();
      target.destroy();
    };
    for (const one of tunnel) one.once("end", end).once("close", end);
    target.once("connect", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    misled,
    silence() {
      for (const ends of tunnels) for (const end of ends) end.unpipe().resume();
    },
    async stop() {
      for (const ends of tunnels) for (const end of ends) end.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
