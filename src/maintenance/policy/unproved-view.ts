import { sightOf } from "../sight/sight.js";
import type { DrainAsked } from "./drain-asked.js";
import type { Objection } from "./objection.js";
import { settingOf } from "./policy.js";
import { isConfirmed } from "./typed-number.js";

/**
 * A post on a view that may be filtered could replace everybody's windows (invariant 2). A master that is asked with
 * credentials shows their principal no window at all if it lacks the rights, so before the first window was ever seen a
 * person has to say that there is none.
 */
export function unprovedSight(asked: DrainAsked): Objection | null {
  if (!mayBeHidden(asked) || isConfirmed(asked)) return null;
  const { cluster } = asked.record;
  const principal = `the principal of ${settingOf(cluster, "credentials")}`;
  return {
    why: `The master of ${cluster} shows no window of anybody, and the bot has never seen one there. That is how an empty schedule looks, and how a full one looks to a principal without rights; posting on the latter would wipe everybody's windows.`,
    next: `See that ${principal} is granted get_maintenance_schedules and get_maintenance_statuses on ANY, and look at the schedule with an account that has them (GET /maintenance/schedule of the leader): it has to be empty there too.`,
    change: {},
    unlessMeant: ["leave it: nothing is posted"],
  };
}

/** What the thread is told of a drain that went on though windows may be hidden; `null` for any other. */
export function wentOnUnproved(asked: DrainAsked): string | null {
  if (!mayBeHidden(asked)) return null;
  const { requester, cluster, confirmed } = asked.record;
  return `No window of anybody was ever seen in ${cluster}, so the bot's right to see them is not proved. <@${requester}> goes on with --confirm ${confirmed}: if others have windows there after all, this post replaces them.`;
}

/**
 * Whether nothing proves that the bot sees windows: it logs in with a principal, the master shows none, and no
 * maintenance of this cluster ever saw its own.
 */
function mayBeHidden({ world, others, policy }: DrainAsked): boolean {
  if (!policy.hasCredentials || sightOf(world).kind !== "nothing") return false;
  return !others.some(({ batches }) => batches.some((batch) => batch.seenSinceMs !== null));
}
