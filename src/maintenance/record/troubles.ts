import { BY_ITSELF, goingOn } from "../text/go-on.js";
import type { Millis } from "../time.js";
import { withEvent } from "./log.js";
import type { Maintenance, Trouble } from "./record.js";

/** A trouble in words; `{name}` stands for what varies, `{goOn}` for how it goes on for whoever reads it. */
interface TroubleRow {
  /** What happened, in whole sentences. */
  readonly what: string;
  readonly notDone: string;
  readonly next: string;
}

const RIGHTS = "get_maintenance_schedules and get_maintenance_statuses on ANY";

const RUN_NOT_UP = "The machines were not brought up, and nothing more is run.";

const RUN_NEXT =
  "Press Retry (/mesos retry-run {id}), Up anyway (/mesos up {id}) or Leave down (/mesos leave-down {id}).";

const NOT_SENT = "Nothing more is sent to the master, though it was approved.";

/**
 * What the bot itself finds in the way of a maintenance, each with a code of its own. What a call to a master failed
 * with is in `mesos/errors`; the page of errors is made from both.
 */
export const TROUBLES = {
  agents_recovering: {
    what: "The leading master has not heard from all agents since it was elected, so the pattern could miss machines.",
    notDone: "No window was posted yet.",
    next: "{GoOn} when the agents have registered again.",
  },
  just_elected: {
    what: "{missing} The leading master was elected less than two minutes ago, so agents may not have registered with it yet.",
    notDone: "No window was posted yet.",
    next: "{GoOn} when the agents have registered. The drain is refused when two minutes have passed and still not all is found.",
  },
  filtered_read: {
    what: "The master shows {contradictions}: the view we get is filtered.",
    notDone:
      "Nothing is posted and nothing is concluded, because posting on a filtered view would wipe other people's windows.",
    next: "Grant the bot's principal {rights} on ANY; {goOn} then.",
  },
  windows_vanished: {
    what: "The master showed windows when this drain was planned, and now shows none of anybody: they are over, or the view we get is filtered.",
    notDone: "No window was posted: on a filtered view the post would wipe other people's windows.",
    next: `Look at the schedule with an account that sees it. If windows stand there, grant the bot's principal ${RIGHTS}, and it goes on by itself. If it really is empty: /mesos cancel {id}, and send the drain again.`,
  },
  own_window_unseen: {
    what: "The master accepted, or may have accepted our window of {machines}, and now shows no window at all: the view we get is filtered, or somebody cleared the schedule in the same moment.",
    notDone:
      "Nothing more is posted: on a filtered view each post wipes other people's windows. If there were any, ours may have replaced them.",
    next: `Look at the schedule with an account that sees it and restore what is missing; grant the bot's principal ${RIGHTS}. It goes on by itself when the master shows the window; otherwise type /mesos cancel {id}, and once more to close it here, and send the drain again.`,
  },
  down_unseen: {
    what: "The master shows no machine in maintenance any more, not even {machines}, which went Down here: somebody brought all of them Up, or the view we get is filtered.",
    notDone: "Nothing is concluded from it, and nothing was sent.",
    next: `Make sure that the bot's principal has ${RIGHTS}. It goes on when an agent on them registers again; with /mesos up {id} the master is made to say how they stand.`,
  },
  cancel_unseen: {
    what: "The master shows no window at all any more, so it cannot be seen whether ours of {machines} is gone: somebody cleared the schedule, or the view we get is filtered.",
    notDone:
      "The cancel is not finished, and nothing was posted for it: on a filtered view a post wipes windows.",
    next: `Make sure that the bot's principal has ${RIGHTS}; it goes on when the master shows a window. Once you have seen that ours is gone: /mesos cancel {id} again closes it here.`,
  },
  window_changed: {
    what: "Somebody else changed the master's schedule: {changes}.",
    notDone: "The bot posted nothing in return, and Down waits: {undone}.",
    next: "{ways}, or cancel this maintenance.",
  },
  windows_gone: {
    what: "The window of {hosts} is gone, and the master shows no window of anybody: somebody cleared the schedule, a master without a registry restarted, or the bot no longer sees windows.",
    notDone: "The bot posted nothing in return, and Down waits: {undone}.",
    next: `First see that the bot's principal still has ${RIGHTS}: on a filtered view the post would wipe other people's windows. Then post the window again with the button, or cancel this maintenance.`,
  },
  down_changed: {
    what: "Somebody else changed machines of ours while they were Down: {changes}.",
    notDone: "The bot sent nothing in return: {undone}.",
    next: "Bring those in our window back with /mesos up {id}. {rest}",
  },
  window_over: {
    what: "The window ended before it was posted.",
    notDone: "It was not posted: nobody expects the machines to go away after it.",
    next: "If the machines are still to go away, press Extend or type /mesos extend {id} 2h: it is posted with the longer window. Otherwise /mesos cancel {id}.",
  },
  agent_moved: {
    what: "An agent registered again as another machine: {agents}.",
    notDone: "Down waits: it would hit a machine without that agent, whose tasks would live on.",
    next: "/mesos cancel {id}, and send the drain again: the window is made for the machine as it is then.",
  },
  calendar_closed: {
    what: "It is outside the hours for Down: {closed}",
    notDone: NOT_SENT,
    next: "Nothing, if they open again before the approval expires: it goes on by itself then. If it cannot wait, {override}",
  },
  others_unreadable: {
    what: "{which} It is not known which machines are held there.",
    notDone: "Nothing was decided that depends on it, and no window was posted yet.",
    next: "{mend} {GoOn} when it can be read.",
  },
  over_budget: {
    what: "Going down now would break a budget, or may: {why}",
    notDone: "The machines were not taken down, and nobody is asked until the budget allows it.",
    next: "Nothing: it goes on by itself when what is out is back. If it cannot wait, {override}",
  },
  kill_drain_waits: {
    what: "The kill-drain cannot be asked for yet: {unable}.",
    notDone: "Nothing was killed.",
    next: "It is asked for by itself once that is over.",
  },
  kill_drain_stuck: {
    what: "The kill-drain has not ended {span} after the master was asked for it. {holds}.",
    notDone: "The window is not posted until the agents are drained. Mesos takes a drain back for nobody.",
    next: "Look at those executors and frameworks. To go on without waiting, press Ask for Down or type /mesos down {id}: once that is approved, Down ends what is left.",
  },
  still_drained: {
    what: "Agents that were drained for this cannot be made to take tasks again yet: {agents}.",
    notDone: "They are not reactivated, so the maintenance has not ended.",
    next: "It goes on by itself once they are registered and their drains have ended. If that never comes, /mesos cancel {id} again closes it here; whoever starts those agents later has to reactivate them.",
  },
  tasks_unknown: {
    what: "It is not known what runs in the cluster: {unknown}.",
    notDone: NOT_SENT,
    next: "It goes on by itself once that is known, and asks anew if the approval has expired by then. Cancel takes the approval back.",
  },
  runbook_gone: {
    what: "The runbook {runbook}, which is to be run once the machines are Down, is not in the clusters file any more.",
    notDone: NOT_SENT,
    next: "Put it back and restart the workers: it goes on by itself. Otherwise /mesos cancel {id}, and send the drain again without it.",
  },
  run_failed: {
    what: "The runbook {runbook} failed on {hosts}: {words}",
    notDone: RUN_NOT_UP,
    next: RUN_NEXT,
  },
  run_ended: {
    what: "The runbook {runbook} was ended on {hosts}: {words}",
    notDone: RUN_NOT_UP,
    next: RUN_NEXT,
  },
  run_not_started: {
    what: "The runbook {runbook} was not started on {hosts}: {words}",
    notDone: "Nothing was run, and the machines were not brought up.",
    next: RUN_NEXT,
  },
  run_unknown: {
    what: "It is not known what became of the runbook {runbook} on {hosts}: {words}",
    notDone: "It was not started again, and the machines were not brought up.",
    next: `See on the machines how far it came, and that nothing of it still runs. ${RUN_NEXT}`,
  },
  proof_too_old: {
    what: "It took too long to confirm at the queue that this worker still has the maintenance, and to connect to the master, so another worker may have gone on with it.",
    notDone: "Nothing was sent.",
    next: "{GoOn}. If this stays, the queue, the way to the master or the machine of the worker is overloaded: look at their load.",
  },
  view_too_old: {
    what: "Looking at the cluster took {seconds} s, and in that time anything may have changed.",
    notDone: "Nothing was sent, because nobody may write on an old view.",
    next: "{GoOn}. If this stays, the master is overloaded or the way to it is slow: look at its load.",
  },
} as const satisfies Record<string, TroubleRow>;

export type TroubleCode = keyof typeof TROUBLES;

/** The names between braces in a sentence. */
type Blanks<Sentence> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Blanks<Rest>
  : never;

type BlanksOf<Code extends TroubleCode> = {
  readonly [Name in Exclude<Blanks<(typeof TROUBLES)[Code][keyof TroubleRow]>, "goOn" | "GoOn">]: string;
};

/** A trouble before it is known since when it lasts. */
export type FoundTrouble = Omit<Trouble, "sinceMs">;

/** The trouble of one row of the table; `goOn` is how it goes on for whoever reads it, a maintenance unless it is said. */
export function troubleOf<Code extends TroubleCode>(
  code: Code,
  blanks: BlanksOf<Code>,
  goOn: string = BY_ITSELF,
): FoundTrouble {
  const fill = (sentence: string): string =>
    goingOn(sentence, goOn)
      .replace(/\{(\w+)\}/g, (_, name: string) => (blanks as Record<string, string>)[name] ?? "")
      .trim();
  const { what, notDone, next }: TroubleRow = TROUBLES[code];
  return { code, what: fill(what), said: null, notDone: fill(notDone), next: fill(next) };
}

/** The record with a trouble that a rule found at this moment; it is told, if it is news, when the step ends. */
export function inTrouble(record: Maintenance, trouble: FoundTrouble, nowMs: Millis): Maintenance {
  return { ...record, trouble: { ...trouble, sinceMs: nowMs } };
}

/** Whether the maintenance is in one of these troubles. */
export function isIn({ trouble }: Maintenance, ...codes: readonly TroubleCode[]): boolean {
  return codes.some((code) => trouble?.code === code);
}

/**
 * Sets or clears what keeps the maintenance from going on, with an event when that changes (invariant 10). The same
 * trouble again keeps its start, so that a master that is away for an hour is told once.
 */
export function withTrouble(record: Maintenance, trouble: FoundTrouble | null, nowMs: Millis): Maintenance {
  const before = record.trouble;
  if (trouble === null) {
    if (before === null) return record;
    const { code, sinceMs } = before;
    return withEvent({ ...record, trouble: null }, nowMs, { kind: "trouble_over", code, sinceMs });
  }
  const { code, what, said, notDone, next } = trouble;
  const told = { code, what, said, notDone, next };
  if (before !== null && before.code === code && before.notDone === notDone) {
    return { ...record, trouble: { ...told, sinceMs: before.sinceMs } };
  }
  return withEvent({ ...record, trouble: { ...told, sinceMs: nowMs } }, nowMs, { kind: "trouble", ...told });
}
