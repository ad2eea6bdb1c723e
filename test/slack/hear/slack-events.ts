import { type InputName, LABELS } from "../../../src/slack/render/form/inputs.js";
import type { FakeSlack } from "../fake-slack.js";
import { until } from "../until.js";

export const ALICE = { id: "U01ALICE", name: "alice", team_id: "T01" };

/** Of another company, in a channel that is shared with it. */
export const STRANGER = { id: "U09EVE", name: "eve", team_id: "T09" };

type Someone = typeof ALICE;

const TEAM = { id: "T01", domain: "ops" };

/** What Slack sends over the socket, each with the payload of its acknowledgement. */
export function eventsOf(slack: () => FakeSlack) {
  let count = 0;

  async function send(type: string, payload: object): Promise<unknown> {
    count += 1;
    const id = `envelope-${count}`;
    slack()
      .socket()
      ?.send({ type, envelope_id: id, accepts_response_payload: type !== "events_api", payload });
    const ack = await until(() =>
      (slack().socket()?.received ?? []).find((one) => (one as { envelope_id: string }).envelope_id === id),
    );
    return (ack as { payload?: unknown }).payload;
  }

  return {
    type: (text: string, user = ALICE) =>
      send("slash_commands", {
        command: "/mesos",
        text,
        user_id: user.id,
        channel_id: "C01OPS",
        team_id: user.team_id,
        trigger_id: `trigger-${count}`,
        response_url: slack().responseUrl(),
      }),

    /** Submits a view that Slack has, with what was filled in. */
    submit: (view: object, values: object = {}, user: Someone = ALICE) =>
      send("interactive", {
        type: "view_submission",
        user,
        team: TEAM,
        trigger_id: `trigger-${count}`,
        view: { id: "V1", ...view, state: { values } },
      }),

    /** Clicks a button of the Home, which is in no channel. */
    clickHome: (value: string, user: Someone = ALICE) =>
      send("interactive", {
        type: "block_actions",
        user,
        team: TEAM,
        container: { type: "view", view_id: "V0" },
        view: { id: "V0", type: "home" },
        trigger_id: `trigger-${count}`,
        actions: [{ type: "button", action_id: "x", block_id: "b", action_ts: "1", value }],
      }),

    openHome: (more: object = {}, tab = "home") =>
      send("events_api", {
        type: "event_callback",
        team_id: "T01",
        event_id: `Ev${count}`,
        event: { type: "app_home_opened", user: ALICE.id, channel: "D01", tab, event_ts: "1.1" },
        ...more,
      }),
  };
}

/** What was filled in, by input: a text is typed; `choice` and `at` are chosen. */
export function filled(
  answers: Readonly<Record<string, string | { readonly choice: string } | { readonly at: number }>>,
): object {
  return Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [LABELS[name as InputName], { [name]: inputOf(answer) }]),
  );
}

function inputOf(answer: string | { readonly choice: string } | { readonly at: number }): object {
  if (typeof answer === "string") return { type: "plain_text_input", value: answer };
  return "choice" in answer
    ? { type: "static_select", selected_option: { value: answer.choice } }
    : { type: "datetimepicker", selected_date_time: answer.at };
}
