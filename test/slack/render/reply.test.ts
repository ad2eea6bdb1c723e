import { describe, expect, test } from "vitest";
import { type Reply, replyOf } from "../../../src/maintenance/text/reply.js";
import { parseButton } from "../../../src/slack/render/button-value.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import { readerOf } from "../../support/drawn.js";
import { mrkdwnTexts, refusal } from "../block-rules.js";
import { renderText } from "../plain-text.js";

const READER = readerOf();

describe("what one person is told", () => {
  test("a reply has what happened, the master's words, what was not done, what to do and the line to copy", () => {
    const shown = renderText(
      renderReply(
        replyOf({
          tone: "refused",
          text: "web-01 is in a window already.",
          said: "Machine appears more than once",
          notDone: "Nothing was posted.",
          next: "Ask <@U02BOB>, or leave it out.",
          line: "/mesos drain web-*:!web-01 4h",
        }),
        READER,
      ),
    );
    expect(shown).toBe(
      [
        "🚫 web-01 is in a window already.",
        "> Machine appears more than once",
        "Not done: Nothing was posted.",
        "Next: Ask @U02BOB, or leave it out.",
        "/mesos drain web-*:!web-01 4h\n",
      ].join("\n"),
    );
  });

  test("a line that is offered has a button that carries it as the person calls the command", () => {
    const line = "/mesos drain web-01 --at 2026-12-01T22:00+08:00";
    const buttons = (reply: Partial<Reply>) =>
      renderReply(
        replyOf({ tone: "info", text: "That is.", line, ...reply }),
        readerOf({ command: "/ops" }),
      ).blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
    const [button, ...more] = buttons({ offer: "13.37" });
    expect(more).toEqual([]);
    expect(button).toMatchObject({ text: { text: "Send this line" }, style: "primary" });
    expect(parseButton(button !== undefined && "value" in button ? button.value : "")).toEqual({
      v: 1,
      command: "/ops",
      line: "/ops drain web-01 --at 2026-12-01T22:00+08:00",
      offer: "13.37",
    });
    expect(buttons({})).toEqual([]);
    // Longer than a button can carry: it is left to be copied.
    expect(buttons({ offer: "13.37", line: `/mesos drain ${"x".repeat(2_000)}` })).toEqual([]);
  });

  test("a reply names a person as a person, and nothing else becomes a mention", () => {
    const [text = ""] = mrkdwnTexts(
      renderReply(
        replyOf({ tone: "info", text: "@U02BOB and <@U01ALICE> did in <#C01OPS>; <!channel> <@U1|x>" }),
        READER,
      ).blocks,
    );
    expect(text).toBe("ℹ️ @U02BOB and <@U01ALICE> did in <#C01OPS>; &lt;!channel&gt; &lt;@U1|x&gt;");
  });

  test("a reply keeps a table's columns", () => {
    const shown = renderText(
      renderReply(replyOf({ tone: "info", text: "Hosts:", table: "NAME    MODE\n  web-01  up" }), READER),
    );
    expect(shown).toContain("NAME    MODE\n  web-01  up");
  });

  test("a reply says of one line that is left out: one line", () => {
    const table = Array.from({ length: 66 }, () => "x".repeat(99)).join("\n");
    expect(renderText(renderReply(replyOf({ tone: "info", text: "Hosts:", table }), READER))).toMatch(
      /and 1 more line_$/,
    );
  });

  test("a reply cuts a long table at a line, says how much is left out, and no line can end the code block", () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `web-${index} \`\`\` <!channel>`);
    const message = renderReply(replyOf({ tone: "info", text: "Hosts:", table: lines.join("\n") }), READER);
    expect(refusal(message.blocks)).toBeNull();
    const shown = renderText(message);
    const left = Number(/and (\d+) more lines/.exec(shown)?.[1]);
    expect(shown.match(/^web-\d+ /gm)?.length).toBe(2000 - left);
    for (const text of mrkdwnTexts(message.blocks)) {
      expect((text.match(/```/g)?.length ?? 0) % 2).toBe(0);
      expect(text).not.toContain("<!");
    }
  });
});
