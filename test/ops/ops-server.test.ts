import { Agent, get } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Checks } from "../../src/ops/checks.js";
import { createMetrics } from "../../src/ops/metrics.js";
import { type OpsServer, OpsServerError, startOpsServer } from "../../src/ops/ops-server.js";

const open: OpsServer[] = [];

async function serve(
  checks: Checks = {},
  port = 0,
  warnings: readonly string[] = [],
): Promise<OpsServer & { readonly url: string }> {
  const server = await startOpsServer({
    host: "127.0.0.1",
    port,
    metrics: createMetrics(),
    checks,
    warnings: () => warnings,
    checkLimitMs: 50,
  });
  open.push(server);
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

test("/healthz says that the process lives, whatever the checks say", async () => {
  const { url } = await serve({ redis: () => "no connection" });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

describe("/readyz", () => {
  test("tells what is to be known beside the checks, and is ready all the same", async () => {
    const { url } = await serve({ queue: () => true }, 0, ["The clock is behind."]);
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ready: true,
      checks: { queue: "ok" },
      warnings: ["The clock is behind."],
    });
  });

  test("/readyz is 200 when every check passes", async () => {
    const { url } = await serve({ redis: () => true, slack: async () => true });
    const response = await fetch(`${url}/readyz?from=probe`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ready: true, checks: { redis: "ok", slack: "ok" } });
  });

  test("/readyz is 503 and names what does not: refused, thrown or hanging", async () => {
    const { url } = await serve({
      slack: () => true,
      queue: () => false,
      redis: () => "no connection to redis://u:hunter2@r",
      prod: () => {
        throw new Error("no leader");
      },
      staging: () => new Promise(() => undefined),
    });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ready: false,
      checks: {
        slack: "ok",
        queue: "not ready",
        redis: "no connection to redis://[secret]@r",
        prod: "the check failed: for a reason that the bot does not know",
        staging: "no answer within 0.05 s",
      },
    });
  });
});

test("/metrics is what Prometheus reads", async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  expect(await response.text()).toContain("mesos_bot_command_ack_seconds");
});

test("HEAD is answered without a body", async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/healthz`, { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

test("other pages are answered 404 and name those that exist", async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/`);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("/readyz");
});

test("other methods are answered 405", async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/healthz`, { method: "POST", body: "x".repeat(100_000) });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("a port that is taken is said with what to set", async () => {
  const { port } = await serve();
  const attempt = serve({}, port);
  await expect(attempt).rejects.toBeInstanceOf(OpsServerError);
  await expect(attempt).rejects.toThrow(
    /something else listens there \(EADDRINUSE\)\. Nothing was started\. Set OPS_HOST and OPS_PORT/,
  );
});

test("closing does not wait for a scraper that keeps its connection open", async () => {
  const { url, close } = await serve();
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve, reject) => {
    get(`${url}/healthz`, { agent }, (response) => response.resume().once("end", resolve)).once(
      "error",
      reject,
    );
  });
  await close();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  agent.destroy();
});
