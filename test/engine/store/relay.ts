import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between a store and its server, to cut it off at a chosen moment. */
export interface Relay {
  readonly port: number;
  /** Lets one more request through, with its answer, and then none until `letGo`. */
  holdAfterNextRequest(): void;
  letGo(): void;
  close(): Promise<void>;
}

export async function startRelay(to: number): Promise<Relay> {
  const clients = new Set<Socket>();
  let state: "open" | "one more" | "held" = "open";
  const relay = createServer((client) => {
    const server = connect(to, "127.0.0.1");
    clients.add(client);
    if (state === "held") client.pause();
    client.on("data", (request) => {
      server.write(request);
      if (state !== "one more") return;
      state = "held";
      for (const one of clients) one.pause();
    });
    server.on("data", (answer) => client.write(answer));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return {
    port: (relay.address() as AddressInfo).port,
    holdAfterNextRequest() {
      state = "one more";
    },
    letGo() {
      state = "open";
      for (const one of clients) one.resume();
    },
    async close() {
      const closed = new Promise((resolve) => relay.close(resolve));
      for (const one of clients) one.destroy();
      await closed;
    },
  };
}
