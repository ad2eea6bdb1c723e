import { expect, test } from "vitest";
import { createQuestions } from "../../../src/engine/bot/questions.js";
import { QUERY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { MemoryStore } from "../support/memory-store.js";

const replyTo = { responseUrl: null, channel: "C1", user: "U0ALICE", thread: null, command: "/mesos" };

const NOBODY = { people: { of: async () => null }, requesters: async () => [] };

const HISTORY = {
  verb: "history" as const,
  cluster: "prod",
  id: null,
  hosts: null,
  by: null,
  csv: false,
  sinceForMs: null,
  refused: false,
};

test.each([
  ["@alice", "U01ALICE"],
  ["Bob B.", "U02BOB"],
  ["me", "U0ALICE"],
  ["U03CAROL", "U03CAROL"],
])("a history by %s is that of %s", async (by, id) => {
  const store = new MemoryStore(Date.now);
  const names = new Map([
    ["U01ALICE", "Alice"],
    ["U02BOB", "Bob B."],
  ]);
  const questions = createQuestions({
    store,
    clusters: [{ name: "prod", channel: "C1" }],
    inClusterOf: async () => null,
    unattended: () => {},
    people: {
      of: async (user) => {
        const name = names.get(user);
        return name === undefined ? null : { name, timeZone: null };
      },
    },
    requesters: async () => [...names.keys()],
  });
  expect(await questions.history({ ...HISTORY, by }, replyTo)).toBeNull();
  const [job] = await store.queue(QUERY_QUEUE).getJobs(["waiting"]);
  expect(job?.data).toMatchObject({ filter: { by: id } });
  expect(await questions.history({ ...HISTORY, by: "@carol" }, replyTo)).toMatchObject({
    tone: "refused",
    text: "Nobody called @carol has asked for a maintenance that is kept here.",
  });
});

test("a channel means its cluster; one that several clusters share means all of them", async () => {
  const store = new MemoryStore(Date.now);
  const asked = async () =>
    (await store.queue(QUERY_QUEUE).getJobs(["waiting"])).map(
      (job) => (job.data as { cluster: string }).cluster,
    );
  const questionsIn = (channels: Record<string, string>) =>
    createQuestions({
      store,
      clusters: Object.entries(channels).map(([name, channel]) => ({ name, channel })),
      inClusterOf: async () => null,
      unattended: () => {},
      ...NOBODY,
    });

  await questionsIn({ prod: "C1", staging: "C2" }).status(
    { verb: "status", cluster: null, target: null },
    replyTo,
  );
  expect(await asked()).toEqual(["prod"]);
  await questionsIn({ prod: "C1", edge: "C1" }).history({ ...HISTORY, cluster: null }, replyTo);
  expect((await asked()).sort()).toEqual(["edge", "prod", "prod"]);
});
