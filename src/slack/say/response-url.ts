import type { SlackMessage } from "../render/blocks.js";
import { SlackFailure } from "../wire/errors.js";

/**
 * Answers the person who typed a command or clicked, and nobody else. Works in every channel, also where the bot is no
 * member; Slack takes five answers within 30 minutes. Throws a SlackFailure, or what `fetch` throws.
 */
export async function postToResponseUrl(
  url: string,
  thread: string | null,
  message: SlackMessage,
  timeoutMs: number,
): Promise<void> {
  const doing = "answering at the response URL";
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({
      response_type: "ephemeral",
      replace_original: false,
      text: message.text,
      blocks: message.blocks,
      ...(thread === null ? {} : { thread_ts: thread }),
    }),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = await response.text();
  if (response.ok) return;
  if (response.status === 429) {
    throw new SlackFailure("rate_limited", {
      doing,
      retryAfterMs: Number(response.headers.get("retry-after") ?? 1) * 1000,
    });
  }
  if (response.status >= 500)
    throw new SlackFailure("server_error", { doing, detail: `HTTP ${response.status}.` });
  throw new SlackFailure(codeIn(answer), { doing, detail: `HTTP ${response.status}.` });
}

/** Response URLs answer an error as JSON or as its bare code; an old address is simply not found. */
function codeIn(answer: string): string {
  return /^\s*(?:\{.*"error"\s*:\s*")?([a-z]+(?:_[a-z]+)+)/s.exec(answer)?.[1] ?? "expired_url";
}
