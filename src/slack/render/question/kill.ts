import { takenFor, worseKilled } from "../../../maintenance/frameworks/facts.js";
import type { Approval, Batch, Maintenance } from "../../../maintenance/record/record.js";
import { formatSpan } from "../../../maintenance/time.js";
import { free, listed, type Mrkdwn, mrk } from "../mrkdwn.js";
import { countedByFramework } from "./loss.js";

/** What a kill-drain ends, how, what it costs, and what does not come back that Down would let come back. */
export function killTexts(record: Maintenance, batch: Batch, { seen, graceMs = null }: Approval): Mrkdwn[] {
  const grace =
    graceMs === null
      ? "Each gets the time to end that it asks for itself."
      : `Those that do not say it themselves get ${formatSpan(graceMs)} to end.`;
  const steps =
    batch.seenSinceMs === null
      ? "Then the window is posted and Down is asked for."
      : "First the machines leave the schedule, because a master drains none that stands in it: that post erases the answers of all frameworks. Once nothing runs there the window is posted again and Down is asked for.";
  return [
    mrk`🔪 *Will be killed by the master:* ${countedByFramework(seen.tasks)}. ${grace} It cannot be taken back, and it has no end that one can count on: some executors do not end their tasks. ${steps}`,
    ...worseTexts(record, seen.tasks),
  ];
}

/** So that a person can choose Down instead. */
function worseTexts({ frameworks }: Maintenance, tasks: Approval["seen"]["tasks"]): Mrkdwn[] {
  const theirs = new Set(tasks.map(({ frameworkId }) => frameworkId));
  const texts = frameworks
    .filter(({ id }) => theirs.has(id))
    .flatMap((kind) => {
      const worse = worseKilled(kind);
      return worse === null
        ? []
        : [mrk`${free(kind.name, 80)} (${takenFor(kind) ?? ""}): ${free(worse, 300)}`];
    });
  if (texts.length === 0) return [];
  return [
    mrk`⚠️ *Worse than Down:*\n${listed(texts, 1500, "\n")}\nTo have them come back, deny this and ask for Down.`,
  ];
}
