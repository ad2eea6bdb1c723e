import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp, type SlackApp } from "../../../src/slack/app.js";
import { createMessenger } from "../../../src/slack/say/messenger.js";
import { mrkdwnTexts, viewRefusal } from "../block-rules.js";
import { FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { CLUSTER, Recorder } from "../recorder.js";
import { until } from "../until.js";
import { eventsOf, filled, STRANGER } from "./slack-events.js";

let slack: FakeSlack;

let app: SlackApp;

let handlers: Recorder;

const { type, submit } = eventsOf(() => slack);

async function start(recorder = new Recorder()): Promise<void> {
  handlers = recorder;
  const o = { settings: slack.settings("socket"), logger: keepingLogger() };
  const messenger = createMessenger({ ...o, dialogPausesMs: [0, 0] });
  app = createSlackApp({ ...o, handlers, messenger });
  await app.start();
}

beforeEach(async () => {
  slack = await FakeSlack.start();
});

afterEach(async () => {
  await app.stop();
  await slack.stop();
});

type View = Record<string, unknown>;

/** The form that Slack was asked to open. */
async function form(): Promise<View> {
  return (await until(() => slack.callsOf("views.open").at(-1))).view as View;
}

/** The preview that the form's acknowledgement puts above it. */
function pushed(ack: unknown): View {
  const { response_action, view } = ack as { response_action: string; view: View };
  expect(response_action).toBe("push");
  expect(viewRefusal(view)).toBeNull();
  return view;
}

const DRY_RUN = replyOf({ tone: "info", text: "web-* is 6 machines with 12 tasks.", next: "Send it." });

describe("a command that says nothing yet", () => {
  test.each(["", "drain", " Drain "])("%j opens the form, and nothing else is said", async (text) => {
    await start();
    await type(text);
    expect(viewRefusal(await form())).toBeNull();
    expect(handlers.commands).toEqual([]);
    expect(slack.responses).toEqual([]);
  });

  test("is answered as before when Slack does not open the form", async () => {
    await start();
    slack.once("views.open", { error: "expired_trigger_id" });
    handlers.answer = async () => replyOf({ tone: "info", text: "All commands." });
    await type("");
    await until(() => slack.responses.length === 1);
    expect(handlers.commands).toMatchObject([{ text: "" }]);
    expect(slack.responses[0]?.text).toBe("ℹ️ All commands.");
  });

  test("opens nothing for people of another company (invariant 6)", async () => {
    await start();
    await type("", STRANGER);
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toContain("Only members of the workspace");
    expect(slack.callsOf("views.open")).toEqual([]);
  });

  test.each(["status", "drain web-01", "help"])("not so %j, which says what it wants", async (text) => {
    await start();
    await type(text);
    await until(() => handlers.commands.length === 1);
    expect(slack.callsOf("views.open")).toEqual([]);
  });
});

describe("a filled form", () => {
  test("says what is wrong beside each input at once, and queues nothing", async () => {
    await start();
    await type("");
    const errors = await submit(
      await form(),
      filled({ hosts: "web-[", other_duration: "3d", batches: "0", canary: "x", start: { at: 1 } }),
    );
    expect(errors).toEqual({
      response_action: "errors",
      errors: {
        Machines: expect.stringMatching(/web-\[/),
        "Another duration": "3d is longer than the 1 d that prod allows.",
        Batches: "A batch has at least one machine, so not --batch 0.",
        Canary: expect.stringContaining("--canary takes a number of machines"),
        Start: "That time is over. Leave it empty to start at once.",
      },
    });
    expect(handlers.commands).toEqual([]);
  });

  test("without machines asks for them", async () => {
    await start();
    await type("");
    expect(await submit(await form(), {})).toEqual({
      response_action: "errors",
      errors: { Machines: "Which hosts? drain needs them." },
    });
  });

  test("opens a preview above it that says what is being looked at, and cannot be drained yet", async () => {
    await start();
    await type("");
    const view = pushed(await submit(await form(), filled({ hosts: "web-*", duration: { choice: "4h" } })));
    expect(JSON.stringify(view.blocks)).toContain("/mesos drain web-* 4h --cluster prod");
    expect(view).not.toHaveProperty("submit");
    await until(() => handlers.commands.length === 1);
    expect(handlers.commands).toMatchObject([
      { text: "drain web-* 4h --cluster prod --dry-run", user: "U01ALICE", channel: "C01OPS" },
    ]);
  });

  test("is answered in that preview, which can be drained then", async () => {
    await start();
    handlers.answer = async () => DRY_RUN;
    await type("");
    const view = pushed(await submit(await form(), filled({ hosts: "web-*" })));
    const shown = await until(() => slack.callsOf("views.update")[0]);
    expect(shown.external_id).toBe(view.external_id);
    expect(shown.view).toMatchObject({ submit: { text: "Drain" }, external_id: view.external_id });
    expect(JSON.stringify(shown.view)).toContain("web-* is 6 machines");
    expect(slack.responses).toEqual([]);
  });

  test("is answered also where Slack knows the preview a moment later", async () => {
    await start();
    slack.once("views.update", { error: "not_found" });
    handlers.answer = async () => DRY_RUN;
    await type("");
    await submit(await form(), filled({ hosts: "web-*" }));
    await until(() => slack.callsOf("views.update").length === 2);
  });

  test("whose drain would be refused cannot be drained", async () => {
    await start();
    handlers.answer = async () => replyOf({ tone: "refused", text: "It would be refused: too many." });
    await type("");
    await submit(await form(), filled({ hosts: "web-*" }));
    const shown = await until(() => slack.callsOf("views.update")[0]);
    expect(shown.view).not.toHaveProperty("submit");
    expect(JSON.stringify(shown.view)).toContain("too many");
  });

  test("whose drain would be refused says so first, and calls an option by its input", async () => {
    await start();
    handlers.answer = async () =>
      replyOf({
        tone: "refused",
        text: "It would be refused: web-* takes the last agents of rack r1.\nDry run in prod: web-* is 12 machines.",
        notDone: "Nothing was posted: this was a dry run.",
        next: "If you mean all 12, say so with --confirm 12; otherwise use --approve each.",
      });
    await type("");
    await submit(await form(), filled({ hosts: "web-*" }));
    const { view } = (await until(() => slack.callsOf("views.update")[0])) as { view: View };
    expect(viewRefusal(view)).toBeNull();
    expect(mrkdwnTexts(view.blocks as []).slice(0, 3)).toEqual([
      "🚫 It would be refused: web-* takes the last agents of rack r1.\n*Next:* If you mean all 12, say so with “Number of machines” (--confirm) 12; otherwise use --approve each.",
      "ℹ️ Dry run in prod: web-* is 12 machines.\n*Not done:* Nothing was posted: this was a dry run.",
      "Nothing can be drained as it stands. Change it in the form, or copy this line and change that:",
    ]);
  });

  test("takes the number that the preview asks for, and times in the person's zone", async () => {
    await start();
    await type("");
    await submit(await form(), filled({ hosts: "web-*", confirm: "12", start: "2027-01-05 22:00" }));
    await until(() => handlers.commands.length === 1);
    expect(handlers.commands[0]?.text).toMatch(
      /^drain web-\* 2h --at 2027-01-05T21:00Z --confirm 12 --cluster prod --dry-run$/,
    );
  });

  test("that another version opened has its mistakes beside the inputs that are in it", async () => {
    await start();
    await type("");
    const old = { hosts: { hosts: { type: "plain_text_input", value: "web-[" } } };
    expect(await submit(await form(), old)).toMatchObject({
      errors: { hosts: expect.stringContaining("web-[") },
    });
  });

  test("whose preview was closed meanwhile is told nowhere", async () => {
    await start();
    slack.always("views.update", { error: "not_found" });
    handlers.answer = async () => DRY_RUN;
    await type("");
    await submit(await form(), filled({ hosts: "web-*" }));
    await until(() => slack.callsOf("views.update").length === 3);
    expect(slack.responses).toEqual([]);
  });

  test("of somebody of another company is not read, and closes (invariant 6)", async () => {
    await start();
    await type("");
    const ack = await submit(await form(), filled({ hosts: "web-*" }), STRANGER);
    expect(ack).toEqual({ response_action: "clear" });
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toContain("Only members of the workspace");
    expect(handlers.commands).toEqual([]);
  });

  test("of another version says so", async () => {
    await start();
    await type("");
    const ack = await submit({ ...(await form()), private_metadata: "{}" }, filled({ hosts: "web-*" }));
    expect(ack).toMatchObject({ errors: { Machines: expect.stringContaining("Another version") } });
  });

  test("asks for a cluster where the channel means none, and takes the chosen one", async () => {
    const other = { ...CLUSTER, name: "staging", channel: "C02", runbooks: [{ name: "kernel-update" }] };
    await start(new Recorder([{ ...CLUSTER, channel: "C03" }, other]));
    await type("");
    const opened = await form();
    expect(viewRefusal(opened)).toBeNull();
    expect(await submit(opened, filled({ hosts: "web-*" }))).toMatchObject({
      errors: { Cluster: "Choose the cluster." },
    });
    const wrong = filled({ hosts: "a", cluster: { choice: "prod" }, runbook: { choice: "kernel-update" } });
    expect(await submit(opened, wrong)).toMatchObject({
      errors: { Runbook: "prod has no runbook kernel-update; it has none." },
    });
    await submit(opened, filled({ hosts: "a", cluster: { choice: "staging" } }));
    await until(() => handlers.commands.length === 1);
    expect(handlers.commands[0]?.text).toBe("drain a 2h --cluster staging --dry-run");
  });
});

describe("a preview", () => {
  /** The preview of a drain, as Slack has it once the dry run has answered. */
  async function previewed(): Promise<View> {
    handlers.answer = async () => DRY_RUN;
    await type("");
    await submit(await form(), filled({ hosts: "web-*", reason: 'a "small" update', ticket: "OPS-1" }));
    return (await until(() => slack.callsOf("views.update").at(-1))).view as View;
  }

  test("sends the line it shows as if it had been typed, and the answer has the line to copy", async () => {
    await start();
    const view = await previewed();
    handlers.answer = async () => replyOf({ tone: "info", text: "m-7k3q2: drain of web-* is queued." });
    expect(await submit({ ...view, id: "V2" })).toEqual({ response_action: "clear" });
    const line = `drain web-* 2h --reason "a 'small' update" --ticket OPS-1 --cluster prod`;
    await until(() => slack.responses.length === 1);
    expect(handlers.commands.at(-1)).toMatchObject({ text: line, user: "U01ALICE", channel: "C01OPS" });
    expect(JSON.stringify(slack.responses[0])).toContain(`/mesos ${line}`.replaceAll('"', '\\"'));
  });

  test("that is submitted twice is one command", async () => {
    await start();
    const view = await previewed();
    for (const _ of [1, 2]) await submit({ ...view, id: "V2" });
    await until(() => handlers.commands.length === 3);
    expect(handlers.commands.slice(1).map(({ triggerId }) => triggerId)).toEqual(["V2", "V2"]);
  });

  test("of somebody of another company sends nothing (invariant 6)", async () => {
    await start();
    const view = await previewed();
    await submit({ ...view, id: "V2" }, {}, STRANGER);
    await until(() => slack.responses.length === 1);
    expect(slack.responses[0]?.text).toContain("Only members of the workspace");
    expect(handlers.commands).toHaveLength(1);
  });

  test("of another version sends nothing and says so", async () => {
    await start();
    const view = await previewed();
    await submit({ ...view, id: "V2", private_metadata: "x" });
    await until(() => slack.callsOf("chat.postMessage").length === 1);
    expect(slack.callsOf("chat.postMessage")[0]?.text).toContain("another version");
    expect(handlers.commands).toHaveLength(1);
  });
});
