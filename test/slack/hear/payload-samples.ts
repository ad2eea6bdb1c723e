import fc from "fast-check";
import { encodeButton } from "../../../src/slack/render/button-value.js";
import { nearly, oddJson } from "../../support/odd-json.js";

/** A slash command as Slack sends it. */
export const COMMAND = {
  command: "/mesos",
  text: "drain web-01 1h",
  user_id: "U01ALICE",
  channel_id: "C1",
  team_id: "T01",
  trigger_id: "trigger-1",
  response_url: "https://hooks.slack.com/commands/T01/1/x",
};

const FROM = { user: { id: "U02BOB", team_id: "T01" }, team: { id: "T01" }, trigger_id: "trigger-2" };

const ID = "m-7k3q2";

const BUTTONS = [
  { v: 1, id: ID, decision: { kind: "approve", batch: "b1", approval: "a1" } },
  { v: 1, id: ID, decision: { kind: "deny", batch: "b1", approval: "a1", reason: null } },
  { v: 1, id: ID, decision: { kind: "hold", reason: null } },
  { v: 1, id: ID, decision: { kind: "extend", byMs: 3_600_000 } },
  { v: 1, id: ID, show: "details" },
  { v: 1, open: "form" },
  { v: 1, line: "drain web-01 1h", offer: "o-1" },
] as const;

const clickWith = (value: string) => ({
  type: "block_actions",
  ...FROM,
  channel: { id: "C1" },
  message: { ts: "1.2", thread_ts: "1.1" },
  container: { type: "message", message_ts: "1.2", channel_id: "C1" },
  actions: [{ type: "button", action_id: "x", block_id: "b", value }],
});

const dialog = (callback_id: string, metadata: unknown, values: object = {}) => ({
  type: "view_submission",
  ...FROM,
  view: {
    type: "modal",
    id: "V1",
    callback_id,
    private_metadata: JSON.stringify(metadata),
    state: { values },
  },
});

const AT = { channel: "C1", responseUrl: null, command: "/mesos" };

const PLACE = { channel: "C1", thread: null, responseUrl: null };

const HOSTS = { hosts: { hosts: { value: "web-01" } } };

/** What Slack sends, of every kind: what the bot hears, and what it does not. */
const PAYLOADS: readonly object[] = [
  COMMAND,
  ...BUTTONS.map((button) => clickWith(encodeButton(button))),
  dialog("deny", { button: BUTTONS[1], place: PLACE }, { Answer: { Answer: { value: "peak" } } }),
  dialog(
    "extend",
    { button: BUTTONS[3], place: PLACE },
    { Answer: { Answer: { selected_option: { value: "3600000" } } } },
  ),
  dialog("drain", { ...AT, timeZone: "Europe/Berlin" }, HOSTS),
  dialog("drain_preview", { ...AT, line: "drain web-01 1h" }),
  { type: "view_closed", ...FROM, view: { type: "modal", id: "V1", callback_id: "deny" }, is_cleared: false },
  { type: "shortcut", ...FROM, callback_id: "drain" },
  {
    type: "message_action",
    ...FROM,
    callback_id: "drain",
    channel: { id: "C1" },
    message: { ts: "1.2", text: "x" },
  },
  { type: "block_suggestion", ...FROM, action_id: "x", block_id: "b", value: "x" },
  {
    type: "event_callback",
    team_id: "T01",
    event: { type: "app_home_opened", user: "U01ALICE", tab: "home" },
  },
  {
    type: "event_callback",
    team_id: "T01",
    event: { type: "message", user: "U01ALICE", text: "x", channel: "C1" },
  },
  { type: "url_verification", challenge: "c" },
];

/** Odd on the outside, or a click and a dialog that carry something odd inside of a text. */
export const payload: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: oddJson },
  { weight: 5, arbitrary: nearly(...PAYLOADS) },
  { weight: 2, arbitrary: nearly(...BUTTONS).map((value) => clickWith(JSON.stringify(value))) },
  {
    weight: 2,
    arbitrary: nearly(
      { button: BUTTONS[1], place: PLACE },
      { ...AT, line: "drain web-01 1h", timeZone: null },
    ).chain((metadata) =>
      fc
        .constantFrom("deny", "hold", "extend", "drain", "drain_preview", "__proto__")
        .map((kind) => dialog(kind, metadata, HOSTS)),
    ),
  },
);
