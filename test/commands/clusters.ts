import type { CommandContext } from "../../src/commands/command.js";

const HOUR = 3_600_000;

const prod = { name: "prod", channel: "C0PROD", defaultDurationMs: 2 * HOUR, maxDurationMs: 7 * 24 * HOUR };

const staging = { name: "staging", channel: "C0STAGE", defaultDurationMs: HOUR, maxDurationMs: 24 * HOUR };

/** Monday 14:40 in Shanghai. */
export const NOW = Date.parse("2026-11-30T06:40:00Z");

const typed = { command: "/mesos", nowMs: NOW, timeZone: "Asia/Shanghai" } as const;

/** Typed in prod's own channel. */
export const inProd: CommandContext = { ...typed, clusters: [prod, staging], channel: "C0PROD" };

/** Typed in a channel that belongs to no cluster. */
export const elsewhere: CommandContext = { ...typed, clusters: [prod, staging], channel: "C0OTHER" };

export const onlyOne: CommandContext = { ...typed, clusters: [prod], channel: "C0OTHER" };

export const shared: CommandContext = {
  ...typed,
  clusters: [prod, { ...staging, channel: "C0PROD" }],
  channel: "C0PROD",
};

export const none: CommandContext = { ...typed, clusters: [], channel: "C0OTHER" };
