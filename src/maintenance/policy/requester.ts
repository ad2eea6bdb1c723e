import type { Maintenance } from "../record/record.js";
import type { Person } from "./policy.js";

/** Who asked for a maintenance. Their account and groups are known from when they asked. */
export function requesterOf({
  requester,
  requesterStanding,
  requesterGroups,
}: Pick<Maintenance, "requester" | "requesterStanding" | "requesterGroups">): Person {
  return { user: requester, standing: requesterStanding, groups: requesterGroups, lookupFailed: false };
}
