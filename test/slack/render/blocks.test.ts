import { describe, expect, test } from "vitest";
import { actions, button, fields, header, message, section } from "../../../src/slack/render/blocks.js";
import { fixedText } from "../../../src/slack/render/fixed-text.js";
import { cutTo, Mrkdwn, mrk } from "../../../src/slack/render/mrkdwn.js";
import { bar } from "../../../src/slack/render/parts.js";
import { refusal } from "../block-rules.js";
import { renderText } from "../plain-text.js";

const details = button("Details", { v: 1, id: "m-7k3q", show: "details" });

describe("a message's text", () => {
  test("a message's text says all that its blocks say, for those who hear it or see it on a locked phone", () => {
    const blocks = [
      header("m-7k3q <draining>"),
      fields([mrk`*Window*\n4 h`, mrk`*Tasks*\n3 left`]),
      section(mrk`Machines ${"web-01"}`),
      ...actions([details]),
    ];
    expect(message(blocks).text).toBe(
      "m-7k3q &lt;draining&gt;\n*Window*\n4 h\n*Tasks*\n3 left\nMachines web-01",
    );
  });

  test("a message's text has no bar, which would be read aloud sign by sign, but its number", () => {
    expect(message([section(mrk`3 of 11 left  ${bar(3, 11)}`)]).text).toBe("3 of 11 left 72 % gone");
  });

  test("a message's text begins with what it is about", () => {
    expect(message([section(mrk`*Empty:* no tasks`)], mrk`${"m-7k3q"}: `).text).toBe(
      "m-7k3q: *Empty:* no tasks",
    );
  });

  test("a message's text is cut to what Slack advises, and leaves no table open", () => {
    const table = Array.from({ length: 200 }, (_, row) => `web-${row}  draining  3 tasks`).join("\n");
    const { text } = message(fixedText(table));
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).toMatch(/\n```…$/);
  });
});

describe("a message that is too large", () => {
  const many = (n: number, length: number) =>
    Array.from({ length: n }, () => section(new Mrkdwn("x".repeat(length))));

  test("a message of just as many blocks as Slack takes is sent as it is", () => {
    expect(message(many(50, 1)).blocks).toHaveLength(50);
  });

  test.each([
    ["blocks", many(60, 1)],
    ["characters", many(4, 2500)],
    ["characters, with the note that it was cut", [...many(3, 3000), ...many(1, 985), ...many(1, 100)]],
  ])("in %s keeps its buttons, is cut and says so", (_, blocks) => {
    const sent = message([...blocks, ...actions([details])]);
    expect(refusal(sent.blocks)).toBeNull();
    expect(renderText(sent)).toMatch(/Cut to fit into a message\.\n\[Details\]$/);
  });

  test("a message that is too large counts what its dialogs say as well", () => {
    const confirm = { title: "Sure?", text: "x".repeat(300), confirm: "Yes", deny: "No" };
    const value = { v: 1 as const, id: "m-7k3q", decision: { kind: "cancel" as const } };
    const sent = message([...many(4, 2450), ...actions([button("Cancel", value, { confirm })])]);
    expect(refusal(sent.blocks)).toBeNull();
  });
});

describe("a cut text", () => {
  const cut = (text: string, max: number) => cutTo(new Mrkdwn(text), max).text;

  test.each([
    ["`web-01` and more", 12, "`web-01`…"],
    ["on `web-01` and more", 13, "on `web-`…"],
    ["```\nweb-01\nweb-02\n```", 18, "```\nweb-01\nwe\n```…"],
    ["```\nweb-01\n```\nand more", 18, "```\nweb-01\n```…"],
    ["```\nweb-01\n```\nand more", 19, "```\nweb-01\n```…"],
  ])("%j has no open code", (text, max, expected) => {
    expect(cut(text, max)).toBe(expected);
    expect(cut(text, max).length).toBeLessThanOrEqual(max);
  });
});
