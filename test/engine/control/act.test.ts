import { readFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { Cluster } from "../../../src/engine/cluster/cluster.js";
import { act } from "../../../src/engine/control/act.js";
import { callsOf } from "../../../src/engine/control/next-step.js";
import { proveOwned } from "../../../src/engine/store/owned.js";
import type { StoreJob } from "../../../src/engine/store/store.js";
import type { Master } from "../../../src/mesos/master.js";
import { approved, drainingWorld, tick } from "../../maintenance/support/flow.js";
import {
  client,
  count,
  leading,
  stopAll,
  type TinyMaster,
  tinyMaster,
} from "../../mesos/support/tiny-masters.js";
import { Gate } from "../support/gate.js";

const file = (name: string) =>
  readFileSync(join(import.meta.dirname, "..", "..", "mesos", "support", "tls", name), "utf8");

const identity = { key: file("master-key.pem"), cert: file("master.pem") };

afterEach(stopAll);

/** The way to a master over https on which TLS waits for `lead`. */
async function slowPath(lead: () => Promise<void>): Promise<{ leader: TinyMaster; master: Master }> {
  const leader = await tinyMaster(leading(), (listener) => createHttpsServer(identity, listener));
  const path = createServer((socket) => {
    void lead().then(() => pipeline(socket, connect(leader.port, "127.0.0.1"), socket, () => undefined));
  });
  await new Promise<void>((resolve) => path.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void path.close());
  const { port } = path.address() as AddressInfo;
  return { leader, master: client({ masters: [`https://127.0.0.1:${port}`], ca: identity.cert }) };
}

describe("Down over a connection that stands late (invariants 5, 8 and 13)", () => {
  /** Down is sent, and something happens while its connection is being made. */
  async function down(meanwhile: (lock: { pass(ms: number): void; lose(): void }) => void) {
    const asks = new Gate();
    const goesOn = new Gate();
    let isSlow = false;
    const { leader, master } = await slowPath(async () => {
      if (!isSlow) return;
      asks.open();
      await goesOn.opened;
    });
    await master.version();
    const world = drainingWorld();
    const step = tick(approved(world), world);
    const [effect] = callsOf(step);
    if (effect === undefined) throw new Error("Nothing is to be sent.");
    let elapsedMs = 0;
    const lost = new AbortController();
    const job = { extendLock: async () => 1 } as unknown as StoreJob;
    const proof = await proveOwned(job, "token", lost.signal, () => elapsedMs);
    const cluster = { master, forget() {}, ageMs: () => elapsedMs } as unknown as Cluster;
    const shown = { ...world, leader: master.leader() ?? "" };
    isSlow = true;
    const outcome = act(step.record, effect, { world: shown, cluster, proof, beside: [] });
    await asks.opened;
    meanwhile({
      pass: (ms) => {
        elapsedMs += ms;
      },
      lose: () => lost.abort(),
    });
    goesOn.open();
    return { outcome: await outcome, arrived: count(leader, "START_MAINTENANCE") };
  }

  const notSent = { outcome: { kind: "not_sent", trouble: { code: "proof_too_old" } }, arrived: 0 };

  test("Down arrives when the proof of the lock still holds as the connection stands", async () => {
    expect(await down((lock) => lock.pass(3_999))).toEqual({ outcome: { kind: "accepted" }, arrived: 1 });
  });

  test("nothing of Down arrives when the proof became too old while the connection was made", async () => {
    expect(await down((lock) => lock.pass(4_000))).toMatchObject(notSent);
  });

  test("nothing of Down arrives when the lock was lost while the connection was made", async () => {
    expect(await down((lock) => lock.lose())).toMatchObject(notSent);
  });
});
