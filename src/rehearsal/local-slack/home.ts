import { type LocalView, onPage } from "./page.js";

/** The bot's Home as somebody has it on the screen; `null` before the bot has drawn it. */
export async function homeOf(url: string, user: string): Promise<LocalView | null> {
  const { home } = await onPage(
    url,
    ({ homes }) => (homes === undefined ? null : { home: homes[user] ?? null }),
    () => "The page did not say which Homes there are",
  );
  return home;
}

/** Clicks the button of a Home whose action id begins with `action`. Throws if there is none. */
export async function clickHome(url: string, user: string, action: string): Promise<void> {
  await onPage(
    url,
    ({ homes }, send) => {
      if (homes === undefined) return null;
      const blocks = homes[user]?.blocks ?? [];
      for (const { block_id, elements = [] } of blocks) {
        const found = elements.find((one) => one.action_id?.startsWith(action));
        if (found === undefined) continue;
        const { action_id, value, type } = found;
        // The page leaves the channel empty, as a Home has none.
        send({
          t: "block_action",
          channel: "",
          messageTs: "",
          user,
          action: { action_id, block_id, value, type },
        });
        return true;
      }
      const shown = blocks.flatMap(({ elements = [] }) => elements.flatMap((one) => one.action_id ?? []));
      throw new Error(`The Home of ${user} has no button ${action}; it has: ${shown.join(", ") || "none"}.`);
    },
    () => "The page did not say which Homes there are",
  );
}
