import { describe, expect, it } from "vitest";
import type { Approval } from "../../src/maintenance/record.js";
import { renderText } from "../../src/slack/blocks.js";
import { parseButton } from "../../src/slack/button-value.js";
import { renderApproval } from "../../src/slack/render-approval.js";
import { approvalOf, batchOf, HOUR, NOW, recordOf, seenOf } from "./fixtures.js";

const render = (parts: Partial<Approval> = {}, now = NOW) =>
  renderApproval(recordOf(), batchOf(), approvalOf(parts), now);
const text = (parts: Partial<Approval> = {}, now = NOW) => renderText(render(parts, now));

describe("the question", () => {
  it("shows what will be lost, who refuses, and which machines", () => {
    expect(text({ askedBy: "U01ALICE" })).toBe(
      [
        "Take 2 machines down?",
        "m-7k3q in prod · asked 2026-11-20 21:52 UTC by @U01ALICE · expires 2026-11-20 22:52 UTC",
        "Will be lost: 3 tasks (marathon 2, kafka 1).",
        "promised 1 · refused 1 (kafka on web-02) · silent 1 (chronos on web-02) · empty 0",
        "Machines  web-01, web-02",
        "Tasks  /billing/api on web-01, /billing/api on web-01, kafka-3 on web-02",
        "[Approve Down] [Deny]",
      ].join("\n"),
    );
  });

  it("says so when nothing will be lost", () => {
    expect(text({ seen: seenOf({ tasks: [], verdicts: [] }) })).toContain(
      "No tasks are left on them: nothing will be lost.",
    );
  });

  it("asks once more before Down, and its buttons answer this question only", () => {
    const row = render().blocks.find((block) => block.type === "actions");
    const buttons =
      row?.type === "actions" ? row.elements.filter((element) => element.type === "button") : [];
    expect(buttons.map((button) => [button.text.text, button.style, button.confirm !== undefined])).toEqual([
      ["Approve Down", "danger", true],
      ["Deny", undefined, false],
    ]);
    expect(buttons.map((button) => parseButton(button.value))).toEqual([
      {
        ok: true,
        value: { v: 1, id: "m-7k3q", rev: 7, decision: { kind: "approve", batch: "b1", approval: "a1" } },
      },
      {
        ok: true,
        value: {
          v: 1,
          id: "m-7k3q",
          rev: 7,
          decision: { kind: "deny", batch: "b1", approval: "a1", reason: null },
        },
      },
    ]);
    expect(buttons[0]?.confirm?.text.text).toContain("3 tasks will be lost");
  });
});

describe("once settled the buttons are gone and the message says", () => {
  const atMs = NOW + 60_000;
  it.each([
    [
      "who approved and when",
      { kind: "granted", by: "U02BOB", atMs },
      "Approved by @U02BOB 2026-11-20 21:53 UTC",
    ],
    [
      "who denied and why",
      { kind: "denied", by: "U02BOB", atMs, reason: "not today" },
      "Denied by @U02BOB 2026-11-20 21:53 UTC: not today. Nothing was taken down.",
    ],
    [
      "who denied without a reason",
      { kind: "denied", by: "U02BOB", atMs, reason: null },
      "Denied by @U02BOB 2026-11-20 21:53 UTC. Nothing was taken down.",
    ],
    ["that it expired", { kind: "expired", atMs }, "Expired 2026-11-20 21:53 UTC. Nothing was taken down."],
    [
      "what changed",
      { kind: "outdated", atMs, changes: ["2 more tasks on web-01", "kafka refuses"] },
      "so nothing was taken down:\n• 2 more tasks on web-01\n• kafka refuses",
    ],
    [
      "that it was withdrawn",
      { kind: "withdrawn", atMs },
      "Withdrawn 2026-11-20 21:53 UTC. Nothing was taken down.",
    ],
  ] as [string, Approval["outcome"], string][])("%s", (_, outcome, words) => {
    expect(text({ outcome })).toContain(words);
    expect(render({ outcome }).blocks.some((block) => block.type === "actions")).toBe(false);
    expect(text({ outcome })).not.toContain("expires");
  });

  it("that it expired, from the moment it does, even before the record says so", () => {
    expect(text({}, NOW + HOUR)).toContain("Expired 2026-11-20 22:52 UTC");
    expect(text({}, NOW + HOUR)).not.toContain("[Approve Down]");
  });
});
