import { hostOfKey } from "../../../maintenance/cluster/machine.js";
import type { VerdictRow } from "../../../maintenance/record/picture.js";
import { ANSWERED, ERASED_BY } from "../../../maintenance/show/status-cells.js";
import { free, listed, type Mrkdwn, mrk } from "../mrkdwn.js";
import { hosts } from "../parts.js";
import { moment } from "../when.js";

type Erased = NonNullable<VerdictRow["erased"]>;

/**
 * Answers that the master has forgotten, so that they do not pass for silence: `kafka accepted 12:03 on web-04, erased by
 * a schedule change 12:10`. Machines with the same story share a line; `null` when there is nothing to tell.
 */
export function erasedLines(verdicts: readonly VerdictRow[], max: number): Mrkdwn | null {
  const stories = new Map<string, { framework: string; erased: Erased; machines: string[] }>();
  for (const { framework, verdict, machine, erased } of verdicts) {
    if (erased === null || verdict === "empty") continue;
    // To the minute, as it is shown: answers of one framework come within seconds.
    const minutes = [erased.answeredAtMs, erased.erasedAtMs].map((ms) => Math.floor(ms / 60_000));
    const key = JSON.stringify([framework, erased.answer, erased.why, ...minutes]);
    const story = stories.get(key) ?? { framework, erased, machines: [] };
    story.machines.push(hostOfKey(machine));
    stories.set(key, story);
  }
  if (stories.size === 0) return null;
  const lines = [...stories.values()].map(
    ({ framework, erased, machines }) =>
      mrk`${free(framework, 80)} ${ANSWERED[erased.answer]} ${moment(erased.answeredAtMs)} on ${hosts(machines, 150)}, erased by ${ERASED_BY[erased.why]} ${moment(erased.erasedAtMs)}`,
  );
  return mrk`_Before the change, not counted:_ ${listed(lines, max, "; ")}`;
}
