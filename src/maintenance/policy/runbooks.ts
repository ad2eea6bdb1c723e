import type { Maintenance } from "../record/record.js";
import type { RunbookShown } from "../record/run.js";
import { isSameRunbook } from "../record/runs.js";
import { list } from "../text/list.js";
import { quoted } from "../text/quote.js";
import type { DrainAsked } from "./drain-asked.js";
import { failedLookup, mentions, type NotAllowed, ONE_OF_THEM } from "./may-approve.js";
import type { Objection } from "./objection.js";
import { isAmong, type Person, type Policy, type RunbookTerms, settingOf } from "./policy.js";
import { requesterOf } from "./requester.js";

/** The runbook that a maintenance wants, as the clusters file has it now; `null` when it wants none, or it is gone. */
export function runbookWanted({ wanted }: Pick<Maintenance, "wanted">, policy: Policy): RunbookTerms | null {
  return policy.runbooks.find(({ name }) => name === wanted.run) ?? null;
}

/** The same as it is shown and approved: who may use it is not asked of an approver. */
export function shownNow(record: Pick<Maintenance, "wanted">, policy: Policy): RunbookShown | null {
  const runbook = runbookWanted(record, policy);
  if (runbook === null) return null;
  const { who: _, ...shown } = runbook;
  return shown;
}

/** Whether what was shown is still what would run. */
export function isStillShown(
  record: Pick<Maintenance, "wanted">,
  shown: RunbookShown | undefined,
  policy: Policy,
): boolean {
  return isSameRunbook(shown ?? null, shownNow(record, policy));
}

/** Why this person may not have a runbook run; `null` when they may. A look-up of groups that failed counts as no. */
export function mayNotUse(person: Person, runbook: RunbookTerms, cluster: string): NotAllowed | null {
  if (isAmong(person, runbook.who)) return null;
  const setting = settingOf(cluster, `runbooks.${runbook.name}.who`);
  const failed = failedLookup(person);
  return {
    text: `You may not use the runbook ${quoted(runbook.name)} (${setting}). Who may: ${mentions(runbook.who)}.${failed}`,
    why: `not among ${setting}.${failed}`,
    next: ONE_OF_THEM,
  };
}

/** A drain with a runbook that is not there, or that its requester may not use. */
export function unusableRunbook({ record, policy }: DrainAsked): Objection | null {
  const { cluster, requester, wanted } = record;
  if (wanted.run === undefined) return null;
  const runbook = runbookWanted(record, policy);
  if (runbook === null) {
    const names = policy.runbooks.map(({ name }) => name);
    const there = names.length === 0 ? "there is none" : `there are ${quoted(list(names))}`;
    return {
      why: `${settingOf(cluster, "runbooks")} has no runbook ${quoted(wanted.run)}; ${there}.`,
      next: `Send the same line again ${names.length === 0 ? "without --run" : "with one of these after --run, or without it"}.`,
      change: names.length === 0 ? { run: null } : null,
    };
  }
  if (isAmong(requesterOf(record), runbook.who)) return null;
  const setting = settingOf(cluster, `runbooks.${runbook.name}.who`);
  return {
    why: `${setting} does not name <@${requester}>. Who may use it: ${mentions(runbook.who)}. A group whose members could not be looked up counts as no.`,
    next: "Have one of them ask for it, or send the line without --run.",
    change: null,
  };
}
