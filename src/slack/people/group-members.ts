import type { webApi } from "@slack/bolt";
import { attempt, SlackFailure } from "../wire/errors.js";

/** Who is in a user group (`S…`), by `usergroups.users.list` (scope `usergroups:read`, Tier 2). Throws a SlackFailure. */
export async function groupMembers(client: webApi.WebClient, group: string): Promise<readonly string[]> {
  const doing = `looking up the user group ${group}`;
  const { users } = await attempt(doing, () => client.usergroups.users.list({ usergroup: group }));
  if (Array.isArray(users)) return users;
  throw new SlackFailure("server_error", { doing, detail: "No users in the answer." });
}
