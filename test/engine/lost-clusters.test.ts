import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createIntake } from "../../src/engine/bot/intake.js";
import { HOSTS_JOB, hostsJob } from "../../src/engine/lanes/jobs.js";
import { createLostClusters } from "../../src/engine/lanes/lost-clusters.js";
import { createNotifier } from "../../src/engine/lanes/notifier.js";
import { openRecords } from "../../src/engine/lanes/records.js";
import { openStore } from "../../src/engine/store/open-store.js";
import type { Store } from "../../src/engine/store/store.js";
import type { ClickInput } from "../../src/slack/hear/handlers.js";
import { embeddedPlace, type Place, UNHURRIED_MS } from "./store/places.js";
import { ALICE, BOB } from "./support/people.js";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

let place: Place;

let store: Store;
beforeAll(async () => {
  place = await embeddedPlace();
  store = await openStore(place.settings, quiet, UNHURRIED_MS);
});
afterAll(async () => {
  await store.close();
  await place.dispose();
});

/** A bot whose clusters file has this one cluster, and no worker to run what it queues. */
function botOf(name: string) {
  const own = openRecords(store, name, quiet);
  const records = new Map([[name, own]]);
  const notifier = createNotifier(store, quiet);
  onTestFinished(() => notifier.close());
  const intake = createIntake({
    store,
    clusters: [
      {
        name,
        channel: "C1",
        masters: [],
        defaultDurationMs: 3_600_000,
        maxDurationMs: 7_200_000,
        groups: [],
      },
    ],
    records,
    notifier,
    lost: createLostClusters(store, records, quiet),
    personOf: async (user) => ({ user, groups: [], lookupFailed: false }),
    logger: quiet,
    now: Date.now,
  });
  let commands = 0;
  const type = (user: string, text: string, triggerId = `${name}-${++commands}`) =>
    intake.command({
      user,
      channel: "C1",
      thread: null,
      command: "/mesos",
      responseUrl: "",
      triggerId,
      text,
    });
  const click = (id: string) =>
    intake.click({
      user: BOB,
      channel: "C1",
      thread: null,
      command: "/mesos",
      responseUrl: "",
      triggerId: `${name}-click`,
      button: { v: 1, id, decision: { kind: "cancel" } },
    } satisfies ClickInput);
  const drain = async (): Promise<string> => {
    const reply = await type(ALICE, "drain web-01 1h");
    return /m-\w+/.exec(reply?.text ?? "")?.[0] ?? "";
  };
  return { type, click, drain, queue: own.queue };
}

test.each(["up", "cancel", "down", "hold", "release", "status", "history"])(
  "%s of a maintenance whose cluster was renamed in the clusters file says whose it is, how it stood and what to do (invariant 11)",
  async (verb) => {
    const id = await botOf("prod").drain();
    const reply = await botOf("renamed").type(BOB, `${verb} ${id}`);
    expect(reply?.text).toBe(
      `${id} belongs to prod, which is not in the bot's clusters file any more. Its last state was requested.`,
    );
    expect(reply?.notDone).toContain("its windows at the master stay as they are");
    expect(reply?.next).toContain("Put prod back into the clusters file");
  },
);

test("a click on its card says the same", async () => {
  const id = await botOf("prod").drain();
  const reply = await botOf("renamed").click(id);
  expect(reply?.text).toContain(`${id} belongs to prod`);
});

test("an id that no cluster ever had is still unknown", async () => {
  const reply = await botOf("renamed").type(BOB, "up m-zzzzz");
  expect(reply?.text).toBe("There is no maintenance m-zzzzz.");
});

test("down with an override is one job that carries both, also when the command is delivered twice", async () => {
  const bot = botOf("edge");
  const id = await bot.drain();
  for (const _ of [1, 2]) await bot.type(BOB, `down ${id} --override "urgent"`, "the-same");
  const jobs = (await bot.queue.getJobs(["waiting"])).filter(({ name }) => name === HOSTS_JOB);
  expect(jobs.map(({ data }) => hostsJob.parse(data))).toMatchObject([
    { verb: "down", target: { kind: "id", id }, override: "urgent", person: { user: BOB } },
  ]);
});
