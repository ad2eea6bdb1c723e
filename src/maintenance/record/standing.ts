import { z } from "zod";

/** What kind of account Slack says that somebody has; `unknown` when Slack could not be asked, or was not. */
export const standing = z.enum(["member", "guest", "bot", "deactivated", "stranger", "unknown"]);

export type Standing = z.output<typeof standing>;
