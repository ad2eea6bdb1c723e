import { z } from "zod";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import type { Run } from "../record/run.js";
import { isUnsolved, lastRun, runOf, withRun } from "../record/runs.js";
import { isIn } from "../record/troubles.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow, unchanged } from "./decided.js";
import { nothingToDo } from "./replies.js";

/** Leaves machines Down after a run that came to nothing: somebody looks at them, and says Up when it is time. */
export const leaveDown = decisionRow({
  /** `run`: of a button; a command means what waits for it. */
  takes: z.object({ kind: z.literal("leave_down"), run: z.string().nullable() }),
  wanted: "leave the machines Down",
  needsWorld: false,
  isOnce: true,
  whyNotPossible(record, { run }) {
    if (toLeave(record, run) !== null) return null;
    const before = run === null ? null : (runOf(record, run)?.leftDown ?? null);
    return {
      tone: "info",
      text:
        before === null
          ? `${record.id}: no machine is Down after a run that came to nothing.`
          : `${record.id}: <@${before.by}> leaves the machines Down already.`,
      notDone: "Nothing was changed.",
      next: `See how it stands with /mesos status ${record.id}.`,
    };
  },
  alreadyDone(record, { run }, { person, askedAtMs }) {
    const done = record.events.some(
      (event) =>
        event.kind === "left_down" &&
        event.by === person.user &&
        (run === null ? event.askedAtMs === askedAtMs : event.run === run),
    );
    return done ? leftReply(record) : null;
  },
  decide(record, { run }, { person, nowMs, askedAtMs }) {
    const left = toLeave(record, run);
    if (left === null) return unchanged(record, nothingToDo(record));
    const by = person.user;
    const next = withRun(record, { ...left, leftDown: { by, atMs: nowMs } });
    const trouble = isIn(next, "run_failed", "run_ended", "run_not_started", "run_unknown");
    const about = { batch: left.batch, run: left.id, runbook: left.runbook.name };
    return {
      record: withEvent(trouble ? { ...next, trouble: null } : next, nowMs, {
        kind: "left_down",
        ...about,
        by,
        askedAtMs,
      }),
      reply: replyOf(leftReply(record)),
    };
  },
});

function toLeave(record: Maintenance, run: string | null): Run | null {
  const down = record.batches.filter(({ phase }) => phase === "down");
  const last = down.flatMap(({ id }) => lastRun(record, id) ?? []);
  return last.find((one) => isUnsolved(one) && (run === null || one.id === run)) ?? null;
}

function leftReply({ id }: Maintenance): ReplyParts {
  return {
    tone: "done",
    text: `${id}: the machines stay Down, and nothing more is asked.`,
    next: `Bring them back when they are ready: /mesos up ${id}.`,
  };
}
