import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { settlesWithin, within } from "../../src/base/within.js";

const never = new Promise<never>(() => undefined);

describe("work with a time limit", () => {
  test("work that is done in time gives what it came to", async () => {
    await expect(within(60_000, Promise.resolve("done"), () => "late")).resolves.toBe("done");
    await expect(within(60_000, Promise.reject(new Error("broken")), () => "late")).rejects.toThrow("broken");
  });

  test("work that is late gives what is said instead, or fails with it", async () => {
    await expect(within(1, never, () => "late")).resolves.toBe("late");
    const refuse = () => {
      throw new Error("too late");
    };
    await expect(within(1, never, refuse)).rejects.toThrow("too late");
  });

  test("an answer that is there when a busy process comes to look is not late", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const asking = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [answering] = (await once(server, "connection")) as [Socket];
    // After the sockets had their turn, so that the timer is due before they have another.
    await new Promise((resolve) => setImmediate(resolve));
    const outcome = within(1, once(asking, "data").then(String), () => "late");
    answering.write("answered");
    const until = performance.now() + 20;
    while (performance.now() < until);
    await expect(outcome).resolves.toBe("answered");
    asking.destroy();
    server.close();
  });

  test("whether work settles in time is told, well or not", async () => {
    expect(await settlesWithin(60_000, Promise.reject(new Error("broken")))).toBe(true);
    expect(await settlesWithin(1, never)).toBe(false);
  });
});
