import { editDistance } from "../../hosts/nearest.js";
import { reachOf } from "../../maintenance/show/history.js";
import { list } from "../../maintenance/text/list.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { Records } from "./records.js";
import { REFUSAL_DAYS, REFUSALS_KEPT } from "./refusals.js";

/** Ids are short and random: two that differ in more than one character are not each other's slip. */
const NEAR = 1;

/**
 * What is said of an id that names no maintenance of these clusters, wherever it is asked about. It may name one whose record
 * is not kept any more, so it is not said to have never been (invariant 13).
 */
export async function noSuchMaintenance(
  id: string,
  clusters: Iterable<Pick<Records, "kept" | "open">>,
): Promise<Reply> {
  const among = [...clusters];
  const stored = await Promise.all(among.map((records) => records.open()));
  const open = stored.flatMap(({ records, unreadable }) => [...records, ...unreadable]).map((one) => one.id);
  // It is named and stands in no line to copy: what is decided on another maintenance than the one that is meant is not undone.
  const near = open.filter((one) => editDistance(id, one, NEAR) <= NEAR);
  const meant = near.length === 0 ? "" : ` Open, and written nearly so: ${list(near)}.`;
  return replyOf({
    tone: "refused",
    text: `There is no record of ${id}.${meant} ${await howFarBack(among)} What ended before is not known any more, and of refused drains each cluster keeps the newest ${REFUSALS_KEPT} for ${REFUSAL_DAYS} days.`,
    notDone: "Nothing was done.",
    next: "Check the id: /mesos status shows the open ones, and /mesos history the newest that have ended.",
  });
}

/** How far back the history of each of these clusters reaches. */
export async function howFarBack(clusters: Iterable<Pick<Records, "kept">>): Promise<string> {
  const kept = await Promise.all([...clusters].map((records) => records.kept()));
  return kept.map(reachOf).join(" ");
}
