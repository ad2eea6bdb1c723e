import { z } from "zod";
import { freshPicture } from "../approval/question.js";
import { notDownHere, notOurDown } from "../phases/runbook.js";
import { mayNotUse, runbookWanted, shownNow } from "../policy/runbooks.js";
import { placeOf } from "../record/batch.js";
import type { Batch, Maintenance } from "../record/record.js";
import { lastRun, nextRunId, runOf, withRunAsked } from "../record/runs.js";
import { isIn } from "../record/troubles.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow, refused, unchanged } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { beingCancelled, filtered, isHeld, nothingToDo } from "./replies.js";

const NOT_RUN = "Nothing was run.";

/**
 * Runs the runbook on machines that are Down, as the clusters file has it now: again, or for the first time where it did not
 * come with the Down. It is a run of its own, for which somebody stands who may use the runbook, and may come after the window.
 */
export const retryRun = decisionRow({
  /** `run`: the id that it gets, so that two clicks are one run; a command means the next one of what is Down. */
  takes: z.object({ kind: z.literal("retry_run"), run: z.string().nullable() }),
  wanted: "run the runbook",
  needsWorld: true,
  isOnce: true,
  whyNotPossible(record, { run }) {
    const cancelled = beingCancelled(record);
    if (cancelled !== null) return cancelled;
    const { id, wanted } = record;
    if (wanted.run === undefined) {
      const next = `Send the drain with --run to have one, or bring the machines back with /mesos up ${id}.`;
      return { tone: "refused", text: `${id} has no runbook.`, notDone: NOT_RUN, next };
    }
    const asked = run === null ? null : runOf(record, run);
    if (asked !== null) return askedBefore(record, asked.askedBy);
    const batch = toRunOn(record, run);
    if (batch === null) {
      const text = `${id}: no machine is Down on which the runbook ${quoted(wanted.run)} could be run.`;
      return { tone: "refused", text, notDone: NOT_RUN, next: `See how it stands with /mesos status ${id}.` };
    }
    const last = lastRun(record, batch.id);
    if (last !== null && last.outcome === null) return isRunning(record);
    if (last?.outcome?.kind === "ok") {
      const text = `${id}: the runbook ${quoted(wanted.run)} has succeeded on ${placeOf(record, batch.id)} already.`;
      return { tone: "info", text, notDone: NOT_RUN, next: `Bring the machines back: /mesos up ${id}.` };
    }
    return record.held === null ? null : isHeld(record, NOT_RUN);
  },
  isObstructed: (record) => isIn(record, "down_changed"),
  alreadyDone(record, _, context) {
    const before = doneBefore(record, "run_asked", context);
    return before === null ? null : askedReply(record);
  },
  decide(record, { run }, context) {
    const { policy, person, nowMs, askedAtMs, world } = context;
    const batch = toRunOn(record, run);
    const runbook = runbookWanted(record, policy);
    const shown = shownNow(record, policy);
    if (batch === null || world === null) return unchanged(record, nothingToDo(record));
    if (runbook === null || shown === null) {
      const name = quoted(record.wanted.run ?? "");
      const text = `${record.id}: the runbook ${name} is not in the clusters file any more.`;
      const next = `Put it back and restart the workers, or bring the machines back with /mesos up ${record.id}.`;
      return unchanged(record, { tone: "refused", text, notDone: NOT_RUN, next });
    }
    const notAllowed = mayNotUse(person, runbook, record.cluster);
    if (notAllowed !== null) {
      const reply = {
        tone: "refused",
        text: notAllowed.text,
        notDone: NOT_RUN,
        next: notAllowed.next,
      } as const;
      return refused(record, "retry_run", reply, notAllowed.why, context);
    }
    const others = notOurDown(record, batch, freshPicture(record, batch, world), world);
    const why = filtered(world) ?? (others.length === 0 ? null : notDown(record, others));
    if (why !== null) return unchanged(record, why);
    const asked = withRunAsked(record, batch.id, shown, { by: person.user, askedAtMs }, nowMs);
    return { record: asked, reply: replyOf(askedReply(asked)) };
  },
});

/** The batch that is Down and whose next run is meant. */
function toRunOn(record: Maintenance, run: string | null): Batch | null {
  const down = record.batches.filter(({ phase }) => phase === "down");
  return down.find(({ id }) => run === null || nextRunId(record, id) === run) ?? null;
}

/** Whoever brought it Up, or moved it, may be at work on it, and it may run tasks. */
function notDown({ id }: Maintenance, others: readonly string[]): ReplyParts {
  const next = `Bring the rest back with /mesos up ${id}, and drain all of them again to run it.`;
  return { tone: "refused", text: `${id}: ${notDownHere(others)}`, notDone: NOT_RUN, next };
}

function isRunning({ id, wanted }: Maintenance): ReplyParts {
  return {
    tone: "info",
    text: `${id}: the runbook ${quoted(wanted.run ?? "")} is running already.`,
    notDone: "Nothing more was started.",
    next: "Follow it in the thread.",
  };
}

function askedBefore({ id, wanted }: Maintenance, by: string | null): ReplyParts {
  const who = by === null ? "" : `<@${by}> has asked for it: `;
  return {
    tone: "info",
    text: `${id}: ${who}the runbook ${quoted(wanted.run ?? "")} was run again already.`,
    notDone: "Nothing more was started.",
    next: "Look at the newest messages of the thread.",
  };
}

function askedReply({ id, wanted }: Maintenance): ReplyParts {
  return {
    tone: "done",
    text: `${id}: the runbook ${quoted(wanted.run ?? "")} is being run.`,
    next: "Follow it in the thread.",
  };
}
