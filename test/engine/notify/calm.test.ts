import { describe, expect, test } from "vitest";
import type { ThreadJob } from "../../../src/engine/lanes/jobs.js";
import { deliver } from "../../../src/engine/notify/deliver.js";
import type { LogEvent, NewEvent } from "../../../src/maintenance/record/events.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { BROADCASTS, type Broadcast } from "../../../src/maintenance/show/telling.js";
import type { Reply } from "../../../src/maintenance/text/reply.js";
import { anonymousReaders } from "../../../src/slack/people/readers.js";
import type { SlackMessage } from "../../../src/slack/render/blocks.js";
import { approvalOf, batchOf, HOUR, NOW, pictureOf, recordOf } from "../../slack/fixtures.js";
import { runningRun } from "../../support/runs.js";
import { threadJobOf } from "../../support/threads.js";

const MINUTE = 60_000;

/** A thread in a Slack that keeps what is sent to it. */
function threadOf(parts: Partial<ThreadJob> = {}, broadcast: readonly Broadcast[] = BROADCASTS) {
  let progress = threadJobOf(parts);
  const messages = new Map<string, { text: string; broadcast: boolean }>();
  const replies: Reply[] = [];
  const edits = new Map<string, number>();
  return {
    replies,
    /** Texts of the thread in the order in which they were posted, as they stand now. */
    texts: () => [...messages.values()].map(({ text }) => text),
    broadcasts: () => [...messages.values()].filter((one) => one.broadcast).map(({ text }) => text),
    progress: () => progress,
    async show(record: Maintenance, nowMs = NOW) {
      return await deliver(record, progress, {
        messenger: {
          post: async (channel, thread, { text }: SlackMessage, how) => {
            const ts = `1.${messages.size}`;
            messages.set(ts, { text, broadcast: thread !== null && how?.broadcast === true });
            return { ts, channel };
          },
          update: async (_channel, ts, { text }) => {
            messages.set(ts, { text, broadcast: messages.get(ts)?.broadcast ?? false });
          },
          upload: async () => {},
          permalink: async (_channel, ts) => `https://ops.example/${ts}`,
        },
        readers: anonymousReaders(() => nowMs),
        drawWindows: async () => null,
        reply: async (_to, reply) => {
          replies.push(reply);
        },
        save: async (next) => {
          progress = next;
        },
        edits,
        outputs: { of: async () => null, drop: async () => {} },
        cluster: { broadcast, tickets: null, scheme: "http", calendar: [] },
        habits: new Map(),
        shown() {},
        now: () => nowMs,
      });
    },
  };
}

function withEvents(events: readonly NewEvent[], parts: Partial<Maintenance> = {}): Maintenance {
  const numbered = events.map((event, at) => ({ ...event, seq: at + 1, atMs: NOW }) as LogEvent);
  return recordOf({ events: numbered, seq: events.length, ...parts });
}

const answers = (news?: Extract<NewEvent, { kind: "answers_changed" }>["news"]): NewEvent => ({
  kind: "answers_changed",
  tasksLeft: 17,
  tasksMost: 64,
  frameworks: [],
  ...(news === undefined ? {} : { news }),
});

const trouble: NewEvent = {
  kind: "trouble",
  code: "no_leader",
  what: "No master leads.",
  said: null,
  notDone: "Nothing.",
  next: "Wait.",
};

const registered: NewEvent = { kind: "agents_registered", machines: ["web-04"] };

const refusal = (who: string) => answers({ refused: [`${who} on web-04`], withdrawn: [], quarter: null });

describe("the thread of a maintenance", () => {
  test("has one message for all that only shows that it goes on, edited in place", async () => {
    const thread = threadOf();
    await thread.show(withEvents([answers(), answers()]));
    const quiet: NewEvent[] = [answers(), answers(), registered];
    await thread.show(withEvents(quiet), NOW + MINUTE);
    const [, ...below] = thread.texts();
    expect(below).toHaveLength(1);
    expect(below[0]).toContain("*Progress of m-7k3q* · edited in place");
    expect(below[0]).toContain("17 of 64 left");
    expect(below[0]).toContain("agents registered again: web-04");
  });

  test("edits that message at most every 3 s", async () => {
    const thread = threadOf();
    await thread.show(withEvents([answers()]));
    const quiet: NewEvent[] = [answers(), registered];
    expect(await thread.show(withEvents(quiet), NOW + 2_999)).toBe("edit_later");
    expect(thread.texts()[1]).not.toContain("registered again");
    await thread.show(withEvents(quiet), NOW + 3_000);
    expect(thread.texts()[1]).toContain("registered again");
  });

  test("has a message of its own for a refusal, a promise taken back and a quarter of the tasks", async () => {
    const thread = threadOf();
    const withdrawn = answers({ refused: [], withdrawn: ["flink on web-01"], quarter: null });
    const quarter = answers({ refused: [], withdrawn: [], quarter: 3 });
    await thread.show(withEvents([refusal("kafka"), withdrawn, quarter, { kind: "empty", batch: "b1" }]));
    const [, ...below] = thread.texts();
    expect(below).toHaveLength(4);
    expect(below[0]).toContain("*Refuses to leave:* kafka on web-04");
    expect(below[1]).toContain("*Took the promise back:* flink on web-01");
    expect(below[2]).toContain("*Three quarters of the tasks are gone*");
    expect(below[3]).toContain("*Empty:*");
  });

  test("takes at most 12 messages of news an hour, half of them of answers, and loses none of the rest", async () => {
    const thread = threadOf();
    const names = Array.from({ length: 30 }, (_, at) => `framework-${at}`);
    const notes = Array.from({ length: 10 }, (_, at): NewEvent => ({ kind: "note", text: `note ${at}` }));
    const first = names.map(refusal);
    await thread.show(withEvents([...first, ...notes]));
    const [, ...below] = thread.texts();
    expect(below).toHaveLength(11);
    expect(below.filter((text) => text.includes("Refuses to leave"))).toHaveLength(6);
    // The rest is in the one that is edited.
    expect(below.at(-1)).toContain("note 9");
    const troubles = Array.from({ length: 3 }, () => trouble);
    await thread.show(withEvents([...first, ...notes, ...troubles]), NOW + MINUTE);
    const told = thread.texts().filter((text) => text.includes("No master leads."));
    expect(told.filter((text) => !text.includes("edited in place"))).toHaveLength(2);
    notes.push(...troubles);
    const decided: NewEvent = { kind: "released", by: "U02BOB", askedAtMs: NOW };
    await thread.show(withEvents([...first, ...notes, decided]), NOW + HOUR - 1);
    expect(thread.texts().at(-1)).toContain("released a hold");
    const later: NewEvent = { kind: "note", text: "an hour later" };
    await thread.show(withEvents([...first, ...notes, decided, later]), NOW + HOUR);
    expect(thread.texts().at(-1)).toContain("an hour later");
  });

  test("news told by a clock that was ahead holds nothing back once it is set right (invariant 10)", async () => {
    const thread = threadOf();
    const notes = Array.from({ length: 10 }, (_, at): NewEvent => ({ kind: "note", text: `note ${at}` }));
    await thread.show(withEvents(notes), NOW + 24 * HOUR);
    await thread.show(withEvents([...notes, { kind: "note", text: "the clock is right" }]), NOW);
    expect(thread.texts().at(-1)).toContain("the clock is right");
    expect(thread.texts().at(-1)).not.toContain("edited in place");
  });

  test("a run has its own message, which is no news", async () => {
    const run = runningRun();
    const thread = threadOf();
    const started = {
      kind: "run_started",
      batch: "b1",
      run: run.id,
      runbook: "kernel",
      worker: "w1",
    } as const;
    await thread.show(withEvents([started], { batches: [batchOf({ phase: "down" })], runs: [run] }));
    expect(thread.progress().news).toEqual([]);
  });
});

describe("a question that stands in the thread", () => {
  const asked = (parts: Partial<Maintenance> = {}) =>
    recordOf({
      batches: [batchOf({ phase: "awaiting_approval", approvals: [approvalOf({ id: "b1a1" })] })],
      ...parts,
    });
  const questionIn = (thread: ReturnType<typeof threadOf>) =>
    thread.texts().find((text) => text.includes("Take 2 machines down?")) ?? "";

  test("is edited at once when what can be answered changes, and every 3 s for what is there now", async () => {
    const thread = threadOf();
    await thread.show(asked());
    const gone = { picture: { ...pictureOf(1, 64), atMs: NOW + 1 } };
    await thread.show(asked(gone), NOW + 1);
    expect(questionIn(thread)).toContain("*now 1*");
    const held = { held: { by: "U02BOB", atMs: NOW, reason: null, as: "operator" as const } };
    await thread.show(asked({ picture: { ...pictureOf(0, 64), atMs: NOW + 2 } }), NOW + 2);
    expect(questionIn(thread)).toContain("*now 1*");
    await thread.show(asked({ ...gone, ...held }), NOW + 3);
    expect(questionIn(thread)).toContain("*Held* by");
  });
});

describe("what is shown in the channel as well", () => {
  const overdue: NewEvent = { kind: "overdue", batch: "b1", endMs: NOW };
  const paused: NewEvent = { kind: "paused", batch: "b1", rule: "refused", saw: "kafka refuses" };

  test("question, overdue, trouble and pause are, and nothing else", async () => {
    const thread = threadOf();
    await thread.show(withEvents([trouble, overdue, paused, { kind: "note", text: "a note" }]));
    expect(thread.broadcasts()).toHaveLength(3);
    expect(thread.broadcasts().join("\n")).not.toContain("a note");
  });

  test("as the clusters file says", async () => {
    const thread = threadOf({}, ["overdue"]);
    await thread.show(withEvents([trouble, overdue, paused]));
    expect(thread.broadcasts().join("\n")).toMatch(/^.*Overdue.*$/s);
    expect(thread.broadcasts()).toHaveLength(1);
  });
});

describe("whoever asked for it", () => {
  const asked = { what: "drain of web-* in prod for 4 h", queued: false };
  const waiting = (parts: Partial<Maintenance> = {}) =>
    recordOf({ batches: [], requestedAtMs: NOW, ...parts });
  const failed = (parts: Partial<Maintenance> = {}) =>
    waiting({
      events: [{ seq: 1, atMs: NOW, kind: "failed", why: "No such machine.", next: "Look." }],
      seq: 1,
      end: { phase: "failed", atMs: NOW, why: "No such machine." },
      ...parts,
    });

  test("hears the outcome alone where it is known soon", async () => {
    const thread = threadOf({ asked });
    expect(await thread.show(waiting(), NOW + 1_999)).toBe("edit_later");
    expect(thread.replies).toEqual([]);
    await thread.show(failed(), NOW + 2_500);
    expect(thread.replies.map(({ text }) => text)).toEqual(["m-7k3q: No such machine."]);
  });

  test("hears at once that it is queued where the clock says that it is asked for later", async () => {
    const thread = threadOf({ asked });
    expect(await thread.show(waiting(), NOW - 1)).toBe("waiting");
    expect(thread.replies).toHaveLength(1);
  });

  test("hears once that it is queued where it takes longer, and then the outcome", async () => {
    const thread = threadOf({ asked });
    await thread.show(waiting(), NOW + 2_000);
    await thread.show(waiting(), NOW + 9_000);
    expect(thread.replies.map(({ text }) => text)).toEqual([
      "m-7k3q: drain of web-* in prod for 4 h is queued. Follow it here.",
    ]);
    await thread.show(recordOf({ requestedAtMs: NOW }), NOW + 9_500);
    await thread.show(recordOf({ requestedAtMs: NOW }), NOW + 20_000);
    // The card is what came of it.
    expect(thread.replies).toHaveLength(1);
  });

  test("hears where it is shown once the card stands", async () => {
    const thread = threadOf({ asked, channel: "C2" });
    await thread.show(recordOf({ requestedAtMs: NOW }), NOW + 100);
    expect(thread.replies.map(({ text }) => text)).toEqual([
      "m-7k3q: the drain of web-* in prod for 4 h has begun. Follow it in <#C2>.",
    ]);
    expect(thread.progress().asked).toBeNull();
  });
});
