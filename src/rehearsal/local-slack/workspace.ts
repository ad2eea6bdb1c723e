/** Who and what is in the local workspace. */
export interface Workspace {
  readonly users: readonly { readonly id: string; readonly name: string; readonly realName: string }[];
  readonly channels: readonly { readonly id: string; readonly name: string }[];
}

/** Two people and one channel: enough for one to ask and the other to approve. */
export const OPS: Workspace = {
  users: [
    { id: "U01ALICE", name: "alice", realName: "Alice" },
    { id: "U02BOB", name: "bob", realName: "Bob" },
  ],
  channels: [{ id: "C01OPS", name: "ops" }],
};

/** Tokens of the local workspace. They open nothing but the process started with them. */
export const LOCAL_TOKENS = {
  botToken: "xoxb-local-slack",
  appToken: "xapp-local-slack",
  signingSecret: "local-slack-signing-secret",
} as const;

export const BOT_USER = "U0BOT";

/** How the local Slack reaches the bot: over a socket the bot opens, or by signed requests to a URL. */
export type Delivery = { readonly kind: "socket" } | { readonly kind: "http"; readonly requestUrl: string };

/** The local Slack's configuration file (it takes JSON). Every person and the bot are members of every channel. */
export function configOf(workspace: Workspace, delivery: Delivery): string {
  const members = [...workspace.users.map((user) => user.id), BOT_USER];
  return JSON.stringify({
    workspace: { name: "Ops", domain: "ops", teamId: "T01LOCAL" },
    app: {
      appId: "A01MESOS",
      botUserId: BOT_USER,
      botName: "mesos",
      ...LOCAL_TOKENS,
      ...(delivery.kind === "socket"
        ? { mode: "socket" }
        : { mode: "events", requestUrl: delivery.requestUrl }),
    },
    users: workspace.users.map((user) => ({ id: user.id, name: user.name, real_name: user.realName })),
    channels: workspace.channels.map((channel) => ({ ...channel, members })),
  });
}
