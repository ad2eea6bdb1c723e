import { expect, test } from "vitest";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { moment } from "../../../src/maintenance/text/tokens.js";
import { forPlainPage } from "../../../src/slack/render/plain-page.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import { readerOf } from "../../support/drawn.js";
import { NOW } from "../../support/world.js";
import { mrkdwnTexts } from "../block-rules.js";

test("a page that draws neither blocks of code nor dates nor escapes gets what they stand for", () => {
  const reply = replyOf({
    tone: "info",
    text: `Until ${moment(NOW)}, by <!subteam^S01OPS> & <@U01ALICE>.`,
    table: "/mesos drain <hosts>   --in\n\n/mesos up     <id>   bring back",
  });
  const { blocks, text } = forPlainPage(renderReply(reply, readerOf()));
  expect(mrkdwnTexts(blocks)).toEqual([
    "ℹ️ Until 2026-10-20 12:00 UTC, by @S01OPS & <@U01ALICE>.",
    [
      "`/mesos\u00a0drain\u00a0‹hosts›\u00a0\u00a0\u00a0-\u2060-\u2060in`",
      "",
      "`/mesos\u00a0up\u00a0\u00a0\u00a0\u00a0\u00a0‹id›\u00a0\u00a0\u00a0bring\u00a0back`",
    ].join("\n"),
  ]);
  expect(text).not.toMatch(/```|&lt;|<!/);
});
