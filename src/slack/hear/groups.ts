import { within } from "../../base/within.js";
import type { Person } from "../../maintenance/policy/policy.js";
import { attempt, SlackFailure } from "../wire/errors.js";
import { createWebClient, type WebClientOptions } from "../wire/web-client.js";

const TTL_MS = 5 * 60_000;

/** After a failure nobody asks again for this long: a row of clicks must not use up the calls Slack allows. */
const FAILED_MS = 10_000;

/** As long as a decision waits for Slack. The look-up itself goes on and is there for the next click. */
const PATIENCE_MS = 2_000;

/** Of one call. */
const TIMEOUT_MS = 10_000;

/** A user group's id. People (`U…`, `W…`) stand in the same lists. */
const GROUP_ID = /^S[A-Z0-9]{2,30}$/;

/** Members of Slack's user groups. */
export interface Groups {
  /**
   * Who somebody is as far as these groups go. Ids of people among them are passed over. Answers within 2 s and never
   * throws: what is not known by then counts as not being in the group, and `lookupFailed` says so (invariant 6).
   */
  personOf(user: string, groups: readonly string[]): Promise<Person>;
}

interface Known {
  readonly members: Promise<ReadonlySet<string>>;
  /** When it is looked up again; `null` while it is under way. */
  untilMs: number | null;
}

/**
 * Looks groups up with `usergroups.users.list` (Tier 2: about 20 calls a minute). A look-up that failed is remembered
 * for 10 s, or for as long as Slack asks when it was asked too often; then no group is looked up until that is over.
 */
export function createGroups(
  o: WebClientOptions & {
    /** @defaultValue 2,000 */
    readonly patienceMs?: number;
    readonly now?: () => number;
  },
): Groups {
  const client = createWebClient(o, TIMEOUT_MS);
  const patienceMs = o.patienceMs ?? PATIENCE_MS;
  const now = o.now ?? Date.now;
  const known = new Map<string, Known>();
  let pause: { readonly untilMs: number; readonly failure: SlackFailure } | null = null;

  async function ask(group: string): Promise<ReadonlySet<string>> {
    const doing = `looking up the user group ${group}`;
    const { users } = await attempt(doing, () => client.usergroups.users.list({ usergroup: group }));
    if (Array.isArray(users)) return new Set(users);
    throw new SlackFailure("server_error", { doing, detail: "No users in the answer." });
  }

  function lookUp(group: string): Known {
    const members = ask(group);
    const entry: Known = { members, untilMs: null };
    members.then(
      () => {
        entry.untilMs = now() + TTL_MS;
      },
      (failure: SlackFailure) => {
        entry.untilMs = now() + FAILED_MS;
        if (failure.retryAfterMs !== null) pause = { untilMs: now() + failure.retryAfterMs, failure };
        o.logger.warn({ group, code: failure.code }, failure.message);
      },
    );
    return entry;
  }

  /** From a cache of five minutes; callers at the same time share one look-up. Throws a SlackFailure. */
  async function membersOf(group: string): Promise<ReadonlySet<string>> {
    const entry = known.get(group);
    if (entry !== undefined && (entry.untilMs === null || now() < entry.untilMs)) return await entry.members;
    if (pause !== null && now() < pause.untilMs) throw pause.failure;
    const fresh = lookUp(group);
    known.set(group, fresh);
    return await fresh.members;
  }

  return {
    async personOf(user, groups) {
      const asked = [...new Set(groups.filter((id) => GROUP_ID.test(id)))];
      if (asked.length === 0) return { user, groups: [], lookupFailed: false };
      const isIn = async (group: string): Promise<boolean | null> => {
        const members = await within(patienceMs, membersOf(group), () => null).catch(() => null);
        return members === null ? null : members.has(user);
      };
      const found = await Promise.all(asked.map(isIn));
      return {
        user,
        groups: asked.filter((_, index) => found[index] === true),
        lookupFailed: found.includes(null),
      };
    },
  };
}
