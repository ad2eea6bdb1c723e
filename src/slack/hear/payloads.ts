import { z } from "zod";

/** Ids of Slack: what they name is Slack's to say, but none has anything in it that could be marked up. */
const id = z.string().regex(/^[\w.:-]{1,200}$/);

/** Slack leaves out what it does not know, or sends `null` or nothing for it. */
const perhaps = z
  .string()
  .nullish()
  .transform((text) => text || undefined);

/** Bolt looks a client up by it in an object, which has `constructor` and more by itself. */
const team = id.refine((text) => !(text in Object.prototype));

const perhapsTeam = team
  .or(z.literal(""))
  .nullish()
  .transform((text) => text || undefined);

const LAST_SECOND = 253_402_300_799;

const command = z.object({
  command: z.string().startsWith("/"),
  text: z.string().default(""),
  user_id: id,
  channel_id: id,
  trigger_id: id,
  team_id: perhapsTeam,
  enterprise_id: perhapsTeam,
  response_url: perhaps,
});

const sender = {
  user: z.object({ id, team_id: perhapsTeam }),
  team: z.object({ id: team, enterprise_id: perhapsTeam }).nullish(),
  trigger_id: id,
};

const click = z.object({
  type: z.literal("block_actions"),
  ...sender,
  // The local Slack's Home is in a channel without a name.
  channel: z.object({ id: id.or(z.literal("")) }).nullish(),
  container: z.object({ channel_id: perhaps, message_ts: perhaps, thread_ts: perhaps }).prefault({}),
  message: z.object({ ts: perhaps, thread_ts: perhaps }).nullish(),
  response_url: perhaps,
  actions: z
    .array(
      z.object({
        type: z.string(),
        action_id: z.string(),
        block_id: z.string().default(""),
        // Whoever clicked is told of a value that is not understood.
        value: z.string().optional().catch(undefined),
      }),
    )
    .min(1),
});

/** What was typed into an input, or chosen. */
const filled = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_date_time: z.number().int().min(0).max(LAST_SECOND).nullish(),
});

const submission = z.object({
  type: z.literal("view_submission"),
  ...sender,
  view: z.object({
    type: z.string().default("modal"),
    id,
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), filled)) }),
  }),
});

const homeOpened = z.object({
  type: z.literal("event_callback"),
  team_id: perhapsTeam,
  enterprise_id: perhapsTeam,
  is_ext_shared_channel: z.boolean().optional(),
  event: z.object({ type: z.literal("app_home_opened"), user: id, tab: z.string() }),
});

/** Everything that is heard; each is known by one of its fields. */
const KINDS = { command, block_actions: click, view_submission: submission, event_callback: homeOpened };

export type Payload = z.output<(typeof KINDS)[keyof typeof KINDS]>;

/** What Slack sent as far as it is read here, or why it is not: a clause for the log, without anything that was sent. */
export type PayloadRead =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly why: string };

/**
 * Reads what Slack sent. Signed is not sound: another version of Slack, another app with the same secret or a test by hand may
 * send anything, so nothing is taken for granted past here. Never throws.
 */
export function readPayload(body: unknown): PayloadRead {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return { ok: false, why: "it is no object" };
  const { type } = body as { readonly type?: unknown };
  const kind = "command" in body ? "command" : KIND_NAMES.find((name) => name === type);
  if (kind === undefined) return { ok: false, why: "it is of a kind that the bot does not hear" };
  const read = KINDS[kind].safeParse(body);
  if (read.success) return { ok: true, payload: read.data };
  const [issue] = read.error.issues;
  // Deeper down names are the sender's.
  const path = issue?.path.slice(0, 2).map(String).join(".") ?? "";
  return { ok: false, why: `its field ${path} is missing or is not what it should be` };
}

const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];
