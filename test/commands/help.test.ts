import { describe, expect, test } from "vitest";
import { helpReply } from "../../src/commands/help.js";
import { OPTIONS, optionUsage } from "../../src/commands/options.js";
import { parseCommand } from "../../src/commands/parse.js";
import { usage, VERBS } from "../../src/commands/verbs.js";
import { forPlainPage } from "../../src/slack/render/plain-page.js";
import { renderReply } from "../../src/slack/render/reply.js";
import { TABLE_WIDTH } from "../../src/slack/render/table.js";
import { mrkdwnTexts, refusal } from "../slack/block-rules.js";
import { drawn, readerOf } from "../support/drawn.js";
import { inProd } from "./clusters.js";

const VERSION = "7.8.9";

/** The words of a text that stands in columns, whose right one goes on below itself. */
function wordsOf(text: string): string {
  return text.replace(/\s+/g, " ");
}

function unescaped(text: string): string {
  return text
    .replaceAll("\u2060", "")
    .replace(/&lt;|‹/g, "<")
    .replace(/&gt;|›/g, ">")
    .replaceAll("&amp;", "&")
    .replaceAll("∗", "*")
    .replaceAll("∼", "~")
    .replace(/[`']/g, "");
}

describe("help", () => {
  test("the help lists every verb with its usage", () => {
    const reply = helpReply(null, VERSION);
    for (const { name, takes, summary } of VERBS) {
      expect(drawn(reply)).toContain(`/mesos ${name} ${takes}`.trim());
      expect(wordsOf(drawn(reply) ?? "")).toContain(summary);
    }
  });

  test("the help says which version answers", () => {
    expect(helpReply(null, VERSION).text).toContain("Version 7.8.9.");
  });

  test.each(VERBS.map((verb) => [verb.name, verb] as const))(
    "the help on %s shows usage, options and examples",
    (name, verb) => {
      const reply = helpReply(name.toUpperCase(), VERSION);
      expect(reply.text).toContain(`Typed as ${`/mesos ${name} ${verb.takes}`.trim()}.`);
      for (const option of OPTIONS)
        expect(drawn(reply)?.includes(`--${option.name} `) ?? false).toBe(verb.options.includes(option.name));
      for (const example of verb.examples) expect(drawn(reply)?.split("\n")).toContain(`/mesos ${example}`);
      expect(drawn(reply)?.includes("2026-12-01T22:00+08:00")).toBe(name === "drain");
      expect(drawn(reply)?.includes("durations")).toBe(
        ["drain", "extend", "kill-drain", "history"].includes(name),
      );
      expect(reply.next).toBeNull();
    },
  );

  test.each([null, ...VERBS.map(({ name }) => name)])(
    "the help on %s is sent whole, in lines that no channel breaks",
    (topic) => {
      const verb = VERBS.find(({ name }) => name === topic);
      const options = OPTIONS.filter(({ name }) => verb?.options.includes(name));
      const said = [
        ...(verb === undefined ? VERBS.map(({ summary }) => summary) : [usage(verb), ...verb.details]),
        ...options.flatMap((option) => [optionUsage(option), option.summary]),
        ...(verb?.examples ?? []),
      ];
      const { blocks } = renderReply(helpReply(topic, VERSION), readerOf({ command: "/a-long-name" }));
      expect(refusal(blocks)).toBeNull();
      for (const sent of [blocks, forPlainPage({ text: "", blocks }).blocks]) {
        const texts = mrkdwnTexts(sent).map(unescaped);
        for (const one of said)
          expect(wordsOf(texts.join("\n"))).toContain(unescaped(one).replace("/mesos", "/a-long-name"));
        expect(texts.join("\n")).not.toMatch(/…|more line|Cut to fit/);
      }
      const fixed = mrkdwnTexts(blocks).filter((text) => text.startsWith("```"));
      for (const line of fixed.join("\n").split("\n"))
        expect(unescaped(line).length, line).toBeLessThanOrEqual(TABLE_WIDTH);
    },
  );

  test("the help on a verb begins with how it is typed", () => {
    const reply = helpReply("drain", VERSION);
    expect(reply.text.split("\n").slice(0, 2)).toEqual([
      "drain: announce a maintenance; frameworks are asked to leave.",
      "Typed as /mesos drain <hosts> [duration].",
    ]);
    expect(drawn(reply)).toMatch(/^\/mesos drain web-\* 4h\n/);
  });

  test("the help on anything else says so, with the verb that may have been meant", () => {
    expect(helpReply("drian", VERSION)).toMatchObject({
      text: expect.stringMatching(/"drian"/),
      line: "/mesos help drain",
    });
    expect(helpReply("weather", VERSION)).toMatchObject({ text: 'There is no verb "weather".', line: null });
    expect(helpReply("pause", VERSION)).toMatchObject({ line: "/mesos help hold" });
    expect(helpReply("approve", VERSION)).toMatchObject({
      text: expect.stringMatching(/button in the thread/),
    });
  });

  test("the help words an unknown verb as the parser does", () => {
    for (const typed of ["drian", "frobnicate", "pause", "approve"]) {
      expect(parseCommand(typed, inProd)).toMatchObject({ reply: { text: helpReply(typed, VERSION).text } });
    }
  });
});
