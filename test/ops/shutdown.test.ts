import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { type ProcessLike, Shutdown } from "../../src/ops/shutdown.js";

/** A process whose signals are sent by the test, and everything that was done to it and logged, in order. */
function rehearsed(limitMs?: number) {
  const signals = new EventEmitter();
  const events: string[] = [];
  const process: ProcessLike = {
    on: (signal, listener) => signals.on(signal, listener),
    exit: (code) => void events.push(`exit ${code}`),
  };
  const log = {
    info: () => undefined,
    error: (fields: object) => void events.push("step" in fields ? `failed ${String(fields.step)}` : "error"),
  };
  const shutdown = new Shutdown({ process, log, ...(limitMs === undefined ? {} : { limitMs }) });
  const step = (name: string) => () => void events.push(name);
  const ended = () => vi.waitFor(() => expect(events.at(-1)).toMatch(/^exit/));
  return { shutdown, events, step, ended, send: (signal: string) => signals.emit(signal) };
}

const never = () => new Promise(() => undefined);

test("steps run one after another, last added first, then the process exits", async () => {
  const { shutdown, events, step, ended, send } = rehearsed();
  shutdown.add("close the store", step("store"));
  shutdown.add("stop the workers", async () => {
    await Promise.resolve();
    step("workers")();
  });
  shutdown.add("leave Slack", step("slack"));
  shutdown.listen();
  send("SIGTERM");
  await ended();
  expect(events).toEqual(["slack", "workers", "store", "exit 0"]);
});

describe("a step that goes wrong does not keep the others from running", () => {
  test.each([
    ["throws", () => Promise.reject(new Error("broken"))],
    [
      "throws at once",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects with nothing", () => Promise.reject()],
    ["hangs", never],
  ])("the others run when a step %s", async (_, broken) => {
    const { shutdown, events, step } = rehearsed();
    shutdown.add("store", step("store"));
    shutdown.add("workers", broken, 10);
    await shutdown.run("SIGTERM");
    expect(events).toEqual(["failed workers", "store", "exit 1"]);
  });
});

test("when the time for everything is over, what is left is named and not begun", async () => {
  const { shutdown, events, step } = rehearsed(10);
  shutdown.add("store", step("store"));
  shutdown.add("workers", never, 60_000);
  await shutdown.run("SIGTERM");
  expect(events).toEqual(["failed workers", "failed store", "exit 1"]);
});

test("a second signal exits at once", async () => {
  const { shutdown, events, send } = rehearsed();
  shutdown.add("workers", never, 60_000);
  shutdown.listen();
  send("SIGTERM");
  send("SIGINT");
  expect(events).toEqual(["error", "exit 130"]);
});

test("a shutdown is run once, also when a step asks for it again", async () => {
  const { shutdown, events, step } = rehearsed();
  shutdown.add("store", step("store"));
  shutdown.add("workers", () => {
    void shutdown.run("lost connection", 1);
    step("workers")();
  });
  await Promise.all([shutdown.run("SIGTERM"), shutdown.run("SIGTERM")]);
  expect(events).toEqual(["workers", "store", "exit 0"]);
});

test("what was opened while shutting down is closed as well", async () => {
  const { shutdown, events, step } = rehearsed();
  shutdown.add("store", step("store"));
  shutdown.add("workers", () => shutdown.add("late", step("late")));
  await shutdown.run("SIGTERM");
  expect(events).toEqual(["late", "store", "exit 0"]);
});

test("the exit code of a failure is kept", async () => {
  const { shutdown, events } = rehearsed();
  await shutdown.run("uncaught exception", 70);
  expect(events).toEqual(["exit 70"]);
});
