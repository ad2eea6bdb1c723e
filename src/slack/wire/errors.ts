import { webApi } from "@slack/bolt";
import { scrub } from "../../base/scrub.js";

interface Advice {
  /** The same call will fail again until a person has changed something. */
  readonly permanent: boolean;
  readonly what: string;
  readonly next: string;
}

const TOKEN_NEXT =
  "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of the Slack app into SLACK_BOT_TOKEN (for Socket Mode also the app-level token, xapp-…, into SLACK_APP_TOKEN) and restart.";

const WAIT_NEXT = "Nothing: it is tried again. If it goes on, look at https://status.slack.com.";

const INVITE_NEXT = "Type `/invite @<the bot>` in that channel.";

const ADMIN_NEXT = "Ask an administrator of the Slack workspace to let the app post there.";

/**
 * Slack's error codes (its method pages list them) and the failures of the way there, each with what happened and what
 * to do. docs/errors.md shows the same table; a test holds both together.
 */
export const SLACK_FAILURES: Readonly<Record<string, Advice>> = {
  rate_limited: {
    permanent: false,
    what: "Slack asked us to slow down.",
    next: "Nothing: it is sent when the time Slack named has passed.",
  },
  not_in_channel: { permanent: true, what: "The bot is not a member of the channel.", next: INVITE_NEXT },
  channel_not_found: {
    permanent: true,
    what: "Slack knows no such channel, or it is private and the bot is not in it.",
    next: "Use the channel's id (C…, at the end of its details) in the configuration and, if it is private, `/invite @<the bot>` there.",
  },
  is_archived: {
    permanent: true,
    what: "The channel is archived.",
    next: "Unarchive it, or name another channel in the configuration.",
  },
  invalid_auth: { permanent: true, what: "Slack does not accept the token.", next: TOKEN_NEXT },
  not_authed: { permanent: true, what: "No token reached Slack.", next: TOKEN_NEXT },
  token_revoked: {
    permanent: true,
    what: "The token was revoked.",
    next: `Install the Slack app again. ${TOKEN_NEXT}`,
  },
  token_expired: {
    permanent: true,
    what: "The token has expired.",
    next: `Turn token rotation off for the Slack app. ${TOKEN_NEXT}`,
  },
  account_inactive: {
    permanent: true,
    what: "The Slack app was removed from the workspace.",
    next: `Install the Slack app again. ${TOKEN_NEXT}`,
  },
  not_allowed_token_type: {
    permanent: true,
    what: "A token of the wrong kind is set.",
    next: "SLACK_BOT_TOKEN begins with xoxb-, SLACK_APP_TOKEN with xapp-. Swap or replace them and restart.",
  },
  missing_scope: {
    permanent: true,
    what: "The Slack app lacks a permission (scope).",
    next: "Add it under OAuth & Permissions (manifest.json has them all) and install the app again.",
  },
  restricted_action: {
    permanent: true,
    what: "The workspace does not let the app post there.",
    next: ADMIN_NEXT,
  },
  no_permission: { permanent: true, what: "The workspace does not let the app do this.", next: ADMIN_NEXT },
  message_not_found: {
    permanent: true,
    what: "The message to change is gone.",
    next: "Nothing: a new one is posted with the next change.",
  },
  cant_update_message: {
    permanent: true,
    what: "The message belongs to another app or token.",
    next: "Nothing: a new one is posted with the next change.",
  },
  msg_too_long: {
    permanent: true,
    what: "The message is too long for Slack.",
    next: "Look at the maintenance with /mesos status, and report this.",
  },
  msg_blocks_too_long: {
    permanent: true,
    what: "The message is too long for Slack.",
    next: "Look at the maintenance with /mesos status, and report this.",
  },
  invalid_blocks: {
    permanent: true,
    what: "Slack did not accept the layout of the message.",
    next: "Look at the maintenance with /mesos status, and report this.",
  },
  user_not_in_channel: {
    permanent: true,
    what: "The person is not a member of the channel.",
    next: "Ask them to join it.",
  },
  expired_url: {
    permanent: true,
    what: "Slack takes no more answers to this command or click (30 minutes, 5 answers).",
    next: "Type the command again.",
  },
  expired_trigger_id: {
    permanent: true,
    what: "Slack opens no dialog for this click any more (3 seconds, one dialog).",
    next: "Press the button again, or type the command.",
  },
  no_such_subteam: {
    permanent: true,
    what: "There is no such user group, or it is disabled.",
    next: "Use the group's id (S…, in the web address of the group's page) in the clusters file, or enable the group.",
  },
  plan_upgrade_required: {
    permanent: true,
    what: "The workspace's plan has no user groups.",
    next: "Name people by their user ids (U…) in the clusters file instead of user groups.",
  },
  file_uploads_disabled: {
    permanent: true,
    what: "The workspace takes no files.",
    next: "Nothing: the text is posted as a message, cut to fit. For whole lists ask an administrator to allow files.",
  },
  messages_tab_disabled: {
    permanent: true,
    what: "The Slack app takes no direct messages.",
    next: "Turn the Messages Tab on under App Home of the Slack app (manifest.json does).",
  },
  timeout: { permanent: false, what: "Slack did not answer in time.", next: WAIT_NEXT },
  network: {
    permanent: false,
    what: "Slack could not be reached.",
    next: "Look at the way out from this machine to slack.com (DNS, proxy, firewall). It is tried again.",
  },
  server_error: { permanent: false, what: "Slack failed on its side.", next: WAIT_NEXT },
  unknown: {
    permanent: true,
    what: "Slack refused the call.",
    next: "Look the code up on the page of that method at docs.slack.dev.",
  },
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
  edit_window_closed: "cant_update_message",
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

  constructor(
    code: string,
    o: { doing: string; retryAfterMs?: number | null; detail?: string | null; cause?: unknown },
  ) {
    const advice = SLACK_FAILURES[SAME[code] ?? code] ?? SLACK_FAILURES.unknown;
    const detail = o.detail ? ` ${scrub(o.detail).replace(/[^.!?]$/, "$&.")}` : "";
    const what = `${o.doing}: ${advice?.what ?? "Slack refused the call."} (${code})${detail}`;
    super(`${what} ${advice?.next ?? ""}`.trim(), o.cause === undefined ? undefined : { cause: o.cause });
    this.code = code;
    this.retryAfterMs = o.retryAfterMs ?? null;
    this.permanent = advice?.permanent ?? true;
    this.what = what;
    this.next = advice?.next ?? "";
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
    return new SlackFailure("network", { doing, detail: networkDetail(original) });
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
    ? messages
        .filter((text) => typeof text === "string")
        .join(" ")
        .slice(0, 300)
    : null;
}

/** `fetch failed` says nothing; its cause (`ECONNREFUSED …`) does. */
function networkDetail(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
