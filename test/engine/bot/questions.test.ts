import { expect, test } from "vitest";
import { createQuestions } from "../../../src/engine/bot/questions.js";
import { QUERY_QUEUE } from "../../../src/engine/lanes/jobs.js";
import { MemoryStore } from "../support/memory-store.js";

const replyTo = { responseUrl: null, channel: "C1", user: "U0ALICE", thread: null, command: "/mesos" };

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
    });

  await questionsIn({ prod: "C1", staging: "C2" }).status(
    { verb: "status", cluster: null, target: null },
    replyTo,
  );
  expect(await asked()).toEqual(["prod"]);
  await questionsIn({ prod: "C1", edge: "C1" }).history(
    { verb: "history", cluster: null, id: null },
    replyTo,
  );
  expect((await asked()).sort()).toEqual(["edge", "prod", "prod"]);
});
