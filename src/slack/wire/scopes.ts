/** What the bot token must be allowed to do, each for one thing. `manifest.json` asks for exactly these. */
export const BOT_SCOPES = {
  commands: "the slash command",
  "chat:write": "cards, threads and answers",
  "users:read": "people's names and time zones, and whether they are guests",
  "usergroups:read": "approvers by user group",
  "files:write": "long lists and time lines as files",
} as const;

/** Scopes that a token lacks. */
export function missingScopes(granted: readonly string[]): string[] {
  return Object.keys(BOT_SCOPES).filter((scope) => !granted.includes(scope));
}
