import type { LocalMessage } from "../local-slack/local-slack.js";
import type { Installation } from "./installation.js";
import { ALICE, allText, hasButton } from "./stage.js";
import { until } from "./until.js";

/** A command that was typed just before has its card by then. */
const CARD_LIMIT_MS = 15_000;

/** Longer than the bot waits for a call without an answer, and for agents that may be Down already. */
const LIMIT_MS = 120_000;

/** A card that still has the button may be late, or the bot refused the click because Down was under way. */
const PRESS_EVERY_MS = 5_000;

/**
 * Has the bot give back what its maintenances have taken out of service: Up where machines are Down, else Cancel, until
 * every card has ended, the program has, or the time is over. Waits for no agents. Resolves also when not all could be given back.
 */
export async function giveBack({ slack, channel, isRunning }: Installation): Promise<void> {
  const cards = async () => (await slack.messages(channel)).filter(isCard);
  const pressed = new Map<string, number>();
  const press = async (card: LocalMessage) => {
    const action = ["up:", "cancel:"].find((button) => hasButton(card, button));
    const before = pressed.get(card.ts + action) ?? Number.NEGATIVE_INFINITY;
    if (action === undefined || performance.now() < before + PRESS_EVERY_MS) return;
    pressed.set(card.ts + action, performance.now());
    await slack.interact({ channel, messageTs: card.ts, user: ALICE.id, action });
  };
  try {
    await until("a card", async () => !isRunning() || (await cards()).length > 0, CARD_LIMIT_MS);
    await until(
      "the end of every maintenance",
      async () => {
        if (!isRunning()) return true;
        const open = (await cards()).filter((card) => hasButton(card, ""));
        for (const card of open) await press(card);
        return open.length === 0;
      },
      LIMIT_MS,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
}

/** A maintenance's message in the channel. */
function isCard(message: LocalMessage): boolean {
  return (
    (message.thread_ts === undefined || message.thread_ts === message.ts) &&
    message.ephemeral_to === undefined &&
    /🛠 m-[a-z0-9]+ · /.test(allText(message))
  );
}
