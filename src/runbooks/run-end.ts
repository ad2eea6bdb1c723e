import { ansibleCode, isAnsible } from "./ansible.js";
import { type Ended, LEAVE_MS } from "./process-group.js";
import type { ProgramEnd } from "./program.js";
import type { EndReason, RunEnd } from "./run-result.js";

const REASONS: Readonly<Record<EndReason, string>> = {
  time_limit: "Its time limit is over.",
  stopped: "It was stopped.",
  shutdown: "The worker was shut down.",
  lock_lost: "The worker lost its claim to it.",
};

/** How many machines are told one by one. */
const MOST_TOLD = 5;

const MOST_NAMES = 3;

/** What the end of a program means for its run. `why` is what ended it, if anything did. */
export function endOf(program: string, end: ProgramEnd, why: EndReason): RunEnd {
  if (end.kind === "not_started") return end;
  if (end.kind === "ended") return { kind: "ended", why, words: `${REASONS[why]} ${wordsOf(end.ended)}` };
  const { code, signal, left } = end;
  const isLeft = left !== null && left.left.length > 0;
  if (code === 0 && !isLeft) return { kind: "ok" };
  const words = [exitWords(program, code, signal), ...(left === null ? [] : [leftWords(left)])].join(" ");
  return { kind: "failed", code, signal, words };
}

/** What a program had left running when it ended, and what became of it. */
export function leftWords(left: Ended): string {
  return `It had left processes running. ${wordsOf(left)}`;
}

/**
 * The end of a run that has a program for each machine; `null` where none was started. An end from outside counts more
 * than a failure, and a failure more than what went well.
 */
export function together(
  ends: readonly { readonly name: string; readonly end: RunEnd | null }[],
  why: EndReason | null,
): RunEnd {
  const bad = ends.flatMap(({ name, end }) => (end === null || end.kind === "ok" ? [] : [{ name, end }]));
  const notRun = ends.filter(({ end }) => end === null).length;
  const told = bad.slice(0, MOST_TOLD).map(({ name, end }) => `${name}: ${end.words}`);
  if (bad.length > MOST_TOLD) told.push(`And ${bad.length - MOST_TOLD} more.`);
  if (notRun > 0) told.push(`It was not started on ${notRun} of ${ends.length} machines.`);
  const words = told.join(" ");
  if (why !== null && (notRun > 0 || bad.some(({ end }) => end.kind === "ended"))) {
    return { kind: "ended", why, words: bad.length === 0 ? `${REASONS[why]} ${words}` : words };
  }
  const failed = bad.find(({ end }) => end.kind === "failed")?.end;
  if (failed?.kind === "failed") return { ...failed, words };
  if (bad.length === 0) return { kind: "ok" };
  const isAnyRun = ends.some(({ end }) => end?.kind === "ok");
  return isAnyRun ? { kind: "failed", code: null, signal: null, words } : { kind: "not_started", words };
}

function exitWords(program: string, code: number | null, signal: string | null): string {
  if (code === null) return `It was ended by ${signal ?? "a signal"}, which the bot did not send.`;
  const meaning = isAnsible(program) ? ansibleCode(code) : null;
  return meaning === null ? `Exit code ${code}.` : `Exit code ${code}: ${meaning}.`;
}

const LEFT_WHY = {
  other_user: "another user owns",
  does_not_end: `SIGKILL has not ended in ${LEAVE_MS / 1_000} s, as where it waits for a disk or a network file system`,
};

function wordsOf(ended: Ended | null): string {
  if (ended === null) return "Nothing of it was running.";
  const gone = ended.names.length === 0 ? "it" : listed(ended.names);
  const how = ended.killed ? "SIGTERM, and SIGKILL after 5 s, ended" : "SIGTERM ended";
  if (ended.left.length === 0) return `${how} ${gone}.`;
  const left = (["other_user", "does_not_end"] as const).flatMap((why) => {
    const those = ended.left
      .filter((one) => one.why === why)
      .map(({ name, pid }) => `${name} (process ${pid})`);
    return those.length === 0 ? [] : [`${listed(those)}, which ${LEFT_WHY[why]}`];
  });
  return `It could not be ended whole. Still running: ${left.join("; ")}.`;
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
