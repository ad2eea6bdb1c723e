import type { WritableObject } from "./exact-json.js";

/** What the master answers: a body in the caller's encoding, nothing, or a refusal in plain text. */
export type Reply =
  | { readonly status: 200; readonly body: WritableObject | null }
  | { readonly status: number; readonly text: string };

export const DONE: Reply = { status: 200, body: null };

export const FORBIDDEN: Reply = { status: 403, text: "403 Forbidden." };

export function answerWith(body: WritableObject): Reply {
  return { status: 200, body };
}

export function badRequest(text: string): Reply {
  return { status: 400, text };
}
