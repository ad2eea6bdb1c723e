import { batchOf } from "../../maintenance/record/batch.js";
import type { LogEvent } from "../../maintenance/record/events.js";
import { namesOf } from "../../maintenance/record/names.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import type { HostResult, Run, RunbookShown } from "../../maintenance/record/run.js";
import { aboutSpan, formatSpan } from "../../maintenance/time.js";
import { actions, type Block, button, type Confirm, message, type SlackMessage, section } from "./blocks.js";
import { carriedBy } from "./button-value.js";
import { fixedText } from "./fixed-text.js";
import { code, free, lines, type Mrkdwn, mrk, user } from "./mrkdwn.js";
import { hosts, ofBatch } from "./parts.js";
import { moment } from "./when.js";

/** Asked before a run is ended. */
export const STOP_RUN: Confirm = {
  title: "Stop the runbook?",
  text: "It is ended with the processes of it that the worker can find. The machines stay Down.",
  confirm: "Stop it",
  deny: "Let it run",
};

/** Longest last lines of a run's output that a message shows. */
const TAIL_CHARS = 2500;

/**
 * The message of one run: edited in place while it runs, with the last lines of its output. It says nothing that moves with
 * the clock: the message is edited when something happens.
 *
 * @param tail the newest lines of its output, oldest first.
 */
export function renderRun(record: Maintenance, run: Run, tail: readonly string[]): SlackMessage {
  const machines = batchOf(record, run.batch)?.machines.map(namesOf(record).of) ?? [];
  const head = lines(
    mrk`${stateText(run)} · runbook ${code(run.runbook.name)}${ofBatch(record, run.batch)} · run ${code(run.id)}`,
    run.worker === null || run.startedAtMs === null
      ? null
      : mrk`Started ${moment(run.startedAtMs)} by worker ${code(run.worker, 100)}${run.askedBy === null ? "" : mrk`, asked for by ${user(run.askedBy)}`}${run.outcome === null ? mrk` · time limit ${formatSpan(run.runbook.timeLimitMs)}` : ""}`,
    mrk`*On* ${hosts(machines, 600)}`,
    run.outcome === null || run.outcome.kind === "ok" ? null : free(run.outcome.words, 600),
  );
  const stop = { ...carriedBy(record), decision: { kind: "stop_run", run: run.id } } as const;
  return message(
    [
      section(head),
      ...tailBlocks(tail),
      ...(run.outcome === null && run.stop === null
        ? actions([button("Stop run", stop, { style: "danger", confirm: STOP_RUN })])
        : []),
    ],
    mrk`${record.id} in ${record.cluster}: `,
  );
}

const STATES = {
  ok: mrk`✅ *Done*`,
  failed: mrk`❌ *Failed*`,
  ended: mrk`🛑 *Ended*`,
  not_started: mrk`🚫 *Not started*`,
  unknown: mrk`❔ *Unknown*`,
};

function stateText({ outcome, startedAtMs, stop }: Run): Mrkdwn {
  if (outcome !== null) return STATES[outcome.kind];
  if (stop !== null) return mrk`⏳ *Stopping*, asked by ${user(stop.by)}`;
  return startedAtMs === null ? mrk`⏳ *Waiting* for a worker` : mrk`🏃 *Running*`;
}

/** The newest lines that fit. */
function tailBlocks(tail: readonly string[]): Block[] {
  let left = TAIL_CHARS;
  const shown: string[] = [];
  for (const line of [...tail].reverse()) {
    left -= line.length + 1;
    if (left < 0) break;
    shown.unshift(line);
  }
  return shown.length === 0 ? [] : fixedText(shown.join("\n"));
}

/** The end of a run: what it came to, and each host that did not come out well. */
export function runEndText(record: Maintenance, event: Extract<LogEvent, { kind: "run_ended" }>): Mrkdwn {
  const after = event.lastedMs === null ? "" : mrk` after ${aboutSpan(event.lastedMs)}`;
  return lines(
    mrk`${STATES[event.how]}${after}: runbook ${code(event.runbook)}${ofBatch(record, event.batch)}. ${free(event.words, 600)}`,
    ...hostTexts(event.hosts),
  );
}

const HOWS: readonly [HostResult["how"], string][] = [
  ["ok", "Well"],
  ["failed", "Failed"],
  ["unreachable", "Unreachable"],
  ["not_run", "Not run"],
  ["unknown", "Unknown"],
];

/** A line for each way in which hosts came out; none where all went well. */
function hostTexts(results: readonly HostResult[]): Mrkdwn[] {
  if (results.every(({ how }) => how === "ok")) return [];
  return HOWS.flatMap(([how, word]) => {
    const names = results.filter((one) => one.how === how).map(({ hostname }) => hostname);
    return names.length === 0 ? [] : [mrk`*${word}*  ${hosts(names, 600)}`];
  });
}

/** What is run once the machines are Down, for whoever approves it. */
export function runbookText({ name, where, timeLimitMs, then }: RunbookShown): Mrkdwn {
  const how =
    where.kind === "batch"
      ? "once for all machines"
      : `once for each machine, ${where.atOnce === 1 ? "one after another" : `at most ${where.atOnce} at once`}`;
  const after = then === "up" ? "its success brings them Up by itself" : "after it a person asks for Up";
  return mrk`🏃 *Runbook*  ${code(name)} is run on the worker once they are Down: ${how}, for at most ${formatSpan(timeLimitMs)}; ${after}. To approve the Down is to approve this run.`;
}
