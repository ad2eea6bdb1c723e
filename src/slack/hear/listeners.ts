import type {
  App,
  BlockAction,
  ButtonAction,
  Context,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from "@slack/bolt";
import type { Logger } from "../../base/logger.js";
import { scrub } from "../../base/scrub.js";
import { COMMAND, commandNameOf } from "../../maintenance/text/command.js";
import { anybody } from "../../maintenance/text/reader.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { RECEIVED_AT } from "../connection/connection.js";
import { parseButton } from "../render/button-value.js";
import { FORM } from "../render/form/form.js";
import { PREVIEW } from "../render/form/preview.js";
import { renderClosedHome } from "../render/home/home.js";
import { isAskedAtHome, type Messenger, type ReplyTarget } from "../say/messenger.js";
import { SlackFailure } from "../wire/errors.js";
import { ACK_DEADLINE_MS } from "../wire/limits.js";
import { answer, type Kind, notAcknowledged } from "./answer.js";
import { clicked, unknownButton } from "./clicked.js";
import { asksForForm, drainOf, openForm, placeIn, previewOf } from "./forms.js";
import type { SlackHandlers } from "./handlers.js";
import { modalAnswer } from "./modal-answer.js";
import { INPUT, type OpenModal } from "./modals.js";
import { type Home, homeOfClick, homeOfCommand, homeOfEvent } from "./own-people.js";

/**
 * Hears every slash command, every click, every submission of a modal, and who opens the Home. Each is acknowledged before
 * anything else happens (invariant 9); then the handler runs, and the person is told how it ended.
 *
 * @returns resolves when all that has arrived is answered.
 */
export function listen(
  app: App,
  o: {
    readonly handlers: SlackHandlers;
    readonly messenger: Pick<Messenger, "reply" | "publish">;
    readonly openModal: OpenModal;
    /** What somebody is told who may not use the bot at all; `null` for one of us (invariant 6). */
    readonly turnedAway: (kind: Kind, home: Home) => Reply | null;
    /** Where somebody belongs, as far as Slack tells when it is asked for what it did not send. */
    readonly wholeHome: (user: string, home: Home) => Promise<Home>;
    /** Whether an answer may be posted to this address. */
    readonly isResponseUrl: (url: string) => boolean;
    readonly logger: Logger;
    readonly onAck: (kind: Kind, ms: number) => void;
  },
): () => Promise<void> {
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
    if (isAskedAtHome(to)) await drawHome(to.user, () => o.handlers.home(to.user, reply));
  }

  /** Whoever is to be answered, without an address that is not Slack's: it is neither stored nor used. */
  function answerable<T extends ReplyTarget>(to: T): T {
    if (to.responseUrl === null || o.isResponseUrl(to.responseUrl)) return to;
    o.logger.warn(
      { user: to.user, channel: to.channel },
      "a response URL is not Slack's; it was dropped, and the person is answered by an ephemeral message",
    );
    return { ...to, responseUrl: null };
  }

  /** Nothing depends on a Home: it is drawn when it is opened again. */
  async function drawHome(user: string, draw: () => Promise<void>): Promise<void> {
    try {
      await draw();
    } catch (error) {
      o.logger.error({ user, err: error }, "a Home could not be drawn");
    }
  }

  /** Sends the acknowledgement and measures it: Bolt has no such clock in Socket Mode. */
  async function acknowledge(kind: Kind, ack: () => Promise<void>, context: Context): Promise<boolean> {
    try {
      await ack();
    } catch (error) {
      o.logger.error({ kind, err: scrub(String(error)) }, "a command or click could not be acknowledged");
      return false;
    }
    const receivedAt: unknown = context[RECEIVED_AT];
    const ms = typeof receivedAt === "number" ? performance.now() - receivedAt : 0;
    if (ms > ACK_DEADLINE_MS) o.logger.warn({ kind, ms: Math.round(ms) }, "acknowledged too late for Slack");
    o.onAck(kind, ms);
    return true;
  }

  /** Acknowledges; then nothing is carried out before it is known to come from one of us (invariant 6). */
  async function hear(
    kind: Kind,
    from: {
      readonly to: ReplyTarget;
      readonly home: Home;
      readonly context: Context;
      /** Slack's trigger id. */
      readonly trigger: string;
    },
    ack: () => Promise<void>,
    handle: () => Promise<Reply | null>,
  ): Promise<void> {
    const { to, home } = from;
    if (!(await acknowledge(kind, ack, from.context))) return run(tell(to, notAcknowledged(kind)));
    const who = { kind, user: to.user, channel: to.channel };
    const onError = (error: unknown) => o.logger.error({ ...who, err: error }, "a handler failed");
    const handleOurs = async () => {
      const refusal = o.turnedAway(kind, home) && o.turnedAway(kind, await o.wholeHome(to.user, home));
      if (refusal === null) return await o.handlers.once(from.trigger, handle);
      o.logger.warn({ ...who, team: home.team }, "turned away: not known as one of ours");
      return refusal;
    };
    run(answer(kind, handleOurs, (reply) => tell(to, reply), onError));
  }

  app.command(/^\//, async ({ ack, command, context }) => {
    const to = answerable({
      responseUrl: command.response_url || null,
      channel: command.channel_id,
      user: command.user_id,
      thread: null,
      command: commandNameOf(command.command),
    });
    const typed = { ...to, text: command.text ?? "", triggerId: command.trigger_id };
    const from = { to, home: homeOfCommand(command), context, trigger: typed.triggerId };
    await hear("command", from, ack, () =>
      asksForForm(typed.text)
        ? openForm(typed, o, (failure) => {
            o.logger.warn(
              { user: to.user, ...failure.fields },
              "the form was not opened; answered with the help",
            );
            return o.handlers.command(typed);
          })
        : o.handlers.command(typed),
    );
  });

  app.action<BlockAction>({ type: "block_actions" }, async ({ ack, body, action, context }) => {
    // We draw nothing else that acts at once.
    if (action.type !== "button") return await ack();
    const button = parseButton((action as ButtonAction).value);
    const name = button !== null && "command" in button ? button.command : undefined;
    const to = answerable(placeOf(body, name));
    const from = { to, home: homeOfClick(body), context, trigger: body.trigger_id };
    await hear("click", from, ack, async () =>
      button === null
        ? unknownButton()
        : await clicked({ ...to, button, ...messageOf(body), triggerId: body.trigger_id }, o),
    );
  });

  app.view<ViewSubmitAction>(/^/, async ({ ack, body, view, context }) => {
    if (view.callback_id === FORM) return await previewed({ ack, body, view, context });
    if (view.callback_id === PREVIEW) return await drained({ ack, body, view, context });
    const click = modalAnswer(view);
    if (typeof click === "string") {
      const errors = { [INPUT]: click };
      await acknowledge("modal", () => ack({ response_action: "errors", errors }), context);
      return;
    }
    const { button, place } = click;
    const to = answerable({ ...place, user: body.user.id, command: button.command ?? COMMAND });
    await hear("modal", { to, ...fromDialog(body, context) }, ack, () =>
      o.handlers.click({ ...to, button, triggerId: body.trigger_id }),
    );
  });

  /** The form was filled in: what is wrong stands beside its inputs at once, else the preview opens and is filled. */
  async function previewed({ ack, body, view, context }: Submission): Promise<void> {
    const user = body.user.id;
    const from = fromDialog(body, context);
    if (o.turnedAway("modal", from.home) !== null) return await closed({ ack, body, view, context });
    const preview = previewOf(view, { user, triggerId: body.trigger_id }, o.handlers);
    if ("errors" in preview) {
      await acknowledge("modal", () => ack({ response_action: "errors", errors: preview.errors }), context);
      return;
    }
    const shown = () => ack({ response_action: "push", view: preview.view });
    const dryRun = answerable(preview.dryRun);
    await hear("modal", { to: dryRun, ...from }, shown, () => o.handlers.command(dryRun));
  }

  /** What was previewed is sent as the line that it is. */
  async function drained({ ack, body, view, context }: Submission): Promise<void> {
    const read = drainOf(view, body.user.id);
    if (read === null) return await closed({ ack, body, view, context });
    const drain = answerable(read);
    const clear = () => ack({ response_action: "clear" });
    await hear("modal", { to: drain, ...fromDialog(body, context) }, clear, () => o.handlers.command(drain));
  }

  /** Nothing comes of the dialog: the person is told why, where they opened it. */
  async function closed({ ack, body, view, context }: Submission): Promise<void> {
    const user = body.user.id;
    const at = placeIn(view) ?? { channel: user, responseUrl: null, command: COMMAND };
    const to = answerable({ ...at, user, thread: null });
    const clear = () => ack({ response_action: "clear" });
    await hear("modal", { to, ...fromDialog(body, context) }, clear, async () => unknownButton());
  }

  app.event("app_home_opened", async ({ event, body }) => {
    if (event.tab !== "home") return;
    const { user } = event;
    const home = homeOfEvent(body);
    const refusal = o.turnedAway("home", home);
    if (refusal !== null) {
      o.logger.warn({ kind: "home", user, team: home.team }, "turned away: not known as one of ours");
      const closed = renderClosedHome(refusal, anybody(COMMAND, Date.now()));
      return run(drawHome(user, () => o.messenger.publish(user, closed)));
    }
    run(drawHome(user, () => o.handlers.home(user, null)));
  });

  app.error(async (error) => {
    o.logger.error({ code: error.code, err: scrub(error.message) }, "Slack's library reported an error");
  });

  return async () => {
    while (running.size > 0) await Promise.allSettled([...running]);
  };
}

type Submission = Pick<
  SlackViewMiddlewareArgs<ViewSubmitAction> & { readonly context: Context },
  "ack" | "body" | "view" | "context"
>;

function fromDialog(body: ViewSubmitAction, context: Context) {
  return { home: homeOfClick(body), context, trigger: body.trigger_id };
}

function messageOf({ message, container }: BlockAction): { readonly message?: string } {
  const ts: unknown = message?.ts ?? container.message_ts;
  return typeof ts === "string" ? { message: ts } : {};
}

/** Who clicked where. Slack says it in `container`; `message` is missing for ephemeral messages. The Home is no channel. */
function placeOf(body: BlockAction, command = COMMAND): ReplyTarget {
  const container: Record<string, unknown> = body.container;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const channel = body.channel?.id || text(container.channel_id);
  if (channel === "") {
    return { responseUrl: null, channel: body.user.id, user: body.user.id, thread: null, command };
  }
  return {
    responseUrl: body.response_url || null,
    channel,
    user: body.user.id,
    thread: text(body.message?.thread_ts) || text(container.thread_ts) || null,
    command,
  };
}
