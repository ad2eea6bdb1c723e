import type { App, BlockAction, ButtonAction, Context } from "@slack/bolt";
import type { Reply } from "../maintenance/reply.js";
import { answer, type Kind, notAcknowledged } from "./answer.js";
import { parseButton } from "./button-value.js";
import { RECEIVED_AT } from "./connection.js";
import { SlackFailure } from "./errors.js";
import type { SlackHandlers } from "./handlers.js";
import { ACK_DEADLINE_MS } from "./limits.js";
import type { SlackLogger } from "./logger.js";
import type { Messenger, ReplyTarget } from "./messenger.js";
import { redact } from "./redact.js";

export interface Listeners {
  /** Resolves when every command and click that has arrived is answered. */
  settled(): Promise<void>;
}

/**
 * Hears every slash command and every click. Each is acknowledged before anything else happens (invariant 9); then the
 * handler runs, and the person is told how it ended.
 */
export function listen(
  app: App,
  o: {
    readonly handlers: SlackHandlers;
    readonly messenger: Messenger;
    readonly logger: SlackLogger;
    readonly onAck: (kind: Kind, ms: number) => void;
  },
): Listeners {
  const running = new Set<Promise<void>>();

  function run(work: Promise<void>): void {
    running.add(work);
    void work.finally(() => running.delete(work));
  }

  async function tell(to: ReplyTarget, reply: Reply): Promise<void> {
    try {
      await o.messenger.reply(to, reply);
    } catch (error) {
      const failure = SlackFailure.from(error, "answering a person");
      o.logger.error({ user: to.user, channel: to.channel, code: failure.code }, failure.message);
    }
  }

  /** Sends the acknowledgement and measures it: Bolt has no such clock in Socket Mode. */
  async function acknowledge(kind: Kind, ack: () => Promise<void>, context: Context): Promise<boolean> {
    try {
      await ack();
    } catch (error) {
      o.logger.error({ kind, err: redact(String(error)) }, "a command or click could not be acknowledged");
      return false;
    }
    const receivedAt: unknown = context[RECEIVED_AT];
    const ms = typeof receivedAt === "number" ? performance.now() - receivedAt : 0;
    if (ms > ACK_DEADLINE_MS) o.logger.warn({ kind, ms: Math.round(ms) }, "acknowledged too late for Slack");
    o.onAck(kind, ms);
    return true;
  }

  function process(kind: Kind, to: ReplyTarget, handle: () => Promise<Reply | null>): void {
    const onError = (error: unknown) =>
      o.logger.error(
        { kind, user: to.user, channel: to.channel, err: redact(String(error)) },
        "a handler failed",
      );
    run(answer(kind, handle, (reply) => tell(to, reply), onError));
  }

  app.command(/^\//, async ({ ack, command, context }) => {
    const to = {
      responseUrl: command.response_url || null,
      channel: command.channel_id,
      user: command.user_id,
    };
    if (!(await acknowledge("command", ack, context))) return run(tell(to, notAcknowledged("command")));
    process("command", to, () =>
      o.handlers.command({
        text: command.text ?? "",
        command: command.command,
        user: command.user_id,
        channel: command.channel_id,
        team: command.team_id,
        triggerId: command.trigger_id,
        responseUrl: command.response_url,
      }),
    );
  });

  app.action<BlockAction>({ type: "block_actions" }, async ({ ack, body, action, context }) => {
    const place = placeOf(body);
    const to = {
      responseUrl: body.response_url || null,
      channel: place.channel,
      user: body.user.id,
      thread: place.thread,
    };
    if (!(await acknowledge("click", ack, context))) return run(tell(to, notAcknowledged("click")));
    if (action.type !== "button") return;
    const parsed = parseButton((action as ButtonAction).value);
    process("click", to, async () =>
      parsed.ok
        ? o.handlers.click({
            button: parsed.value,
            user: body.user.id,
            channel: place.channel,
            messageTs: place.messageTs,
            actionId: action.action_id,
            responseUrl: body.response_url,
            triggerId: body.trigger_id,
          })
        : parsed.reply,
    );
  });

  app.error(async (error) => {
    o.logger.error({ code: error.code, err: redact(error.message) }, "Slack's library reported an error");
  });

  return {
    async settled() {
      while (running.size > 0) await Promise.allSettled([...running]);
    },
  };
}

/** Where a button was clicked. Slack says it in `container`; `message` is missing for ephemeral messages. */
function placeOf(body: BlockAction): { channel: string; messageTs: string; thread: string | null } {
  const container: Record<string, unknown> = body.container;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    channel: body.channel?.id ?? text(container.channel_id),
    messageTs: body.message?.ts ?? text(container.message_ts),
    thread: text(body.message?.thread_ts) || text(container.thread_ts) || null,
  };
}
