import type { types } from "@slack/bolt";
import { type Decision, isOffered } from "../../../maintenance/decisions/table.js";
import { pauseRule } from "../../../maintenance/pausing/table.js";
import { isBeforeApproval, isKillSent, isWaitingForAgents } from "../../../maintenance/record/batch.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import type { Run } from "../../../maintenance/record/run.js";
import { isUnsolved, lastRun, nextRunId, openRuns } from "../../../maintenance/record/runs.js";
import { isIn } from "../../../maintenance/record/troubles.js";
import { turnOf } from "../../../maintenance/rolling/turn.js";
import { type ButtonLook, button, type Confirm } from "../blocks.js";
import { carriedBy } from "../button-value.js";
import { goingOn } from "../going-on.js";
import { STOP_RUN } from "../run.js";

/** What the Extend button proposes; its modal offers other spans as well. */
const EXTEND_MS = 3_600_000;

/**
 * What a person can do now, the most likely first: what is offered here is possible as the record stands
 * (`maintenance/decisions/table.ts`). Once it has ended there is nothing to press.
 */
export function cardButtons(record: Maintenance): types.Button[] {
  if (record.end !== null) return [];
  const value = carriedBy(record);
  const details = button("Details", { ...value, show: "details" });
  const offer: Offer = (label, decision, options) =>
    isOffered(record, decision) ? [button(label, { ...value, decision }, options)] : [];
  const cancel = offer("Cancel", { kind: "cancel" }, { confirm: CLOSE_UNSEEN });
  if (record.cancel !== null) return [details, ...cancel];
  const { batches } = record;
  const draining = batches.find(
    (batch) =>
      (batch.phase === "draining" && batch.movingFrom === null) ||
      isKillSent(batch) ||
      (batch.phase === "kill_draining" && isIn(record, "kill_drain_waits")),
  );
  const owned = batches.some(isBeforeApproval) && record.owners.some(({ said }) => said !== "ready");
  const turn = turnOf(record)?.id ?? null;
  const down = batches.filter(({ phase }) => phase === "down");
  // A late click means what stood on the card.
  const [only] = batches.length > 1 && down.length === 1 ? down : [];
  const up = only === undefined ? {} : { batch: only.id };
  const unsolved = down.flatMap(({ id }) => lastRun(record, id) ?? []).find(isUnsolved);
  return [
    ...offer("Post the window again", { kind: "retry" }),
    // This button has no colour: nobody should press it because it is there.
    ...(draining === undefined ? [] : offer("Ask for Down", { kind: "ask_down", batch: draining.id })),
    // Once tasks have stayed in spite of the window; before that it should tempt nobody.
    ...(turnOf(record)?.approvals.length
      ? offer("Kill-drain", { kind: "ask_kill_drain", batch: turn, graceMs: null })
      : []),
    ...(draining === undefined ? [] : offer("Move tasks", { kind: "ask_move", batch: draining.id })),
    ...offer("Go on", goingOn(record), {
      style: "primary",
      ...(record.unwatched === null ? {} : { confirm: GO_ON }),
    }),
    ...(isPausedForNext(record) || isIn(record, "window_over")
      ? offer("Skip batch", { kind: "skip", batch: turn })
      : []),
    ...offer("Leave behind", { kind: "leave_behind", batch: turn }),
    ...runButtons(record, offer),
    ...(unsolved === undefined
      ? offer("Up", { kind: "up", ...up }, { style: "primary" })
      : offer("Up anyway", { kind: "up", ...up }, { confirm: upAnyway(unsolved) })),
    ...(owned ? offer("Ready", { kind: "ready" }) : []),
    ...(record.held === null
      ? offer("Hold", { kind: "hold", reason: null })
      : offer("Release", { kind: "release" }, { style: "primary" })),
    ...offer("Extend", { kind: "extend", byMs: EXTEND_MS }),
    details,
    ...(isWaitingForAgents(record)
      ? offer("Stop waiting", { kind: "cancel" }, { confirm: STOP_WAITING })
      : offer(
          "Cancel",
          { kind: "cancel", ...(batches.length > 1 ? { rest: true } : {}) },
          { confirm: down.length > 0 ? CANCEL_REST : CANCEL },
        )),
  ];
}

type Offer = (label: string, decision: Decision, options?: ButtonLook) => types.Button[];

/** What can be done about the runbook of machines that are Down. */
function runButtons(record: Maintenance, offer: Offer): types.Button[] {
  const open = openRuns(record)[0];
  if (open !== undefined)
    return offer("Stop run", { kind: "stop_run", run: open.id }, { style: "danger", confirm: STOP_RUN });
  if (record.wanted.run === undefined) return [];
  return record.batches
    .filter(({ phase }) => phase === "down")
    .flatMap(({ id }) => {
      const last = lastRun(record, id);
      const another = { kind: "retry_run", run: nextRunId(record, id) } as const;
      const label = last === null ? "Run" : "Retry";
      return [
        ...offer(label, another, { style: "primary", confirm: runAgain(record.wanted.run ?? "", last) }),
        ...(last === null ? [] : offer("Leave down", { kind: "leave_down", run: last.id })),
      ];
    });
}

/** A runbook whose worker is gone may still be at work. */
function mayStillRun(run: Run | null): string {
  return run?.outcome?.kind === "unknown"
    ? ` The last run may still be going on${run.worker === null ? "" : ` at the worker ${run.worker}`}: look there first.`
    : "";
}

function runAgain(runbook: string, last: Run | null): Confirm {
  return {
    title: "Run the runbook?",
    text: `${runbook} is run on machines that are Down, as the clusters file has it now.${mayStillRun(last)}`,
    confirm: "Run it",
    deny: "Not now",
  };
}

function upAnyway(run: Run): Confirm {
  return {
    title: "Bring the machines up?",
    text: `The runbook ${run.runbook.name} has not succeeded on them.${mayStillRun(run)}`,
    confirm: "Bring them up",
    deny: "Keep them Down",
  };
}

/** What the batches before show would stop the one after a skipped batch as well. */
function isPausedForNext({ paused }: Maintenance): boolean {
  return paused !== null && pauseRule(paused.rule)?.looksAt !== "batches_before";
}

const GO_ON: Confirm = {
  title: "Go on with this maintenance?",
  text: "Nobody had looked after it for a while. It goes on from what the master shows now, and as this card says.",
  confirm: "Go on",
  deny: "Not yet",
};

const CANCEL: Confirm = {
  title: "Cancel this maintenance?",
  text: "Its machines are given back: their windows leave the schedule. Windows of other people stay.",
  confirm: "Cancel it",
  deny: "Keep it",
};

const CANCEL_REST: Confirm = {
  title: "Cancel the rest?",
  text: "Machines that are not Down are given back. Those that are Down stay so until Up. Windows of other people stay.",
  confirm: "Cancel the rest",
  deny: "Keep it",
};

const CLOSE_UNSEEN: Confirm = {
  title: "Close without seeing it?",
  text: "The master shows no schedule at all, so nobody can tell whether the window is gone. Look at the master first.",
  confirm: "Close it",
  deny: "Wait",
};

const STOP_WAITING: Confirm = {
  title: "Close this maintenance?",
  text: "The machines are up. Agents that have not registered again are no longer waited for.",
  confirm: "Close it",
  deny: "Keep waiting",
};
