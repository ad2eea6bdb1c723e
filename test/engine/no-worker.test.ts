import { expect, test } from "vitest";
import { createIntake } from "../../src/engine/bot/intake.js";
import { NOTIFY_QUEUE } from "../../src/engine/lanes/jobs.js";
import { createLostClusters } from "../../src/engine/lanes/lost-clusters.js";
import { createNotifier } from "../../src/engine/lanes/notifier.js";
import { openRecords } from "../../src/engine/lanes/records.js";
import { openStore } from "../../src/engine/store/open-store.js";
import { until } from "../../src/rehearsal/demo/until.js";
import { embeddedPlace } from "./store/places.js";
import { ALICE } from "./support/people.js";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const person = async (user: string) => ({ user, groups: [], lookupFailed: false });

test("a command that no worker takes is said to wait, so that silence does not pass for an answer (invariant 10)", async () => {
  const place = await embeddedPlace();
  const store = await openStore(place.settings, quiet);
  const notifier = createNotifier(store, quiet);
  const told: string[] = [];
  const shown = store.worker(NOTIFY_QUEUE, async (job) => {
    told.push(JSON.stringify(job.data));
  });
  void shown.run();
  const intake = createIntake({
    store,
    clusters: [
      {
        name: "prod",
        channel: "C1",
        masters: [],
        defaultDurationMs: 3_600_000,
        maxDurationMs: 86_400_000,
        groups: [],
      },
    ],
    records: new Map([["prod", openRecords(store, "prod", quiet)]]),
    notifier,
    lost: createLostClusters(store, new Set(["prod"]), quiet),
    personOf: person,
    logger: quiet,
    patienceMs: 50,
    now: Date.now,
  });
  const input = {
    user: ALICE,
    channel: "C1",
    thread: null,
    responseUrl: "https://hooks.slack.test/1",
    command: "/mesos",
  };
  expect(await intake.command({ ...input, text: "status", triggerId: "t1" })).toBeNull();
  await until("the person is told", async () =>
    told.some((text) => text.includes("no worker has taken it yet")),
  );
  await shown.close();
  await store.close();
  await place.dispose();
});
