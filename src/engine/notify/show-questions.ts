import { openApproval } from "../../maintenance/approval/question.js";
import type { SlackMessage } from "../../slack/render/blocks.js";
import { renderApproval } from "../../slack/render/question/question.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import type { ThreadJob } from "../lanes/jobs.js";
import { hashOf, type Thread } from "./thread.js";

/** The message of a question as it has to stand now; `null` for one that the record does not have. */
export function questionMessage({ record, explained, now, ports }: Thread, id: string): SlackMessage | null {
  const leader = record.picture?.leader;
  const ui = leader === undefined ? null : `${ports.cluster.scheme}://${leader}`;
  for (const batch of record.batches) {
    const approval = batch.approvals.find((a) => a.id === id);
    if (approval !== undefined) return renderApproval(record, batch, approval, now(), explained, ui);
  }
  return null;
}

/** Posts a question, and remembers where it stands and its address: the card links it. */
export async function ask(
  thread: Thread,
  approval: string,
  message: SlackMessage,
  postedSeq: number,
): Promise<void> {
  const ts = await thread.post(message, "question");
  const remember = (shown: ThreadJob["approvals"][string]) =>
    thread.saved({ approvals: { ...thread.progress.approvals, [approval]: shown }, postedSeq });
  const shown = { ts, ...printsOf(message) };
  await remember(shown);
  await remember({ ...shown, link: await addressOf(thread, ts) });
}

/** How often a question is edited for what is there now; what can be answered, and its outcome, is shown at once. */
const EDIT_EVERY_MS = 3_000;

/** Fingerprints of what a question shows: of all of it, and of its buttons alone. */
function printsOf(message: SlackMessage): { hash: string; buttons: string } {
  const rows = message.blocks.filter(({ type }) => type === "actions");
  return { hash: hashOf(message), buttons: hashOf({ text: "", blocks: rows }) };
}

/** Brings the questions that stand in the thread up to date; `false` when it is too early to edit one of them. */
export async function editQuestions(thread: Thread): Promise<boolean> {
  let isDone = true;
  for (const [id, shown] of Object.entries(thread.progress.approvals)) {
    const message = questionMessage(thread, id);
    if (message === null) continue;
    const prints = printsOf(message);
    const everyMs = prints.buttons === shown.buttons ? EDIT_EVERY_MS : 0;
    const how = await thread.edit(`${thread.record.id}.${id}`, shown, message, everyMs);
    const { [id]: _, ...others } = thread.progress.approvals;
    if (how === "edited") await thread.saved({ approvals: { ...others, [id]: { ...shown, ...prints } } });
    // One that somebody deleted counts as never posted.
    if (how === "gone") await thread.saved({ approvals: others });
    isDone = isDone && how !== "early";
  }
  return isDone;
}

/** Nobody can answer a question that is not seen, be it that its message was deleted or its event is not in the log. */
export async function askUnseen(thread: Thread): Promise<void> {
  for (const batch of thread.record.batches) {
    const open = openApproval(batch);
    if (open === null || thread.progress.approvals[open.id] !== undefined) continue;
    const message = questionMessage(thread, open.id);
    if (message !== null) await ask(thread, open.id, message, thread.progress.postedSeq);
  }
}

/** An address that is missing holds nothing up: the card then says that the question stands in the thread. */
async function addressOf({ ports, progress }: Thread, ts: string): Promise<string> {
  try {
    return await ports.messenger.permalink(progress.channel, ts);
  } catch (error) {
    if (!(error instanceof SlackFailure)) throw error;
    return "";
  }
}
