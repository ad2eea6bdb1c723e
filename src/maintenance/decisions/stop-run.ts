import { z } from "zod";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import type { Run } from "../record/run.js";
import { openRuns, runOf, withRun } from "../record/runs.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow, unchanged } from "./decided.js";
import { nothingToDo } from "./replies.js";

/** Ends a runbook that runs, or keeps one that waits from being started. Anybody may. */
export const stopRun = decisionRow({
  /** `run`: of a button; a command means the one that is under way. */
  takes: z.object({ kind: z.literal("stop_run"), run: z.string().nullable() }),
  wanted: "stop the runbook",
  needsWorld: false,
  isOnce: true,
  whyNotPossible(record, { run }) {
    const open = toStop(record, run);
    if (open !== null) return open.stop === null ? null : isStopping(record, open.stop.by);
    const { id } = record;
    const ended = run === null ? null : (runOf(record, run)?.outcome ?? null);
    return {
      tone: "info",
      text: ended === null ? `${id}: no runbook is running.` : `${id}: that run has ended already.`,
      notDone: "Nothing was stopped.",
      next: `See how it stands with /mesos status ${id}.`,
    };
  },
  alreadyDone(record, { run }, { person }) {
    const stop = toStop(record, run)?.stop;
    return stop?.by === person.user ? stoppingReply(record) : null;
  },
  decide(record, { run }, { person, nowMs, askedAtMs }) {
    const open = toStop(record, run);
    if (open === null) return unchanged(record, nothingToDo(record));
    const by = person.user;
    const stopped = withRun(record, { ...open, stop: { by, atMs: nowMs } });
    const about = { batch: open.batch, run: open.id, runbook: open.runbook.name };
    const told = withEvent(stopped, nowMs, { kind: "run_stop_asked", ...about, by, askedAtMs });
    return { record: told, reply: replyOf(stoppingReply(record)) };
  },
});

function toStop(record: Maintenance, run: string | null): Run | null {
  return openRuns(record).find(({ id }) => run === null || id === run) ?? null;
}

function stoppingReply({ id, wanted }: Maintenance): ReplyParts {
  return {
    tone: "done",
    text: `${id}: the runbook ${quoted(wanted.run ?? "")} is being stopped.`,
    next: "The thread tells when it has ended, and what could not be ended.",
  };
}

function isStopping({ id }: Maintenance, by: string): ReplyParts {
  return {
    tone: "info",
    text: `${id}: <@${by}> has stopped the runbook already; it is being ended.`,
    notDone: "Nothing was changed.",
  };
}
