import { afterAll, beforeAll, expect, test } from "vitest";
import type { StoreConfig } from "../../../../src/config/config.js";
import { type Authority, createAuthority } from "../../../support/certificates.js";
import { type TestRedis, tlsAvailable } from "../../../support/redis.js";
import { suiteFor } from "../../../support/require.js";
import { startEngine } from "../../support/engine.js";
import { ALICE, BOB } from "../../support/people.js";

/** How the server that holds the queue goes away. */
const WAYS = ["dies", "falls silent"] as const;

type Way = (typeof WAYS)[number];

/** With what each message of the thread begins. */
const SAID = [
  "💥 What goes",
  "🗓️ Scheduled: 1",
  "🍃 Empty: no",
  "Take 1 machine",
  "✅ @bob approved",
  "⏬ Taking down",
  "🔻 Down: 1",
  "⏫ @alice asked",
  "🟢 Up: the",
  "👋 Back: ",
];

/** A Redis, alone or with others, of which one server holds the queue. */
export interface Installation {
  readonly settings: StoreConfig;
  readonly holder: TestRedis;
  /** Whether another one takes over; if not, the holder comes back. */
  readonly failsOver: boolean;
  /** Servers that keep what is written. */
  readonly copies: number;
  dispose(): Promise<void>;
}

/**
 * The tests of one shape of Redis: the story with each way in which the holder goes, on a plain installation and on one with TLS
 * at once. Each ends before its test does.
 *
 * @param words what stands in the name of a test before the way.
 * @param make an installation; with an authority its wires are TLS, and the authority signs.
 */
export function outagesOf(
  shape: string,
  words: string,
  make: (authority: Authority | null) => Promise<Installation>,
): void {
  suiteFor(
    `the outage of ${shape}`,
    tlsAvailable,
  )(() => {
    let authority: Authority;
    beforeAll(async () => {
      authority = await createAuthority();
    });
    afterAll(() => authority.dispose());

    test.each(WAYS)(`a maintenance goes on once when ${words} %s, plain and over TLS`, async (way) => {
      const wires = [null, authority];
      const told = await Promise.allSettled(wires.map(async (wire) => fromDrainToUp(await make(wire), way)));
      for (const [n, one] of told.entries()) {
        if (one.status === "rejected")
          throw new Error(wires[n] === null ? "plain" : "over TLS", { cause: one.reason });
      }
    });
  });
}

/**
 * One maintenance from its drain to its end. While its question is open the server that holds the queue goes away, and
 * somebody approves as soon as that is possible.
 */
async function fromDrainToUp(
  { settings, holder, failsOver, copies, dispose }: Installation,
  way: Way,
): Promise<void> {
  const engine = await startEngine(settings).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  try {
    const cluster = await engine.cluster();
    const maintenance = await cluster.drainToQuestion("web-01 2h");
    const { value } = await maintenance.button("approve");
    const approved = async () => {
      await cluster.until("the Down", () => {
        // Until the queue is back, the click is not taken, and is told so.
        void cluster.click(BOB, value);
        return cluster.calls("START_MAINTENANCE") > 0;
      });
    };
    await copied(holder, copies);
    const away = async () => {
      if (failsOver) return await approved();
      void cluster.click(BOB, value);
      await cluster.told(BOB, /Nothing was queued|not known|may or may not/);
    };
    if (way === "falls silent") await holder.frozenWhile(away);
    else if (failsOver) await holder.kill().then(away);
    else await holder.awayWhile(away);
    await approved();
    await maintenance.thread(/Down: 1 machine,/);
    await cluster.type(ALICE, `up ${maintenance.id}`);
    await cluster.until("the end", async () => (await cluster.records.open()).records.length === 0);
    await maintenance.thread(/All are back/);
    for (const call of ["UPDATE_MAINTENANCE_SCHEDULE", "START_MAINTENANCE", "STOP_MAINTENANCE"] as const)
      expect([call, cluster.calls(call)]).toEqual([call, 1]);
    const begins = maintenance.texts().map((text) =>
      text
        .replace(/[`<].*/s, "")
        .split(" ")
        .slice(0, 3)
        .join(" "),
    );
    expect(begins.toSorted()).toEqual(SAID.toSorted());
    expect(cluster.messages()).toHaveLength(1 + SAID.length);
  } finally {
    await engine.close();
    await dispose();
  }
}

/** Waits until what was written so far is at all who copy it. */
async function copied(holder: TestRedis, copies: number): Promise<void> {
  const admin = holder.admin();
  await admin.set("{mesos}:copied", "1");
  await admin.wait(copies, 0);
  admin.disconnect();
}
