import type { Standing } from "../../maintenance/record/standing.js";
import { attempt, SlackFailure } from "../wire/errors.js";
import { createWebClient, type WebClientOptions } from "../wire/web-client.js";
import { createLookUps, type LookUpOptions } from "./look-ups.js";

/** Something is decided by it, and people leave. */
const TTL_MS = 60_000;

/** Of one call. */
const TIMEOUT_MS = 10_000;

/** What Slack says of somebody's account. */
export interface Account {
  readonly standing: Exclude<Standing, "unknown">;
  /** The organization of an Enterprise Grid that they belong to; `null` for none. */
  readonly organization: string | null;
}

/**
 * Looks accounts up with `users.info` (scope `users:read`, Tier 4), and remembers them for a minute.
 *
 * @returns `null` for whom Slack does not tell within 2 s. Never throws.
 */
export function createAccounts(
  o: WebClientOptions & Pick<LookUpOptions<unknown>, "patienceMs" | "now">,
): (user: string) => Promise<Account | null> {
  const client = createWebClient(o, TIMEOUT_MS);
  return createLookUps<Account>({
    ...o,
    what: "account",
    ttlMs: TTL_MS,
    async ask(user) {
      const doing = `looking up the account of ${user}`;
      const { user: found } = await attempt(doing, () => client.users.info({ user }));
      if (found?.id !== user)
        throw new SlackFailure("server_error", { doing, detail: "Nobody of that id in the answer." });
      return { standing: standingOf(found), organization: found.enterprise_user?.enterprise_id || null };
    },
  });
}

/** Slack's own bot has a person's account, but for its id. */
const SLACKBOT = "USLACKBOT";

/** Flags that are left out are not set. */
function standingOf(of: {
  readonly id?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_stranger?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
}): Account["standing"] {
  if (of.deleted === true) return "deactivated";
  if (of.is_bot === true || of.id === SLACKBOT) return "bot";
  if (of.is_stranger === true) return "stranger";
  return of.is_restricted === true || of.is_ultra_restricted === true ? "guest" : "member";
}
