import { expect, test } from "vitest";
import { threadJobId } from "../../../src/engine/lanes/ids.js";
import { NOTIFY_QUEUE, THREAD_JOB } from "../../../src/engine/lanes/jobs.js";
import type { NotifyPorts } from "../../../src/engine/notify/ports.js";
import { retire } from "../../../src/engine/notify/retire.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { threadJobOf } from "../../support/threads.js";
import { MemoryStore } from "../support/memory-store.js";

/** What a message is edited to. */
async function retired(
  rootTs: string | null,
  update?: NotifyPorts["messenger"]["update"],
): Promise<string[]> {
  const store = new MemoryStore(Date.now);
  const queue = store.queue(NOTIFY_QUEUE);
  if (rootTs !== null) await queue.add(THREAD_JOB, threadJobOf({ rootTs }), { jobId: threadJobId("m-7k3q") });
  const texts: string[] = [];
  const messenger = {
    update:
      update ??
      (async (_: string, ts: string, message: { text: string }) => void texts.push(`${ts} ${message.text}`)),
    permalink: async (channel: string, ts: string) => `https://example.com/${channel}/${ts}`,
  };
  const logger = { debug() {}, info() {}, warn: () => void texts.push("warned"), error() {} };
  await retire({ maintenance: "m-7k3q", channel: "C1", ts: "1.1" }, {
    queue,
    messenger,
    logger,
  } as unknown as NotifyPorts);
  return texts;
}

test("a card that is not the maintenance's own is edited to say where that is", async () => {
  const [text] = await retired("9.9");
  expect(text).toMatch(/^1\.1 .*Not current/);
  expect(text).toContain("https://example.com/C1/9.9");
});

test("a card whose record is gone is edited to say that nothing is done for it", async () => {
  const [text] = await retired(null);
  expect(text).toContain("No record of");
});

test("a message that Slack does not let us edit stays as it is", async () => {
  const texts = await retired("9.9", async () => {
    throw new SlackFailure("cant_update_message", { doing: "editing" });
  });
  expect(texts).toEqual(["warned"]);
});
