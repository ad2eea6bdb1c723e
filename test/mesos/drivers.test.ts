import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { client, leading, redirectTo, say, stopAll, tinyMaster } from "./support/tiny-masters.js";

afterEach(stopAll);

const SUMMARY = "/master/state-summary";

/** A leader that answers `/state-summary` like this. */
const leader = (summary: (response: ServerResponse) => void) =>
  tinyMaster((received, response) => {
    if (received.path === SUMMARY) summary(response);
    else leading()(received, response);
  });

const json = (body: unknown) => (response: ServerResponse) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));

const FRAMEWORKS = [
  { id: "f-old", name: "marathon", pid: "scheduler-1@10.0.0.9:9099", connected: true, active: true },
  { id: "f-http", name: "valkey-framework", connected: true, active: true },
  { id: "f-away", name: "jobs", connected: false, active: false, recovered: true },
];

describe("the drivers of frameworks", () => {
  test("are told by the pid that a master shows, and not known of one that is not connected", async () => {
    const master = client({
      masters: [(await leader(json({ slaves: [{}], frameworks: FRAMEWORKS }))).address],
    });
    expect([...(await master.drivers())]).toEqual([
      ["f-old", "old"],
      ["f-http", "http"],
    ]);
  });

  test("are asked of the leader with the credentials that its operator API gets", async () => {
    const leads = await leader(json({ frameworks: FRAMEWORKS }));
    const standby = await tinyMaster(redirectTo(leads.name));
    const credentials = { principal: "bot", secret: new Secret("s") };
    await client({ masters: [standby.address, leads.address], credentials }).drivers();
    const asked = leads.received.filter(({ path }) => path === SUMMARY);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from("bot:s").toString("base64")}`,
    ]);
    expect(standby.received.filter(({ path }) => path === SUMMARY)).toEqual([]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ["it is forbidden", (response) => say(response, 403, "403 Forbidden.")],
    ["the login is for other endpoints only", (response) => say(response, 401, "401 Unauthorized.")],
    ["it is no JSON", (response) => say(response, 200, "<html>")],
    ["it is other JSON", json({ frameworks: [{ name: "no id" }] })],
    ["the connection breaks", (response) => void response.destroy()],
  ])("are not known, and nothing fails, when %s", async (_, summary) => {
    const master = client({ masters: [(await leader(summary)).address] });
    expect((await master.drivers()).size).toBe(0);
  });

  test("are not known when no master leads, or the answer takes too long", async () => {
    const nobody = await tinyMaster((_, response) => say(response, 503, "No leader elected"));
    expect((await client({ masters: [nobody.address] }).drivers()).size).toBe(0);
    const slow = await leader(() => undefined);
    const limits: number[] = [];
    const limit = (ms: number) => {
      limits.push(ms);
      return AbortSignal.timeout(ms === 5_000 ? 20 : ms);
    };
    expect((await client({ masters: [slow.address], limit }).drivers()).size).toBe(0);
    expect(limits).toContain(5_000);
  });
});
