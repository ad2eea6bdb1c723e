import type { LogEvent } from "../../maintenance/record/events.js";
import { runOf } from "../../maintenance/record/runs.js";
import { showsWindows } from "../../maintenance/show/roll-timeline.js";
import { broadcastOf, tellingOf } from "../../maintenance/show/telling.js";
import { renderEvent } from "../../slack/render/event.js";
import { renderProgress } from "../../slack/render/progress.js";
import type { ThreadJob } from "../lanes/jobs.js";
import { ask, questionMessage } from "./show-questions.js";
import { postRun } from "./show-runs.js";
import { hashOf, type Thread } from "./thread.js";

/** New messages for news in one thread and hour; what is more than that stands in the progress message alone. */
const MOST_NEWS = 12;

/** Of them for answers of frameworks, of which there can be hundreds: they must not crowd out the rest. */
const MOST_ANSWERS = 6;

/** Of them for all but trouble, which has to be told whatever else goes on (invariant 10). */
const MOST_BUT_TROUBLE = 10;

const HOUR_MS = 3_600_000;

/** Lines of the progress message. */
const MOST_LINES = 10;

/** As long as it is in sight of somebody who reads along, and no more often than a busy channel can take. */
const PROGRESS_EDIT_EVERY_MS = 3_000;

/** Tells the events of the record that the thread does not have yet, in order. */
export async function tellEvents(thread: Thread): Promise<void> {
  const before = thread.progress.postedSeq;
  for (const event of thread.record.events) {
    if (event.seq <= thread.progress.postedSeq) continue;
    await tell(thread, event);
    if (showsWindows(thread.record, event)) await showWindows(thread);
  }
  // What was only noted: a line of the progress message, or nothing at all.
  if (thread.progress.postedSeq !== before) await thread.saved({});
}

/** The windows of a drain in batches as a picture: it is worth no second try, for the messages say the same. */
async function showWindows(thread: Thread): Promise<void> {
  await thread.saved({});
  const picture = await thread.ports.drawWindows(thread.record);
  if (picture !== null) await thread.upload(picture);
}

async function tell(thread: Thread, event: LogEvent): Promise<void> {
  const { record } = thread;
  const postedSeq = event.seq;
  if (event.kind === "approval_asked") {
    const question = questionMessage(thread, event.approval);
    if (question !== null) return await ask(thread, event.approval, question, postedSeq);
  }
  if (event.kind === "run_started") {
    const run = runOf(record, event.run);
    if (run !== null) return await postRun(thread, run, postedSeq);
  }
  const telling = tellingOf(event);
  const message = telling === "nothing" ? null : renderEvent(record, event);
  if (message === null) return thread.note({ postedSeq });
  const about: ThreadJob["news"][number]["of"] =
    event.kind === "answers_changed" ? "answers" : event.kind === "trouble" ? "trouble" : "other";
  if (telling === "progress" || (telling === "news" && !hasRoom(thread, about))) {
    const progress = thread.progress.progress ?? NO_PROGRESS;
    const lines = [...progress.lines, event.seq].slice(-MOST_LINES);
    return thread.note({ postedSeq, progress: { ...progress, lines } });
  }
  await thread.post(message, broadcastOf(event));
  const news =
    telling === "news" ? [...newsWithin(thread), { atMs: thread.now(), of: about }] : thread.progress.news;
  await thread.saved({ postedSeq, news });
}

const NO_PROGRESS = { ts: null, hash: null, lines: [] };

/** What was told as news within the last hour. After a clock was set back a time may lie in the future: it holds nothing back. */
function newsWithin({ progress, now }: Thread) {
  const nowMs = now();
  return progress.news.filter(({ atMs }) => atMs <= nowMs && atMs > nowMs - HOUR_MS);
}

function hasRoom(thread: Thread, about: ThreadJob["news"][number]["of"]): boolean {
  const told = newsWithin(thread);
  const ofAnswers = told.filter((one) => one.of === "answers").length;
  const butTrouble = told.filter((one) => one.of !== "trouble").length;
  return (
    told.length < MOST_NEWS &&
    (about === "trouble" || butTrouble < MOST_BUT_TROUBLE) &&
    (about !== "answers" || ofAnswers < MOST_ANSWERS)
  );
}

/** Brings the one progress message up to date, or posts it; `false` when it is too early for the next edit. */
export async function showProgress(thread: Thread): Promise<boolean> {
  const { record } = thread;
  const { progress } = thread.progress;
  if (progress === null) return true;
  const message = renderProgress(record, progress.lines);
  const { ts } = progress;
  const key = `${record.id}.progress`;
  const how =
    ts === null ? "gone" : await thread.edit(key, { ...progress, ts }, message, PROGRESS_EDIT_EVERY_MS);
  if (how === "early") return false;
  if (how !== "same") {
    thread.ports.edits.set(key, thread.now());
    const posted = how === "gone" ? await thread.post(message) : ts;
    await thread.saved({ progress: { ...progress, ts: posted, hash: hashOf(message) } });
  }
  return true;
}
