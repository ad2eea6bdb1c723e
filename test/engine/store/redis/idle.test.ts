import { onTestFinished, test } from "vitest";
import { CONTROL_WORKER_OPTIONS } from "../../../../src/engine/store/lane-options.js";
import { openStore } from "../../../../src/engine/store/open-store.js";
import { createAuthority } from "../../../support/certificates.js";
import { startRedisOn, tlsAvailable, type Wire } from "../../../support/redis.js";
import { suiteFor } from "../../../support/require.js";
import { keepLog, redisAt, UNHURRIED_MS, until } from "../places.js";

/** Longer than a connection on which an answer is due may be silent. */
const IDLE_S = 20;

suiteFor(
  "an idle lane",
  tlsAvailable,
)(() => {
  test("a worker that waits for jobs keeps its connection while nothing comes, plain and over TLS", async () => {
    const authority = await createAuthority();
    onTestFinished(() => authority.dispose());
    const guarded = { certificate: await authority.certificate(["IP:127.0.0.1"]) };
    await Promise.all([{}, guarded].map((wire) => keepsItsConnection(wire, authority.pem)));
  });

  async function keepsItsConnection(wire: Wire, ca: string): Promise<void> {
    const server = await startRedisOn(wire);
    onTestFinished(() => server.dispose());
    const log = keepLog();
    const store = await openStore({ ...redisAt(server.url), ca }, log, UNHURRIED_MS);
    onTestFinished(() => store.close(true));
    const worker = store.worker("lane", async () => undefined, CONTROL_WORKER_OPTIONS);
    void worker.run();
    // For a job that is due in an hour a worker waits as long as it ever does at a time.
    await store.queue("lane").add("work", {}, { jobId: "later", delay: 3_600_000 });
    const admin = server.admin();
    const list = async () => String(await admin.client("LIST"));
    const isOld = (line: string) =>
      /\bcmd=bzpopmin\b/.test(line) && Number(/\bage=(\d+)/.exec(line)?.[1] ?? 0) >= IDLE_S;
    await until(async () => {
      const failed = log.lines.find(({ level }) => level === "warn" || level === "error");
      if (failed !== undefined) throw new Error(JSON.stringify(failed));
      return (await list()).split("\n").some(isOld);
    });
    admin.disconnect();
  }
});
