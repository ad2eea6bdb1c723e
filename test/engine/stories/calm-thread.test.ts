import { expect, test } from "vitest";
import type { RehearsalAgent, RehearsalFramework } from "../../../src/rehearsal/master/options.js";
import { useEngine } from "../support/engine.js";

const MACHINES = 99;

const FRAMEWORKS = 14;

const AGENTS: readonly RehearsalAgent[] = Array.from({ length: MACHINES }, (_, at) => ({
  hostname: `web-${String(at + 1).padStart(2, "0")}`,
  ip: `10.0.0.${at + 1}`,
}));

/** Each has two tasks on every machine, and they answer one after another: some decline, most move. */
const framework = (at: number): RehearsalFramework => ({
  name: `framework-${at}`,
  habit: at % 5 === 4 ? "decliner" : "mover",
  answerAfterMs: 1_000 * (at + 1),
  moveEveryMs: 300,
  tasks: AGENTS.slice(at * 6, at * 6 + 12).map(({ hostname }) => ({
    name: `task-${at}-${hostname}`,
    on: hostname,
  })),
});

const engine = useEngine();

test("the thread of 99 machines and 14 frameworks gets at most 12 messages of news in its hour", async () => {
  const cluster = await engine().cluster({
    master: {
      agents: [...AGENTS, { hostname: "spare-1", ip: "10.0.1.1", cpus: 4_000, mem: 4_000_000 }],
      frameworks: Array.from({ length: FRAMEWORKS }, (_, at) => framework(at)),
    },
    policy: { askAfterMs: 120_000 },
  });
  const maintenance = await cluster.drain("web-* 4h");
  await maintenance.question();
  const [root, ...others] = cluster.messages();
  const thread = others.filter((message) => message.thread === root?.ts);
  const record = await maintenance.record();
  const answered = record.events.filter(({ kind }) => kind === "answers_changed");
  // What would have been a message each.
  expect(answered.length).toBeGreaterThan(12);
  const asked = thread.filter(({ text }) => /^Take 99 machines down\?/.test(text));
  const decisions = thread.filter(({ text }) => text.includes("What goes away"));
  expect(asked).toHaveLength(1);
  expect(thread.length - asked.length - decisions.length).toBeLessThanOrEqual(13);
  const [progress] = thread.filter(({ text }) => text.includes("edited in place"));
  expect(progress?.text).toMatch(/\d+ of 168 left/);
  expect(thread.filter(({ text }) => text.includes("Refuses to leave")).length).toBeGreaterThan(0);
});
