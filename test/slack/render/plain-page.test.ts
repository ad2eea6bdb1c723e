import type { types } from "@slack/bolt";
import { expect, test } from "vitest";
import { undoFormatting } from "../../../src/commands/unformat.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { moment } from "../../../src/maintenance/text/tokens.js";
import { INPUT } from "../../../src/slack/hear/modals.js";
import { renderForm } from "../../../src/slack/render/form/form.js";
import { renderAwaited } from "../../../src/slack/render/form/preview.js";
import { forPlainPage, viewForPlainPage } from "../../../src/slack/render/plain-page.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import { readerOf } from "../../support/drawn.js";
import { NOW } from "../../support/world.js";
import { mrkdwnTexts, viewRefusal } from "../block-rules.js";

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

const HOUR = 3_600_000;

const FORM = renderForm(
  {
    clusters: [{ name: "prod", defaultDurationMs: 2 * HOUR, maxDurationMs: 24 * HOUR, runbooks: [] }],
    chosen: "prod",
    timeZone: "UTC",
  },
  "/mesos",
  "{}",
);

test("a form for that page has all inputs, and the start is typed there", () => {
  const { blocks } = viewForPlainPage(FORM);
  expect(viewRefusal(viewForPlainPage(FORM))).toBeNull();
  expect(blocks.map(({ block_id }) => block_id)).toEqual(FORM.blocks.map(({ block_id }) => block_id));
  expect(blocks.find(({ block_id }) => block_id === "Start")).toMatchObject({
    optional: true,
    element: { type: "plain_text_input", action_id: "start", placeholder: { text: "tomorrow 22:00" } },
    hint: { text: expect.stringMatching(/^Empty: at once\. .* 2026-12-01T22:00\+08:00, in UTC/) },
  });
});

test("no input of a form has another id than its label, which that page says where something is wrong with it", () => {
  const inputs = FORM.blocks.filter((block): block is types.InputBlock => block.type === "input");
  expect(inputs.length).toBeGreaterThan(8);
  for (const { block_id, label } of inputs) expect(block_id).toBe(label.text);
  expect(INPUT).toMatch(/^[A-Z][a-z]+$/);
});

test("that page closes all dialogs at once, so no button says that it leads back", () => {
  const at = { channel: "C1", responseUrl: null, command: "/mesos" };
  const preview = renderAwaited(at, { id: "p", line: "drain web-*" });
  expect(preview.close).toMatchObject({ text: "Back" });
  expect(viewForPlainPage(preview).close).toMatchObject({ text: "Close" });
  expect(viewForPlainPage(FORM).close).toMatchObject({ text: "Cancel" });
});

test("signs of host patterns that Slack does not take for markup are none on that page either", () => {
  const reply = replyOf({
    tone: "refused",
    text: "web-*,db-*,kafka-01 and ~web-(1|4),~db-1 are not there.",
    next: "Look with hosts *",
    table: "drain web-*  foo-*",
  });
  const { blocks } = forPlainPage(renderReply(reply, readerOf()));
  const texts = mrkdwnTexts(blocks).join("\n");
  expect(texts).toContain(
    "web-∗,db-∗,kafka-01 and ∼web-(1|4),∼db-1 are not there.\n*Next:* Look with hosts ∗",
  );
  expect(texts).toContain("web-\u2060∗\u00a0\u00a0foo-\u2060∗");
  expect(undoFormatting("web-∗ ∼db")).toBe("web-* ~db");
});
