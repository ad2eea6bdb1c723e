import type { SlackConfig } from "../../config/config.js";
import { attempt, SlackFailure } from "../wire/errors.js";
import { createWebClient, type WebClientOptions } from "../wire/web-client.js";
import { createLookUps, type LookUpOptions } from "./look-ups.js";

/** Names and time zones change seldom, and nothing is decided by them. */
const TTL_MS = 60 * 60_000;

/** Of one call. */
const TIMEOUT_MS = 10_000;

/** What people and groups are called, and where people are: for texts in which Slack draws no mention and no date. */
export interface People {
  /** `null` for whom Slack does not tell within 2 s. Never throws. */
  of(user: string): Promise<PersonCard | null>;
  /** What a user group (`S…`) is called, without the `@`; `null` when Slack does not tell. Never throws. */
  groupName(group: string): Promise<string | null>;
}

export interface PersonCard {
  /** As Slack shows them: the display name, else the full name. */
  readonly name: string;
  /** IANA name, such as `Asia/Shanghai`; `null` where Slack tells none that this system knows. */
  readonly timeZone: string | null;
}

/** Asks with `users.info` (scope `users:read`, Tier 4) and `usergroups.list` (Tier 2), and remembers it for an hour. */
export function createPeople(
  o: WebClientOptions & {
    readonly settings: Pick<SlackConfig, "markup">;
  } & Pick<LookUpOptions<unknown>, "patienceMs" | "now">,
): People {
  const client = createWebClient(o, TIMEOUT_MS);
  const people = createLookUps<PersonCard>({
    ...o,
    what: "user",
    ttlMs: TTL_MS,
    async ask(user) {
      const doing = `looking up ${user}`;
      const { user: found } = await attempt(doing, () => client.users.info({ user }));
      const names = [found?.profile?.display_name, found?.profile?.real_name, found?.real_name, found?.name];
      const name = names.find((one) => one !== undefined && one.trim() !== "");
      if (name === undefined)
        throw new SlackFailure("server_error", { doing, detail: "No name in the answer." });
      return {
        name: name.trim(),
        timeZone: o.settings.markup === "plain" ? PLAIN_ZONE : knownZone(found?.tz),
      };
    },
  });
  /** One question answers for all groups. */
  const groups = createLookUps<ReadonlyMap<string, string>>({
    ...o,
    what: "groups",
    ttlMs: TTL_MS,
    async ask() {
      const { usergroups } = await attempt("looking up the names of user groups", () =>
        client.usergroups.list({ include_disabled: true }),
      );
      const named = (usergroups ?? []).map(
        ({ id, handle, name }) => [id ?? "", handle ?? name ?? ""] as const,
      );
      return new Map(named.filter(([id, name]) => id !== "" && name !== ""));
    },
  });
  return {
    of: people,
    groupName: async (group) => (await groups("all"))?.get(group) ?? null,
  };
}

/**
 * A page that draws no dates shows those of sentences in UTC (`render/plain-page.ts`), so tables and typed times are in UTC there as
 * well: of two zones in one answer nobody knows which is whose.
 */
const PLAIN_ZONE = "UTC";

/** Slack's own names of zones are IANA's; one that this system does not know would make every date fail. */
function knownZone(name: string | undefined): string | null {
  if (name === undefined || name === "") return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
