import type { Receiver } from "@slack/bolt";
import fc from "fast-check";
import { expect } from "vitest";
import type { Reply } from "../../../src/maintenance/text/reply.js";
import { CheckedApp } from "../../../src/slack/hear/checked-app.js";
import type { SlackHandlers } from "../../../src/slack/hear/handlers.js";
import { listen } from "../../../src/slack/hear/listeners.js";
import { turnedAway } from "../../../src/slack/hear/own-people.js";
import { botOf } from "../../engine/support/bot.js";
import { MemoryStore } from "../../engine/support/memory-store.js";
import { TestClock } from "../../engine/support/test-clock.js";
import { COMMAND, payload } from "../../slack/hear/payload-samples.js";
import { kindOf } from "../case-runner.js";
import { mutatedText } from "../mutations.js";
import { expectNoRawWords, expectSentence } from "../sentences.js";

/** What came of one payload. */
interface Heard {
  acknowledged: number;
  readonly replies: Reply[];
  readonly warnings: string[];
  readonly errors: string[];
}

let heard: Heard = nothingHeard();

let handlers: SlackHandlers = botHandlers();

function nothingHeard(): Heard {
  return { acknowledged: 0, replies: [], warnings: [], errors: [] };
}

/** A bot that has heard nothing yet: one that has would know what comes again. */
function botHandlers(): SlackHandlers {
  return botOf(new MemoryStore(new TestClock().now), "prod").handlers;
}

const logger = {
  debug() {},
  info() {},
  warn: (_: object, message: string) => void heard.warnings.push(message),
  error: (fields: object, message: string) =>
    void heard.errors.push(`${message} ${JSON.stringify(fields, errorsToo)}`),
};

function errorsToo(_: string, value: unknown): unknown {
  return value instanceof Error ? String(value.stack) : value;
}

/** Nothing arrives by itself: payloads are handed to the app as its port and its socket do. */
const receiver: Receiver = { init() {}, start: async () => null, stop: async () => null };

const app = new CheckedApp(
  { receiver, authorize: async () => ({ botToken: "xoxb-1" }), ignoreSelf: false, convoStore: false },
  logger,
);

const allAnswered = listen(app, {
  handlers: {
    once: (trigger, run) => handlers.once(trigger, run),
    command: (input) => handlers.command(input),
    click: (input) => handlers.click(input),
    home: (user, answer) => handlers.home(user, answer),
    formChoices: (at) => handlers.formChoices(at),
    lineOf: (form, at) => handlers.lineOf(form, at),
  },
  messenger: {
    reply: async (_, reply) => void heard.replies.push(reply),
    publish: async () => undefined,
  },
  openModal: async () => undefined,
  turnedAway: (kind, home) => turnedAway(kind, home, { teamId: "T01" }, []),
  wholeHome: async (_, home) => home,
  isResponseUrl: (url) => url.startsWith("https://hooks.slack.com/"),
  logger,
  onAck: () => undefined,
});

/** Slash commands with any line, as long as Slack lets one be. */
const commands = mutatedText({
  bases: ["drain web-01 1h", "status", "", "drain", "help", "history --by @bob"],
  tokens: [
    "drain ",
    "web-01,",
    "a ",
    "1 ",
    "--at ",
    "&amp;",
    "<@U1|x>",
    "<http://a|",
    "*",
    '"',
    "\u0000",
    "\ud800",
  ],
  longest: 4_000,
}).map((text) => ({ ...COMMAND, text }));

export const slackPayloads = kindOf({
  name: "payloads of Slack",
  share: 2_500,
  cases: fc.oneof({ weight: 4, arbitrary: payload }, { weight: 1, arbitrary: commands }),
  // From JSON as it comes from the port.
  prepare(body) {
    heard = nothingHeard();
    handlers = botHandlers();
    return JSON.parse(JSON.stringify(body) ?? "null") as never;
  },
  async run(body) {
    await app.processEvent({
      body,
      ack: async () => {
        heard.acknowledged += 1;
      },
    });
    await allAnswered();
    return heard;
  },
  check(all, body) {
    expect(all.errors).toEqual([]);
    expect(all.acknowledged, "acknowledgements").toBe(1);
    for (const { text, next, tone, notDone } of all.replies) {
      expectSentence(text);
      expectNoRawWords({ text, next, notDone }, body);
      if (tone === "error" || tone === "refused") expect(next ?? notDone, text).not.toBeNull();
    }
    // Those are for the log.
    expectNoRawWords(all.warnings, body);
    return all.warnings.some((warning) => warning.endsWith("Nothing was done."));
  },
});
