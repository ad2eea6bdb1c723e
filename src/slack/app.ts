import type { Logger } from "../base/logger.js";
import { settlesWithin } from "../base/within.js";
import type { SlackConfig } from "../config/config.js";
import type { Connection } from "./connection/connection.js";
import { createHttpConnection } from "./connection/http-connection.js";
import { createSocketConnection } from "./connection/socket-connection.js";
import type { Kind } from "./hear/answer.js";
import { CheckedApp } from "./hear/checked-app.js";
import type { SlackHandlers } from "./hear/handlers.js";
import { listen } from "./hear/listeners.js";
import { type OwnTeam, turnedAway } from "./hear/own-people.js";
import { createAccounts } from "./people/accounts.js";
import { viewForPlainPage } from "./render/plain-page.js";
import { createMessenger, type Messenger } from "./say/messenger.js";
import { backoffMs } from "./wire/backoff.js";
import { SlackFailure } from "./wire/errors.js";
import { boltLogger } from "./wire/logger.js";
import { isResponseUrl } from "./wire/response-hosts.js";
import { missingScopes } from "./wire/scopes.js";
import { createWebClient, wayOptions } from "./wire/web-client.js";

/** How long `stop` waits for answers that are on their way. */
const ANSWERS_TIMEOUT_MS = 5_000;

/** A trigger opens a modal for 3 s; whoever clicked hears within that time that it did not work (invariant 9). */
const DIALOG_TIMEOUT_MS = 2_000;

/** A token can be revoked while we run; `ready` says so after this time at the latest. */
const RECHECK_MS = 5 * 60_000;

/**
 * A connection whose token is checked: `start` throws for a wrong or revoked one too, `stop` then waits for the answers
 * that are on their way and may be called twice, and `ready` says as well why nobody could be answered.
 */
export type SlackApp = Omit<Connection, "receiver">;

/** The bot's side of Slack: one Bolt app in Socket Mode or HTTP mode, and the listeners on it. */
export function createSlackApp(o: {
  readonly settings: SlackConfig;
  readonly handlers: SlackHandlers;
  readonly logger: Logger;
  /** @defaultValue one of its own with the same settings */
  readonly messenger?: Messenger;
  /** @defaultValue 300,000 */
  readonly recheckMs?: number;
  /** Milliseconds from the arrival of a command, click or modal to its acknowledgement, for metrics. */
  readonly onAck?: (kind: Kind, ms: number) => void;
}): SlackApp {
  const { settings, logger } = o;
  const messenger = o.messenger ?? createMessenger({ settings, logger });
  const connection: Connection =
    settings.mode.kind === "socket"
      ? createSocketConnection(settings, settings.mode, logger)
      : createHttpConnection(settings.mode, logger);
  const token = settings.botToken.reveal();
  const app = new CheckedApp(
    {
      receiver: connection.receiver,
      // A constant: Bolt would otherwise ask Slack who we are before it acknowledges (invariant 9).
      authorize: async () => ({ botToken: token }),
      logger: boltLogger(logger),
      ignoreSelf: false,
      convoStore: false,
      // Set here, or the socket's options leak into the clients of listeners.
      clientOptions: { ...wayOptions(settings), retryConfig: { retries: 2 }, timeout: 10_000 },
    },
    logger,
  );
  const accountOf = createAccounts({ settings, logger });
  const dialogs = createWebClient({ settings, logger }, DIALOG_TIMEOUT_MS);
  let own: OwnTeam | null = null;
  const allAnswered = listen(app, {
    handlers: o.handlers,
    messenger,
    openModal: (trigger_id, view) =>
      dialogs.views.open({
        trigger_id,
        view: settings.markup === "plain" ? viewForPlainPage(view) : view,
      }),
    isResponseUrl: (url) => isResponseUrl(url, settings.apiUrl),
    turnedAway: (kind, home) => turnedAway(kind, home, own, settings.teams),
    async wholeHome(user, home) {
      const isOrganizationNamed = settings.teams.some((id) => id.startsWith("E"));
      if (home.team === null || home.enterprise !== null || !isOrganizationNamed) return home;
      return { ...home, enterprise: (await accountOf(user))?.organization ?? null };
    },
    logger,
    onAck: o.onAck ?? (() => {}),
  });

  let identity: true | string = "The bot token has not been checked yet.";
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  /** One check of the token; it is checked again for as long as the app runs, sooner after a failure. */
  async function checkToken(failures = 0): Promise<SlackFailure | null> {
    try {
      const me = await messenger.whoAmI();
      own = me.teamId === "" ? null : me;
      checkTokenIn(o.recheckMs ?? RECHECK_MS, 0);
      if (identity === true) return null;
      identity = true;
      logger.info({ bot: me.userId, team: me.team }, "the bot token is good");
      const missing = missingScopes(me.scopes ?? []);
      if (me.scopes !== null && missing.length > 0) {
        logger.error(
          { missing },
          new SlackFailure("missing_scope", {
            doing: "checking the bot token",
            detail: `Needed: ${missing.join(", ")}.`,
          }).message,
        );
      }
      return null;
    } catch (error) {
      const failure = SlackFailure.from(error, "checking the bot token");
      identity = failure.message;
      logger.warn(failure.fields, failure.message);
      checkTokenIn(backoffMs(failures + 1, failure.retryAfterMs), failures + 1);
      return failure;
    }
  }

  function checkTokenIn(ms: number, failures: number): void {
    if (!stopped) timer = setTimeout(() => void checkToken(failures), ms);
  }

  async function stop(): Promise<void> {
    stopped = true;
    clearTimeout(timer);
    await connection.stop();
    if (!(await settlesWithin(ANSWERS_TIMEOUT_MS, allAnswered()))) {
      logger.warn({}, "stopped while answers to commands or clicks were still on their way");
    }
  }

  return {
    async start() {
      // First who we are: what arrives before that is known cannot be told from what strangers send (invariant 6).
      const failure = await checkToken();
      try {
        if (failure?.permanent) throw failure;
        await connection.start();
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    ready() {
      const connected = connection.ready();
      return connected === true ? identity : connected;
    },
    port: () => connection.port(),
  };
}
