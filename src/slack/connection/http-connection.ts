import type { Server } from "node:http";
import { HTTPReceiver } from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import { settlesWithin } from "../../base/within.js";
import type { HttpMode } from "../../config/config.js";
import { boltLogger } from "../wire/logger.js";
import { type Connection, receivedNow } from "./connection.js";

/** The path Slack posts to in HTTP mode: the request URL of the slash command and of interactivity. */
export const HTTP_PATH = "/slack/events";

const CLOSE_TIMEOUT_MS = 5_000;

/** HTTP mode: Slack's signed requests. Bolt checks the signature and refuses timestamps older than five minutes. */
export function createHttpConnection(mode: HttpMode, logger: Logger): Connection {
  const receiver = new HTTPReceiver({
    signingSecret: mode.signingSecret.reveal(),
    endpoints: [HTTP_PATH],
    logger: boltLogger(logger),
    customPropertiesExtractor: receivedNow,
  });
  let server: Server | null = null;

  return {
    receiver,
    async start() {
      try {
        server = await receiver.start(mode.port);
      } catch (error) {
        const cause = error instanceof Error ? error.message : String(error);
        throw new Error(
          `The port for Slack's requests could not be opened (${cause}). The bot was not started. Free port ${mode.port} or set PORT to another one.`,
          { cause: error },
        );
      }
      logger.info({ port: portOf(server), path: HTTP_PATH }, "listening for Slack (HTTP mode)");
    },
    async stop() {
      if (server === null) return;
      const open = server;
      server = null;
      // Requests under way get their answer; what is still open after that was not waiting for one.
      if (!(await settlesWithin(CLOSE_TIMEOUT_MS, receiver.stop()))) open.closeAllConnections();
    },
    ready: () => (server === null ? "The port for Slack's requests is not open." : true),
    port: () => portOf(server),
  };
}

function portOf(server: Server | null): number | null {
  const address = server?.address();
  return typeof address === "object" && address !== null ? address.port : null;
}
