import { webApi } from "@slack/bolt";
import { inWords } from "../../base/in-words.js";
import { scrub } from "../../base/scrub.js";

interface Advice {
  /** The same call will fail again until a person has changed something. */
  readonly permanent: boolean;
  readonly what: string;
  readonly next: string;
}

/** For what fails again until a person has changed something. */
function lasting(what: string, next: string): Advice {
  return { permanent: true, what, next };
}

/** For what may be over when the call is tried again. */
function passing(what: string, next: string): Advice {
  return { permanent: false, what, next };
}

const TOKEN_NEXT =
  "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of the Slack app into SLACK_BOT_TOKEN (for Socket Mode also the app-level token, xapp-…, into SLACK_APP_TOKEN) and restart.";

const WAIT_NEXT = "Nothing: it is tried again. If it goes on, look at https://status.slack.com.";

const INVITE_NEXT = "Type `/invite @<the bot>` in that channel.";

const REPORT_NEXT = "Look at the maintenance with /mesos status, and report this.";

const ADMIN_NEXT = "Ask an administrator of the Slack workspace to let the app post there.";

const UNKNOWN = lasting(
  "Slack refused the call.",
  "Look the code up on the page of that method at docs.slack.dev.",
);

/**
 * Slack's error codes (its method pages list them) and the failures of the way there, each with what happened and what
 * to do. docs/errors.md shows the same table; a test holds both together.
 */
export const SLACK_FAILURES: Readonly<Record<string, Advice>> = {
  rate_limited: passing(
    "Slack asked us to slow down.",
    "Nothing: it is sent when the time Slack named has passed.",
  ),
  not_in_channel: lasting("The bot is not a member of the channel.", INVITE_NEXT),
  channel_not_found: lasting(
    "Slack knows no such channel, or it is private and the bot is not in it.",
    "Use the channel's id (C…, at the end of its details) in the configuration and, if it is private, `/invite @<the bot>` there.",
  ),
  is_archived: lasting(
    "The channel is archived.",
    "Unarchive it, or name another channel in the configuration.",
  ),
  invalid_auth: lasting("Slack does not accept the token.", TOKEN_NEXT),
  not_authed: lasting("No token reached Slack.", TOKEN_NEXT),
  token_revoked: lasting("The token was revoked.", `Install the Slack app again. ${TOKEN_NEXT}`),
  token_expired: lasting(
    "The token has expired.",
    `Turn token rotation off for the Slack app. ${TOKEN_NEXT}`,
  ),
  account_inactive: lasting(
    "The Slack app was removed from the workspace.",
    `Install the Slack app again. ${TOKEN_NEXT}`,
  ),
  not_allowed_token_type: lasting(
    "A token of the wrong kind is set.",
    "SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-. Swap or replace them and restart.",
  ),
  missing_scope: lasting(
    "The Slack app lacks a permission (scope).",
    "Add it under OAuth & Permissions (manifest.json has them all) and install the app again.",
  ),
  restricted_action: lasting("The workspace does not let the app post there.", ADMIN_NEXT),
  no_permission: lasting("The workspace does not let the app do this.", ADMIN_NEXT),
  msg_too_long: lasting("The message is too long for Slack.", REPORT_NEXT),
  invalid_blocks: lasting("Slack did not accept the layout of the message.", REPORT_NEXT),
  user_not_in_channel: lasting("The person is not a member of the channel.", "Ask them to join it."),
  expired_url: lasting(
    "Slack takes no more answers to this command or click (30 minutes, 5 answers).",
    "Type the command again.",
  ),
  expired_trigger_id: lasting(
    "Slack opens no dialog for this click any more (3 seconds, one dialog).",
    "Press the button again, or type the command.",
  ),
  no_such_subteam: lasting(
    "There is no such user group, or it is disabled.",
    "Use the group's id (S…, in the web address of the group's page) in the clusters file, or enable the group.",
  ),
  plan_upgrade_required: lasting(
    "The workspace's plan has no user groups.",
    "Name people by their user ids (U…) in the clusters file instead of user groups.",
  ),
  file_uploads_disabled: lasting(
    "The workspace takes no files.",
    "Nothing: the text is posted as a message, cut to fit. For whole lists ask an administrator to allow files.",
  ),
  messages_tab_disabled: lasting(
    "The Slack app takes no direct messages.",
    "Turn the Messages Tab on under App Home of the Slack app (manifest.json does).",
  ),
  timeout: passing("Slack did not answer in time.", WAIT_NEXT),
  network: passing(
    "Slack could not be reached.",
    "Look at the way out from this machine to slack.com (DNS, proxy, firewall). It is tried again.",
  ),
  proxy_refused: passing(
    "The proxy did not let the call through to Slack.",
    "Check HTTPS_PROXY, user and password included, and whether the proxy lets this machine through to slack.com and its subdomains. It is tried again.",
  ),
  server_error: passing("Slack failed on its side.", WAIT_NEXT),
  unknown: UNKNOWN,
};

/** Codes of Slack that mean the same as one in the table. */
const SAME: Readonly<Record<string, string>> = {
  ratelimited: "rate_limited",
  message_limit_exceeded: "rate_limited",
  invalid_blocks_format: "invalid_blocks",
  restricted_action_read_only_channel: "restricted_action",
  restricted_action_thread_only_channel: "restricted_action",
  restricted_action_non_threadable_channel: "restricted_action",
  accesslimited: "no_permission",
  ekm_access_denied: "no_permission",
  team_access_not_granted: "no_permission",
  access_denied: "no_permission",
  msg_blocks_too_long: "msg_too_long",
  used_url: "expired_url",
  exchanged_trigger_id: "expired_trigger_id",
  invalid_trigger_id: "expired_trigger_id",
  subteam_disabled: "no_such_subteam",
  file_uploads_except_images_disabled: "file_uploads_disabled",
  // A workspace that is being moved to another organisation; Slack says that it is back afterwards.
  org_login_required: "server_error",
  team_added_to_org: "server_error",
  fatal_error: "server_error",
  internal_error: "server_error",
  service_unavailable: "server_error",
  request_timeout: "timeout",
};

/** A call to Slack that failed: what it was, and what to do. `message` is both in one sentence or two; never a token. */
export class SlackFailure extends Error {
  override readonly name = "SlackFailure";
  /** Slack's own code, or `network`, `timeout`, `server_error`. */
  readonly code: string;
  /** How long Slack asks to wait, or `null`. */
  readonly retryAfterMs: number | null;
  /** Whether trying again without a person's doing is pointless. */
  readonly permanent: boolean;
  readonly what: string;
  readonly next: string;
  readonly #said: string | null;

  constructor(
    code: string,
    o: {
      doing: string;
      retryAfterMs?: number | null;
      detail?: string | null;
      /** What a library said of it in its own words, for the log alone. */
      said?: string;
      cause?: unknown;
    },
  ) {
    const advice = SLACK_FAILURES[SAME[code] ?? code] ?? UNKNOWN;
    const detail = o.detail ? ` ${o.detail.replace(/[^.!?]$/, "$&.")}` : "";
    const what = scrub(`${o.doing}: ${advice.what} (${code})${detail}`);
    super(`${what} ${advice.next}`, o.cause === undefined ? undefined : { cause: o.cause });
    this.code = code;
    this.retryAfterMs = o.retryAfterMs ?? null;
    this.permanent = advice.permanent;
    this.what = what;
    this.#said = o.said === undefined ? null : scrub(o.said);
    this.next = advice.next;
  }

  /** What a log line says of it. */
  get fields(): { readonly code: string; readonly err: string; readonly said?: string } {
    const said = this.#said === null ? {} : { said: this.#said };
    return { code: this.code, err: this.message, ...said };
  }

  /** Any error of Slack's client as a SlackFailure. `doing` says what was tried: `posting to C01`. */
  static from(error: unknown, doing: string): SlackFailure {
    if (error instanceof SlackFailure) return error;
    if (error instanceof webApi.WebAPIRateLimitedError) {
      return new SlackFailure("rate_limited", { doing, retryAfterMs: error.retryAfter * 1000 });
    }
    if (error instanceof webApi.WebAPIPlatformError) {
      return new SlackFailure(error.data.error, { doing, detail: detailOf(error.data), cause: error });
    }
    if (error instanceof webApi.WebAPIHTTPError) {
      return new SlackFailure("server_error", { doing, detail: `HTTP ${error.statusCode}.` });
    }
    const original = error instanceof webApi.WebAPIRequestError ? error.original : error;
    if (original instanceof Error && (original.name === "TimeoutError" || original.name === "AbortError")) {
      return new SlackFailure("timeout", { doing });
    }
    // Not an error of the way there: Slack's storage answered the upload of a file with something other than 200.
    if (original instanceof Error && original.message.startsWith("Failed to upload file")) {
      return new SlackFailure("server_error", { doing, detail: "Its storage did not take the file." });
    }
    const said = innermost(original);
    const status = /^Proxy response \((\d{3})\)/.exec(said)?.[1];
    if (status !== undefined) return new SlackFailure("proxy_refused", { doing, detail: `HTTP ${status}.` });
    const why = inWords(original);
    return new SlackFailure("network", {
      doing,
      detail: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
      said,
    });
  }
}

/** What the call comes to; throws a SlackFailure and nothing else. `doing` as of `SlackFailure.from`. */
export async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw SlackFailure.from(error, doing);
  }
}

/** `missing_scope` names what is needed; `invalid_blocks` names the place. */
function detailOf(data: object): string | null {
  const { needed, provided, response_metadata: meta } = data as Record<string, unknown>;
  if (typeof needed === "string") {
    return `Needed: ${needed}.${typeof provided === "string" ? ` It has: ${provided}.` : ""}`;
  }
  const messages = (meta as { messages?: unknown } | undefined)?.messages;
  return Array.isArray(messages)
    ? scrub(messages.filter((text) => typeof text === "string").join(" ")).slice(0, 300)
    : null;
}

/** `fetch failed` says nothing; its cause (`ECONNREFUSED …`) does, or the cause of that. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return innermost(error.cause);
  return error.message || error.name;
}
