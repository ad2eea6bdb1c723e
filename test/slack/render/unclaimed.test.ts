import { expect, test } from "vitest";
import type { UnclaimedShown } from "../../../src/maintenance/adopting/unclaimed.js";
import { parseButton } from "../../../src/slack/render/button-value.js";
import { renderUnclaimed } from "../../../src/slack/render/unclaimed.js";
import { refusal } from "../block-rules.js";
import { NOW } from "../fixtures.js";

const STAND = { startNs: "1792497660000000001", durationNs: null, isDown: true };

function group(names: readonly string[], parts: Partial<UnclaimedShown> = {}): UnclaimedShown {
  return {
    machines: names,
    hosts: names.join(","),
    stand: STAND,
    startMs: NOW - 3_600_000,
    endMs: NOW,
    ...parts,
  };
}

const adopts = (groups: readonly UnclaimedShown[]) =>
  renderUnclaimed("prod", groups, NOW).blocks.flatMap((block) =>
    block.type === "actions"
      ? block.elements.map((element) => parseButton("value" in element ? element.value : undefined))
      : [],
  );

test("each window has its machines, since when it stands, and what adopts just these", () => {
  const { text } = renderUnclaimed(
    "prod",
    [group(["web-01", "web-02"]), group(["db-01"], { stand: { ...STAND, isDown: false }, endMs: null })],
    NOW,
  );
  expect(text).toContain("3 machines of prod");
  expect(text).toContain("ago, and ended");
  expect(text).toContain("and has no end");
  expect(text).toContain("/mesos adopt web-01,web-02 --cluster prod --confirm 2");
  expect(adopts([group(["web-01", "web-02"])])).toEqual([
    { v: 1, adopt: { cluster: "prod", hosts: "web-01,web-02", machines: 2, shown: STAND } },
  ]);
});

test("what does not fit a button is adopted with a pattern, and Slack takes the message however much there is", () => {
  const many = Array.from({ length: 400 }, (_, n) => `web-${n}.rack-${n % 7}.example.com`);
  expect(adopts([group(many)])).toEqual([]);
  const groups = Array.from({ length: 60 }, (_, n) => group(many, { startMs: NOW - n }));
  const message = renderUnclaimed("prod", groups, NOW);
  expect(refusal(message.blocks)).toBeNull();
  expect(JSON.stringify(message.blocks)).toContain("50 more windows");
});
