import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { client, leading, redirectTo, stopAll, tinyMaster } from "./support/tiny-masters.js";

afterEach(stopAll);

// A certificate for 127.0.0.1 that signs itself, made for these tests only.
const file = (name: string) => readFileSync(join(import.meta.dirname, "support", "tls", name), "utf8");

const cert = file("master.pem");

const secureMaster = async (handler = leading()) => {
  const master = await tinyMaster(handler, (listener) =>
    createServer({ key: file("master-key.pem"), cert }, listener),
  );
  return { ...master, address: master.address.replace("http:", "https:") };
};

describe("a master behind TLS", () => {
  test("a master behind TLS is trusted with the configured CA", async () => {
    const { address } = await secureMaster();
    await expect(client({ masters: [address], ca: cert }).version()).resolves.toBe("1.11.0");
  });

  test("the client does not send credentials on to a plain http address", async () => {
    const plain = await tinyMaster(leading());
    const { address } = await secureMaster(redirectTo(plain.name));
    const credentials = { principal: "ops", secret: new Secret("hunter2") };
    const master = client({ masters: [address], ca: cert, credentials });
    await expect(master.version()).rejects.toMatchObject({ code: "leader_elsewhere" });
    expect(plain.received).toEqual([]);
  });
});
