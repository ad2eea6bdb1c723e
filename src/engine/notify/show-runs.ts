import type { Run } from "../../maintenance/record/run.js";
import { renderRun } from "../../slack/render/run.js";
import { hashOf, type Thread } from "./thread.js";

/** The message of a run changes with every line that it prints. */
const RUN_EDIT_EVERY_MS = 2_000;

/** Posts the message of a run, and remembers where it stands. */
export async function postRun(thread: Thread, run: Run, postedSeq: number): Promise<void> {
  const { record, ports } = thread;
  const message = renderRun(record, run, (await ports.outputs.of(run))?.tail ?? []);
  const ts = await thread.post(message);
  ports.edits.set(editKey(thread, run), thread.now());
  const runs = { ...thread.progress.runs, [run.id]: { ts, hash: hashOf(message), isFiled: false } };
  await thread.saved({ runs, postedSeq });
}

/**
 * Brings the messages of all runs up to date, and puts all of their output into the thread once they have ended; `false` when it
 * is too early to edit one of them.
 */
export async function showRuns(thread: Thread): Promise<boolean> {
  let isDone = true;
  for (const run of thread.record.runs) isDone = (await showRun(thread, run)) && isDone;
  return isDone;
}

async function showRun(thread: Thread, run: Run): Promise<boolean> {
  const { record, ports } = thread;
  const shown = thread.progress.runs[run.id];
  if (shown === undefined || shown.isFiled) return true;
  const known = await ports.outputs.of(run);
  const message = renderRun(record, run, known?.tail ?? []);
  const how = await thread.edit(editKey(thread, run), shown, message, RUN_EDIT_EVERY_MS);
  if (how === "early") return false;
  if (how === "edited") {
    const runs = { ...thread.progress.runs, [run.id]: { ...shown, hash: hashOf(message) } };
    await thread.saved({ runs });
  }
  // Somebody deleted it.
  if (how === "gone") await postRun(thread, run, thread.progress.postedSeq);
  if (run.outcome === null) return true;
  if (known !== null && known.output !== null && known.output.trim() !== "") {
    await thread.upload({
      name: `${record.id}-${run.id}-output.txt`,
      title: `Output of ${run.runbook.name} (${run.id} of ${record.id})`,
      text: known.output,
    });
  }
  const current = thread.progress.runs[run.id] ?? shown;
  await thread.saved({ runs: { ...thread.progress.runs, [run.id]: { ...current, isFiled: true } } });
  await ports.outputs.drop(run);
  ports.edits.delete(editKey(thread, run));
  return true;
}

function editKey({ record }: Thread, run: Run): string {
  return `${record.id}.${run.id}`;
}
