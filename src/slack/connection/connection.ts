import type { Receiver } from "@slack/bolt";

/** The way commands and clicks reach us: a socket we open, or a port Slack posts to. */
export interface Connection {
  readonly receiver: Receiver;
  /**
   * Opens it. Resolves as well when Slack is away: it is tried again until `stop`, and `ready` says why it is not open.
   * Throws for what trying again cannot mend: a SlackFailure for a wrong token, an Error for a port in use.
   */
  start(): Promise<void>;
  /** Resolves when nothing can arrive any more. */
  stop(): Promise<void>;
  /** `true`, or one sentence on why nothing can arrive. */
  ready(): true | string;
  /** The port of HTTP mode; `null` before `start` and in Socket Mode. */
  port(): number | null;
}

/** When an event arrived, among the properties Bolt hands to listeners: Bolt measures no acknowledgement itself. */
export const RECEIVED_AT = "receivedAtMs";

export function receivedNow(): Record<string, number> {
  return { [RECEIVED_AT]: performance.now() };
}
