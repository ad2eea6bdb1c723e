import type { FrameworkSummary } from "../../maintenance/answers/summary.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { unaskedTexts } from "../../maintenance/show/status-cells.js";
import { named } from "../../maintenance/text/command.js";
import { counted } from "../../maintenance/text/list.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { code, free, join, lines, listed, type Mrkdwn, mrk } from "./mrkdwn.js";

/** Longest host or framework name in a list; DNS allows 253, and a list of those would fill the message. */
const NAME = 80;

/** Longest name of a machine: a host name may have an IP behind it. */
export const MACHINE_NAME = NAME + " (255.255.255.255)".length;

/** Like `counted`, with `no task` for none. */
export function countOrNo(n: number, noun: string): string {
  return n === 0 ? `no ${noun}` : counted(n, noun);
}

/** ` (batch 2 of 3)`, or nothing where there is only one. */
export function ofBatch(record: Maintenance, id: string): Mrkdwn {
  if (record.batches.length < 2) return mrk``;
  const index = record.batches.findIndex((batch) => batch.id === id);
  return index < 0 ? mrk`` : mrk` (batch ${index + 1} of ${record.batches.length})`;
}

/** Names of machines in a list of at most `max` characters. */
export function hosts(names: readonly string[], max: number): Mrkdwn {
  return listed(
    names.map((name) => code(name, MACHINE_NAME)),
    max,
  );
}

/** `▓▓▓▓▓▓▓░░░ 73 % gone`: how many of the tasks are gone, rounded down, so that 100 % means that none is left. */
export function bar(left: number, most: number): string {
  const percent = most <= 0 ? 100 : Math.min(100, Math.max(0, Math.floor(((most - left) * 100) / most)));
  const filled = Math.floor(percent / 10);
  return `${"▓".repeat(filled)}${"░".repeat(10 - filled)} ${percent} % gone`;
}

/** `marathon: promised 4/6, silent 2`; the machines on which it refuses are named. */
function frameworkLine(summary: FrameworkSummary): Mrkdwn {
  const total = summary.empty + summary.promised + summary.refused + summary.silent;
  const parts: (Mrkdwn | null)[] = [
    summary.promised > 0 ? mrk`promised ${summary.promised}/${total}` : null,
    summary.refused > 0
      ? summary.refusedOn.length > 0
        ? mrk`refused ${summary.refused} (on ${hosts(summary.refusedOn, 200)})`
        : mrk`refused ${summary.refused}`
      : null,
    summary.silent > 0 ? mrk`silent ${summary.silent}` : null,
    summary.empty > 0 ? mrk`empty ${summary.empty}` : null,
    ...unaskedTexts(summary).map((text) => mrk`${text}`),
  ];
  return mrk`${free(summary.name, NAME)}: ${join(parts, ", ")}`;
}

/**
 * Texts per framework in at most `max` characters, each with the sentence on its habits if there is one; those that have nothing
 * there come together at the end.
 */
export function frameworkLines(
  summaries: readonly FrameworkSummary[],
  max: number,
  separator: string,
  habits: ReadonlyMap<string, string> = new Map(),
): Mrkdwn {
  const there = summaries.filter((summary) => !hasNothing(summary));
  const texts = there.map((summary) => {
    const habit = habits.get(summary.name);
    return habit === undefined
      ? frameworkLine(summary)
      : mrk`${frameworkLine(summary)} — _${free(habit, 300)}_`;
  });
  const nothing = nothingThere(summaries.filter(hasNothing), there.length > 0);
  return listed(nothing === null ? texts : [...texts, nothing], max, separator);
}

function hasNothing({ promised, refused, silent }: FrameworkSummary): boolean {
  return promised + refused + silent === 0;
}

/** `flink: nothing there`, `others: nothing there`. */
function nothingThere(summaries: readonly FrameworkSummary[], hasOthers: boolean): Mrkdwn | null {
  const [first] = summaries;
  if (first === undefined) return null;
  if (summaries.length === 1) return mrk`${free(first.name, NAME)}: nothing there`;
  return hasOthers ? mrk`others: nothing there` : mrk`${summaries.length} frameworks: nothing there`;
}

/**
 * What happened, the master's own words, what was not done, what to do next (invariant 10).
 *
 * @param ours lays out one of our own sentences, cut to so many characters.
 */
export function explained(
  what: Mrkdwn,
  { said, notDone, next }: Pick<Reply, "said" | "notDone" | "next">,
  ours: (text: string, max: number) => Mrkdwn,
): Mrkdwn {
  return lines(
    what,
    said === null || said === "" ? null : mrk`> ${free(said, 600)}`,
    notDone === null ? null : mrk`*Not done:* ${ours(notDone, 400)}`,
    next === null ? null : mrk`*Next:* ${ours(next, 400)}`,
  );
}

/** What went wrong, for everybody in the channel. */
export function problem(
  trouble: Pick<Reply, "said" | "notDone" | "next"> & { readonly what: string },
  command: string,
): Mrkdwn {
  const ours = (text: string, max: number) => free(named(text, command), max);
  return explained(ours(trouble.what, 600), trouble, ours);
}
