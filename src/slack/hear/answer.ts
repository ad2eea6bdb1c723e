import { settlesWithin } from "../../base/within.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { SlackFailure } from "../wire/errors.js";

/** A person hears something within this time, so that with the acknowledgement before it the 3 s hold (invariant 9). */
export const PATIENCE_MS = 2_500;

export type Kind = "command" | "click" | "modal" | "home";

const QUEUED = "Whether it was queued is not known.";

const DECIDED = "Whether it was queued, and will be decided, is not known.";

/** What was sent, to the person who sent it, what did not come of it, and what is said where nobody knows. */
export const WORDS = {
  command: { yours: "Your command", nothing: "Nothing was queued.", unknown: QUEUED },
  click: { yours: "Your click", nothing: "Nothing was queued and nothing was decided.", unknown: DECIDED },
  modal: { yours: "Your answer", nothing: "Nothing was queued and nothing was decided.", unknown: DECIDED },
  home: { yours: "Your request for this page", nothing: "Nothing is shown.", unknown: "Nothing is shown." },
} as const;

/**
 * Runs a handler and tells the person its outcome: its reply, or that it failed. One that takes long is answered with
 * "not confirmed" first, and with its outcome once there is one. `tell` must not throw.
 */
export async function answer(
  kind: Kind,
  handle: () => Promise<Reply | null>,
  tell: (reply: Reply) => Promise<void>,
  onError: (error: unknown) => void,
  patienceMs: number = PATIENCE_MS,
): Promise<void> {
  const handled = Promise.resolve().then(handle);
  const late = !(await settlesWithin(patienceMs, handled));
  // In order: the outcome must not be read before "not confirmed".
  if (late) await tell(notConfirmed(kind));
  const outcome = await handled.catch((error: unknown) => {
    onError(error);
    return failed(kind, error);
  });
  const reply = outcome ?? (late ? confirmed(kind) : null);
  if (reply !== null) await tell(reply);
}

function failed(kind: Kind, error: unknown): Reply {
  if (error instanceof SlackFailure) {
    const text = `${WORDS[kind].yours} was not carried out: ${error.what}`;
    return replyOf({ tone: "error", text, notDone: WORDS[kind].nothing, next: error.next });
  }
  return replyOf({
    tone: "error",
    text: `${WORDS[kind].yours} met an error of the bot's own.`,
    notDone: WORDS[kind].unknown,
    next: "Look with /mesos status before you repeat it. If it goes on, show this and the time to whoever runs the bot: its log says more.",
  });
}

function notConfirmed(kind: Kind): Reply {
  return replyOf({
    tone: "error",
    text: `${WORDS[kind].yours} is not confirmed: the queue has not answered yet.`,
    notDone: "It may or may not have been queued.",
    next: "Wait for the next message here, which says how it ended, before you repeat it.",
  });
}

function confirmed(kind: Kind): Reply {
  return replyOf({ tone: "done", text: `${WORDS[kind].yours} went through after all.` });
}

/** Slack showed the person an error, so the command or click must not take effect behind their back. */
export function notAcknowledged(kind: Kind): Reply {
  return replyOf({
    tone: "error",
    text: `${WORDS[kind].yours} reached the bot, but the connection to Slack broke before it could be acknowledged.`,
    notDone: WORDS[kind].nothing,
    next: "Please repeat it.",
  });
}
