import { createHash } from "node:crypto";
import { rowOf } from "../../maintenance/decisions/table.js";
import type { Run } from "../../maintenance/record/run.js";
import type { DecisionJob } from "./jobs.js";

/** The id of the thread job of a maintenance. */
export const threadJobId = (maintenance: string): string => `t-${maintenance}`;

/** The id of the job of a run: no other run has it, also not of a later maintenance that has got the same id. */
export const runJobId = (maintenance: string, { id, askedAtMs }: Pick<Run, "id" | "askedAtMs">): string =>
  `${maintenance}.${id}.${askedAtMs}`;

/**
 * The id of the maintenance that one command opens: the same for a command that is delivered twice, because it is made
 * from Slack's trigger id. `attempt` makes another one when the first is taken by another command.
 */
export function maintenanceId(triggerId: string, attempt = 0): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  const bytes = createHash("sha256").update(`${attempt}/${triggerId}`).digest();
  let id = "";
  for (let i = 0; i < 5; i++) id += alphabet[(bytes[i] ?? 0) % alphabet.length];
  return `m-${id}`;
}

/** Of some 28 million ids; more of them in a row are taken by a fault, not by chance. */
export const MOST_IDS = 8;

/** The first id made from a trigger that no other maintenance has; `null` when all that are tried are taken. */
export async function freeId(
  triggerId: string,
  isTaken: (id: string) => Promise<boolean>,
): Promise<string | null> {
  for (let attempt = 0; attempt < MOST_IDS; attempt++) {
    const id = maintenanceId(triggerId, attempt);
    if (!(await isTaken(id))) return id;
  }
  return null;
}

/**
 * The id of a decision's job: while it waits or runs, the same id is the same job. What can be decided once only is known
 * by what it decides, so a double click on Approve is one vote. What can be meant again (a hold after a release, an
 * extension after an extension) is known by its click as well: only the same click delivered twice is one job, and none
 * is swallowed in silence (invariant 10). BullMQ allows no colon in an id.
 */
export function decisionJobId({
  maintenance,
  decision: d,
  person,
  click,
}: Omit<DecisionJob, "askedAtMs">): string {
  const about = "approval" in d ? d.approval : "all";
  const parts = ["d", maintenance, d.kind, about, person.user];
  // Of the clicked message: the id of a question that was lost with the queue is used again.
  if ("questionAtMs" in d && d.questionAtMs !== undefined) parts.push(String(d.questionAtMs));
  if (!rowOf(d.kind).isOnce) parts.push(shortHash(click));
  return parts.join(".").replaceAll(":", "_");
}

/** The id of the job of a command: the same for a command that is delivered twice. */
export const commandJobId = (triggerId: string): string => `c.${shortHash(triggerId)}`;

/** What a trigger of Slack is claimed by: nothing can be opened with it. */
export const triggerClaim = (triggerId: string): string => `trigger.${shortHash(triggerId)}`;

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);
