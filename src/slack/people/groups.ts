import type { Person } from "../../maintenance/policy/policy.js";
import { createWebClient, type WebClientOptions } from "../wire/web-client.js";
import { createAccounts } from "./accounts.js";
import { groupMembers } from "./group-members.js";
import { createLookUps, type LookUpOptions } from "./look-ups.js";

const TTL_MS = 5 * 60_000;

/** Of one call. */
const TIMEOUT_MS = 10_000;

/** A user group's id. People (`U…`, `W…`) stand in the same lists. */
const GROUP_ID = /^S[A-Z0-9]{2,30}$/;

/** Members of Slack's user groups, and what kind of account people have. */
export interface Groups {
  /**
   * Who somebody is as far as these groups go. Ids of people among them are passed over. Answers within 2 s and never
   * throws: what is not known by then counts as not being in the group, and `lookupFailed` says so; an account that is not
   * known by then is `unknown` (invariant 6).
   */
  personOf(user: string, groups: readonly string[]): Promise<Person>;
}

/**
 * Looks groups up (about 20 calls a minute are allowed), and remembers them for five minutes; accounts for one (`accounts.ts`).
 */
export function createGroups(
  o: WebClientOptions & Pick<LookUpOptions<unknown>, "patienceMs" | "now">,
): Groups {
  const client = createWebClient(o, TIMEOUT_MS);
  const membersOf = createLookUps<ReadonlySet<string>>({
    ...o,
    what: "group",
    ttlMs: TTL_MS,
    ask: async (group) => new Set(await groupMembers(client, group)),
  });

  const accountOf = createAccounts(o);

  return {
    async personOf(user, groups) {
      const asked = [...new Set(groups.filter((id) => GROUP_ID.test(id)))];
      const isIn = async (group: string): Promise<boolean | null> =>
        (await membersOf(group))?.has(user) ?? null;
      const [account, found] = await Promise.all([accountOf(user), Promise.all(asked.map(isIn))]);
      return {
        user,
        standing: account?.standing ?? "unknown",
        groups: asked.filter((_, index) => found[index] === true),
        lookupFailed: found.includes(null),
      };
    },
  };
}
