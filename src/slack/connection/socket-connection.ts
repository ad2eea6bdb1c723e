import { SocketModeReceiver } from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import { scrub } from "../../base/scrub.js";
import { settlesWithin } from "../../base/within.js";
import type { SlackConfig, SocketMode } from "../../config/config.js";
import { backoffMs } from "../wire/backoff.js";
import { SlackFailure } from "../wire/errors.js";
import { boltLogger } from "../wire/logger.js";
import { ProxiedSockets } from "../wire/way-out.js";
import { wayOptions } from "../wire/web-client.js";
import { type Connection, receivedNow } from "./connection.js";

const OPEN_TIMEOUT_MS = 10_000;

const HELLO_TIMEOUT_MS = 30_000;

const CLOSE_TIMEOUT_MS = 5_000;

const DOING = "opening the Socket Mode connection";

/**
 * Socket Mode with a reconnect of our own. Bolt's leaves the promise of a failed reconnect to nobody, which ends the
 * process (a revoked token, or Slack away for longer than its retries), sets no time limit on opening, and waits five
 * seconds after Slack's routine `disconnect`, during which commands are lost.
 */
export function createSocketConnection(settings: SlackConfig, mode: SocketMode, logger: Logger): Connection {
  const sockets = settings.proxy === null ? null : new ProxiedSockets(settings.proxy);
  const receiver = new SocketModeReceiver({
    appToken: mode.appToken.reveal(),
    logger: boltLogger(logger),
    autoReconnectEnabled: false,
    customPropertiesExtractor: receivedNow,
    ...(sockets === null ? {} : { dispatcher: sockets.dispatcher }),
    installerOptions: {
      clientOptions: {
        ...wayOptions(settings),
        retryConfig: { retries: 0 },
        timeout: OPEN_TIMEOUT_MS,
        rejectRateLimitedCalls: true,
      },
    },
  });
  const { client } = receiver;
  catchOddMessages(client, logger);

  let state: true | string = "The connection to Slack has not been opened yet.";
  let failures = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<SlackFailure | null> | null = null;

  /** One attempt; never rejects. */
  async function open(): Promise<SlackFailure | null> {
    sockets?.destroy();
    // Without a `hello` after the socket opened nothing would ever end the attempt.
    const noHello = setTimeout(() => void client.disconnect(), HELLO_TIMEOUT_MS);
    try {
      await client.start();
      if (stopping) return null;
      state = true;
      failures = 0;
      logger.info({}, "connected to Slack (Socket Mode)");
      return null;
    } catch (error) {
      const failure = SlackFailure.from(error ?? new Error("Slack closed it while it was opening"), DOING);
      if (stopping) return failure;
      failures += 1;
      state = failure.message;
      logger.warn({ ...failure.fields, failures }, failure.message);
      return failure;
    } finally {
      clearTimeout(noHello);
    }
  }

  function openNow(): Promise<SlackFailure | null> {
    opening = open().finally(() => {
      opening = null;
    });
    return opening;
  }

  function openIn(delayMs: number): void {
    if (stopping) return;
    timer = setTimeout(async () => {
      const failure = await openNow();
      if (failure !== null) openIn(backoffMs(failures, failure.retryAfterMs));
    }, delayMs);
  }

  client.on("disconnected", () => {
    if (stopping || opening !== null) return;
    state = "Slack closed the connection; it is being opened again.";
    logger.info({}, "Slack closed the socket; connecting again");
    openIn(0);
  });

  return {
    receiver,
    async start() {
      const failure = await openNow();
      if (failure?.permanent) throw failure;
      if (failure !== null) openIn(backoffMs(failures, failure.retryAfterMs));
    },
    async stop() {
      stopping = true;
      state = "The bot is shutting down.";
      clearTimeout(timer);
      // Bolt's own stop does not wait for the socket; an answer on its way would be cut off.
      const closed = await settlesWithin(CLOSE_TIMEOUT_MS, client.disconnect());
      // The second call drops a socket whose other side never answered the close.
      if (!closed) client.websocket?.disconnect();
      if (opening !== null && (await settlesWithin(OPEN_TIMEOUT_MS, opening)))
        await settlesWithin(CLOSE_TIMEOUT_MS, client.disconnect());
      sockets?.destroy();
    },
    ready: () => state,
    port: () => null,
  };
}

/**
 * Slack's client reads a message in a promise that it leaves to nobody, so one that is not what it expects would end the
 * process.
 */
function catchOddMessages(client: SocketModeReceiver["client"], logger: Logger): void {
  const readers = client.listeners("ws_message");
  client.removeAllListeners("ws_message");
  client.on("ws_message", async (...message: unknown[]) => {
    try {
      for (const read of readers) await read(...message);
    } catch (error) {
      logger.warn({ err: scrub(String(error)) }, "a message of Slack was not understood. Nothing was done.");
    }
  });
}
