import type { SlackMessage } from "../render/blocks.js";
import { SlackFailure } from "../wire/errors.js";
import type { SlackFetch } from "../wire/way-out.js";

/**
 * Answers the person who typed a command or clicked, and nobody else. Works in every channel, also where the bot is no
 * member; Slack takes five answers within 30 minutes. Throws a SlackFailure, or what `fetch` throws.
 */
export async function postToResponseUrl(
  url: string,
  thread: string | null,
  message: SlackMessage,
  timeoutMs: number,
  fetch: SlackFetch,
): Promise<void> {
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
  const answer = await beginningOf(response);
  if (response.ok) return;
  const { status, headers } = response;
  const code = status === 429 ? "rate_limited" : status >= 500 ? "server_error" : codeIn(answer);
  const retryAfterMs = status === 429 ? Number(headers.get("retry-after") ?? 1) * 1000 : null;
  throw new SlackFailure(code, {
    doing: "answering at the response URL",
    detail: `HTTP ${status}.`,
    retryAfterMs,
  });
}

/** More than any answer of Slack's. */
const ANSWER_BYTES = 64 * 1024;

/** What an answer begins with; the rest of a longer one is not read. */
async function beginningOf({ body }: Awaited<ReturnType<SlackFetch>>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString("utf8", 0, ANSWER_BYTES);
}

/** Response URLs answer an error as JSON or as its bare code; an old address is simply not found. */
function codeIn(answer: string): string {
  return /^\s*(?:\{.*"error"\s*:\s*")?([a-z]+(?:_[a-z]+)+)/s.exec(answer)?.[1] ?? "expired_url";
}
