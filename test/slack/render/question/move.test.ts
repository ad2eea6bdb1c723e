import { describe, expect, test } from "vitest";
import type { MovePlan } from "../../../../src/maintenance/record/move.js";
import type { Approval, Maintenance } from "../../../../src/maintenance/record/record.js";
import { renderCard } from "../../../../src/slack/render/card/card.js";
import { renderApproval } from "../../../../src/slack/render/question/question.js";
import { appMove, moveOf, movingApp } from "../../../support/moving.js";
import { approvalOf, batchOf, HOUR, NOW, recordOf } from "../../fixtures.js";
import { renderText } from "../../plain-text.js";

const PLAN: MovePlan = {
  apps: [
    movingApp(),
    movingApp({
      app: "/shop/mail",
      tasks: [{ id: "b1", host: "web-01" }],
      instances: 3,
      healthy: 3,
      hasHealthChecks: false,
    }),
  ],
  stays: [{ framework: "marathon", app: "/db", tasks: 1, why: "It keeps data <there>." }],
};

const render = (parts: Partial<Approval> = {}, record: Partial<Maintenance> = {}, now = NOW) =>
  renderApproval(recordOf(record), batchOf(), approvalOf({ about: "move_tasks", move: PLAN, ...parts }), now);

const labels = (message: ReturnType<typeof render>) =>
  message.blocks.flatMap((block) =>
    "elements" in block
      ? block.elements.flatMap((one) =>
          "text" in one && typeof one.text === "object" ? [one.text.text] : [],
        )
      : [],
  );

describe("the question whether to move tasks", () => {
  test("the question says what would be killed, in which order, what is kept, and what stays and why", () => {
    const lines = renderText(render()).split("\n");
    expect(lines[0]).toBe("Move 3 tasks to other machines?");
    expect(lines).toEqual(
      expect.arrayContaining([
        "• /shop/api: 2 tasks on web-01, web-02 · 4 of 4 healthy · at least 2 stay so",
        "• /shop/mail: 1 task on web-01 · 3 of 3 running, without health checks: running counts as healthy · at least 2 stay so",
        "• /db of marathon: 1 task. It keeps data <there>.",
      ]),
    );
    expect(labels(render())).toEqual(["Approve moving", "Deny", "Hold"]);
  });

  test("once it is settled or has expired it says so, and there is nothing to press", () => {
    const denied = render({ outcome: { kind: "denied", by: "U02BOB", atMs: NOW, reason: null } });
    expect(renderText(denied)).toMatch(
      /Denied by @U02BOB .* No task was killed\..*with Move tasks on the card/,
    );
    expect(labels(denied)).toEqual([]);
    const expired = render({}, {}, NOW + 2 * HOUR);
    expect(renderText(expired)).toMatch(/Expired .* No task was killed/);
    expect(labels(expired)).toEqual([]);
  });

  test("while somebody holds the maintenance it cannot be approved", () => {
    const held = { by: "U02BOB", atMs: NOW, reason: null, as: "operator" } as const;
    expect(labels(render({}, { held }))).toEqual(["Deny", "Release"]);
  });
});

describe("the card while tasks are moved", () => {
  const [api, mail] = PLAN.apps;
  if (api === undefined || mail === undefined) throw new Error("The plan has two apps.");
  const kill = { task: "a1", atMs: NOW, healthy: 4, isGone: true };
  const move = moveOf({
    apps: [appMove({ ...api, kills: [kill] }), appMove({ ...mail, stopped: "It comes back." })],
  });
  const card = (moves: Maintenance["moves"]) => renderText(renderCard(recordOf({ moves }), NOW));

  test("the card shows how far each app is", () => {
    expect(card([move])).toContain(
      "Moving tasks  1 of 3 gone · /shop/api 1 of 2, /shop/mail 0 of 1 (stopped)",
    );
  });

  test("the card says that a Marathon is away", () => {
    expect(card([{ ...move, away: "The Marathon is away." }])).toContain(
      "The Marathon is away. No task is killed meanwhile.",
    );
  });

  test("the card says nothing of it once it is over", () => {
    expect(card([{ ...move, end: { atMs: NOW, why: "Done." } }])).not.toContain("Moving tasks");
  });
});
