import type { MachineNames } from "../../../maintenance/cluster/machine.js";
import type { VerdictRow } from "../../../maintenance/record/picture.js";
import { ANSWERED, ERASED_BY, UNASKED_BECAUSE } from "../../../maintenance/show/status-cells.js";
import { free, lines, listed, type Mrkdwn, mrk } from "../mrkdwn.js";
import { hosts } from "../parts.js";
import { moment } from "../when.js";

/** One answer of a framework on machines where it gave and lost it alike. */
interface Story extends Pick<VerdictRow, "framework" | "unasked"> {
  readonly erased: NonNullable<VerdictRow["erased"]>;
  readonly machines: string[];
}

/**
 * Answers that the master has forgotten, so that they do not pass for silence, and whether they are asked for again:
 * `kafka accepted 12:03 on web-04, erased by a schedule change 12:10`. Machines with the same story share a line; `null` when there is nothing to tell.
 */
export function erasedLines(
  verdicts: readonly VerdictRow[],
  names: MachineNames,
  max: number,
): Mrkdwn | null {
  const stories = new Map<string, Story>();
  for (const { framework, verdict, machine, erased, unasked } of verdicts) {
    if (erased === null || verdict === "empty") continue;
    // To the minute, as it is shown: answers of one framework come within seconds.
    const minutes = [erased.answeredAtMs, erased.erasedAtMs].map((ms) => Math.floor(ms / 60_000));
    const key = JSON.stringify([framework, erased.answer, erased.why, unasked, ...minutes]);
    const story = stories.get(key) ?? { framework, erased, unasked, machines: [] };
    story.machines.push(names.of(machine));
    stories.set(key, story);
  }
  const all = [...stories.values()];
  const told = (title: string, some: readonly Story[]) =>
    some.length === 0 ? null : mrk`_${title}, not counted:_ ${listed(some.map(storyText), max, "; ")}`;
  const asked = told(
    "Before the change",
    all.filter(({ unasked }) => unasked === null),
  );
  const unasked = told(
    "Cannot be asked again now",
    all.filter((story) => story.unasked !== null),
  );
  return asked === null && unasked === null ? null : lines(asked, unasked);
}

function storyText({ framework, erased, unasked, machines }: Story): Mrkdwn {
  const why = unasked === null ? mrk`` : mrk` (${UNASKED_BECAUSE[unasked]})`;
  return mrk`${free(framework, 80)} ${ANSWERED[erased.answer]} ${moment(erased.answeredAtMs)} on ${hosts(machines, 150)}, erased by ${ERASED_BY[erased.why]} ${moment(erased.erasedAtMs)}${why}`;
}
