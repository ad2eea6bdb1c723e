import { App, type AppOptions, type ReceiverEvent } from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import { readPayload } from "./payloads.js";

/**
 * Bolt's app, which is given only what is read here, from the port and from the socket. Bolt itself takes every body for an
 * object of the kind that one of its fields names.
 */
export class CheckedApp extends App {
  readonly #logger: Logger;

  constructor(options: AppOptions, logger: Logger) {
    super(options);
    this.#logger = logger;
  }

  override async processEvent(event: ReceiverEvent): Promise<void> {
    const read = readPayload(event.body);
    if (read.ok) return await super.processEvent({ ...event, body: read.payload });
    this.#logger.warn({}, `what Slack sent was acknowledged and left alone: ${read.why}. Nothing was done.`);
    // Slack would send an event again that nobody acknowledges, and at last send none at all.
    await event.ack();
  }
}
