import { expect, test } from "vitest";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { moment } from "../../../src/maintenance/text/tokens.js";
import { renderForm } from "../../../src/slack/render/form/form.js";
import { forPlainPage, viewForPlainPage } from "../../../src/slack/render/plain-page.js";
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

test("a form for that page has no input that it cannot draw, and all others", () => {
  const hours = (count: number) => count * 3_600_000;
  const only = { name: "prod", defaultDurationMs: hours(2), maxDurationMs: hours(24), runbooks: [] };
  const form = renderForm({ clusters: [only], chosen: "prod" }, "/mesos", "{}");
  const kept = viewForPlainPage(form).blocks.map(({ block_id }) => block_id);
  expect(kept).toEqual(form.blocks.map(({ block_id }) => block_id).filter((id) => id !== "start"));
  expect(kept).toContain("hosts");
});
