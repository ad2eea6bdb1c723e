import { describe, expect, test } from "vitest";
import { type Reply, replyOf } from "../../../src/maintenance/text/reply.js";
import { answer, type Kind } from "../../../src/slack/hear/answer.js";
import { until } from "../until.js";

const DONE = replyOf({ tone: "done", text: "Queued as m-7k3q." });

/** Runs a handler with a patience of some milliseconds and keeps what the person was told. */
function run(kind: Kind, handle: () => Promise<Reply | null>, patienceMs = 10_000) {
  const told: Reply[] = [];
  const errors: unknown[] = [];
  const finished = answer(
    kind,
    handle,
    async (reply) => {
      told.push(reply);
    },
    (error) => errors.push(error),
    patienceMs,
  );
  return { told, errors, finished };
}

describe("what a person hears of a command", () => {
  test("a person hears the reply to a command", async () => {
    const { told, finished } = run("command", async () => DONE);
    await finished;
    expect(told).toEqual([DONE]);
  });

  test("a person hears nothing when the handler has nothing to say", async () => {
    const { told, finished } = run("command", async () => null);
    await finished;
    expect(told).toEqual([]);
  });

  test.each([
    ["command", "Whether it was queued is not known."],
    ["click", "Whether it was queued, and will be decided, is not known."],
  ] as const)("that a %s failed and what was not done", async (kind, notDone) => {
    const { told, errors, finished } = run(kind, async () => {
      throw new Error("Redis at redis://bot:hunter2@10.0.0.1 is away");
    });
    await finished;
    expect(told).toEqual([expect.objectContaining({ tone: "error", notDone })]);
    expect(told[0]?.text).toMatch(/met an error of the bot's own\.$/);
    expect(JSON.stringify(told)).not.toMatch(/is away|hunter2/);
    expect(errors).toHaveLength(1);
  });

  test("a person hears the same when the handler throws before it returns a promise", async () => {
    const { told, finished } = run("command", () => {
      throw new Error("broken");
    });
    await finished;
    expect(told[0]?.text).toContain("an error of the bot's own");
  });
});

describe("a handler that takes long (invariant 9)", () => {
  async function late(
    outcome: (finish: { resolve: (reply: Reply | null) => void; reject: (error: Error) => void }) => void,
  ) {
    let finish = { resolve: (_: Reply | null) => {}, reject: (_: Error) => {} };
    const work = new Promise<Reply | null>((resolve, reject) => {
      finish = { resolve, reject };
    });
    const running = run("command", () => work, 5);
    await until(() => running.told.length === 1);
    expect(running.told[0]).toMatchObject({ tone: "error", text: expect.stringContaining("not confirmed") });
    outcome(finish);
    await running.finished;
    return running.told;
  }

  test("a handler that takes long is answered with not confirmed, then with its reply", async () => {
    expect((await late(({ resolve }) => resolve(DONE)))[1]).toEqual(DONE);
  });

  test("a handler that takes long says that it went through even when there is nothing else to say", async () => {
    expect((await late(({ resolve }) => resolve(null)))[1]).toMatchObject({ tone: "done" });
  });

  test("a handler that takes long is told the outcome after not confirmed, even when that was slow to send", async () => {
    const order: string[] = [];
    let sent = () => {};
    const tell = async (reply: Reply) => {
      if (order.push(`sending ${reply.tone}`) === 1) {
        await new Promise<void>((resolve) => {
          sent = resolve;
        });
      }
      order.push(`sent ${reply.tone}`);
    };
    let finish = (_: Reply) => {};
    const handled = new Promise<Reply>((resolve) => {
      finish = resolve;
    });
    const finished = answer(
      "command",
      () => handled,
      tell,
      () => {},
      5,
    );
    await until(() => order.length === 1);
    finish(DONE);
    await handled;
    sent();
    await finished;
    expect(order).toEqual(["sending error", "sent error", "sending done", "sent done"]);
  });

  test("a handler that takes long says that it failed in the end", async () => {
    expect((await late(({ reject }) => reject(new Error("gave up"))))[1]).toMatchObject({
      tone: "error",
      notDone: "Whether it was queued is not known.",
    });
  });
});
