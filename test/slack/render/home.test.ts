import { describe, expect, test } from "vitest";
import { anybody } from "../../../src/maintenance/text/reader.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { type HomeShown, renderClosedHome, renderHome } from "../../../src/slack/render/home/home.js";
import { viewRefusal } from "../block-rules.js";
import { approvalOf, batchOf, HOUR, machines, NOW, recordOf } from "../fixtures.js";

const NOTHING: HomeShown = {
  answer: null,
  questions: [],
  open: [],
  unreadable: [],
  nowMs: NOW,
  version: "1.2.3",
};

const NEWER = { id: "m-newer", why: "not_understood", bytes: null } as const;

const LARGE = { id: "m-large", why: "too_large", bytes: 52_000_000 } as const;

const ANYBODY = anybody("/mesos", NOW);

const textOf = (shown: Partial<HomeShown>) =>
  JSON.stringify(renderHome({ ...NOTHING, ...shown }, ANYBODY).blocks);

describe("a Home", () => {
  test("with nothing open says so, offers the form, and names the version", () => {
    const text = textOf({});
    expect(viewRefusal(renderHome(NOTHING, ANYBODY))).toBeNull();
    for (const said of ["Nothing is open", "New maintenance", "version 1.2.3", "/mesos help"])
      expect(text).toContain(said);
  });

  test("shows each open maintenance with its state, its window, its machines, its card and its buttons", () => {
    const record = recordOf({ reason: "new <!channel> kernel" });
    const text = textOf({ open: [{ record, address: "https://ops.slack.com/archives/C1/p1" }] });
    for (const said of ["m-7k3q", "draining", "web-01", "(4 h)", "archives/C1/p1", "cancel:m-7k3q"])
      expect(text).toContain(said);
    expect(text).not.toContain("<!channel>");
  });

  test("links a question and has no button that answers it (invariant 5)", () => {
    const batch = batchOf({ phase: "awaiting_approval", approvals: [approvalOf()] });
    const record = recordOf({ batches: [batch] });
    const question = { record, batch, approval: approvalOf() };
    const linked = textOf({ questions: [{ ...question, address: "https://ops.slack.com/archives/C1/p2" }] });
    expect(linked).toContain("archives/C1/p2|Open the question");
    expect(linked).not.toContain("approve");
    expect(textOf({ questions: [{ ...question, address: undefined }] })).toContain("in the thread of m-7k3q");
  });

  test("names the windows that are still to begin, the next first", () => {
    const at = (hours: number) => {
      const start = BigInt(NOW + hours * HOUR) * 1_000_000n;
      return batchOf({ id: `b${hours}`, window: { start, duration: BigInt(HOUR) * 1_000_000n } });
    };
    const early = batchOf({ id: "b2", phase: "down", window: at(2).window });
    const record = recordOf({ batches: [at(5), at(-1), at(3), early] });
    const next = /Next windows.*/.exec(textOf({ open: [{ record, address: undefined }] }))?.[0] ?? "";
    expect([...next.matchAll(/batch (\d) of 4/g)].map(([, batch]) => batch)).toEqual(["3", "1"]);
  });

  test("says which maintenances it cannot read, why, what is not done for it and what to do", () => {
    const text = textOf({ unreadable: [NEWER, LARGE] });
    expect(text).toMatch(
      /2 records cannot be read: m-newer \(not understood .*; m-large \(too large .* 52\.0 MB\)/,
    );
    expect(text).toMatch(
      /Nothing is done for what cannot be read.*Next: Run the newer version .* Look at the record/,
    );
  });

  test("shows what somebody was told about what they did here", () => {
    expect(textOf({ answer: replyOf({ tone: "done", text: "Held." }) })).toContain("✅ Held.");
  });

  test("is one that Slack takes, however much is open, and counts what it leaves out", () => {
    const approvals = [approvalOf()];
    const record = recordOf({
      batches: Array.from({ length: 9 }, (_, n) =>
        batchOf({ id: `b${n}`, machines: machines(200), approvals, phase: "awaiting_approval" }),
      ),
      reason: "x".repeat(300),
    });
    const open = Array.from({ length: 200 }, () => ({
      record,
      address: `https://ops.slack.com/${"a".repeat(200)}`,
    }));
    const questions = open.map((one) => ({ ...one, batch: batchOf({ approvals }), approval: approvalOf() }));
    const answer = replyOf({ tone: "info", text: "y".repeat(2000), table: "z\n".repeat(5000) });
    const view = renderHome({ ...NOTHING, open, questions, answer, unreadable: [LARGE] }, ANYBODY);
    expect(viewRefusal(view)).toBeNull();
    expect(JSON.stringify(view)).toContain("and 170 more maintenances");
    expect(JSON.stringify(view)).toContain("and 185 more questions");
    expect(JSON.stringify(view)).toContain("version 1.2.3");
  });

  test("that is closed says why alone", () => {
    const view = renderClosedHome(replyOf({ tone: "refused", text: "Only members may." }), ANYBODY);
    expect(viewRefusal(view)).toBeNull();
    expect(JSON.stringify(view)).toContain("Only members may.");
    expect(JSON.stringify(view)).not.toContain("New maintenance");
  });
});
