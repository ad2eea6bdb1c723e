import type { CommandContext } from "../../src/commands/command.js";

const HOUR = 3_600_000;

const prod = { name: "prod", channel: "C0PROD", defaultDurationMs: 2 * HOUR, maxDurationMs: 7 * 24 * HOUR };

const staging = { name: "staging", channel: "C0STAGE", defaultDurationMs: HOUR, maxDurationMs: 24 * HOUR };

/** Typed in prod's own channel. */
export const inProd: CommandContext = { clusters: [prod, staging], channel: "C0PROD", command: "/mesos" };

/** Typed in a channel that belongs to no cluster. */
export const elsewhere: CommandContext = { clusters: [prod, staging], channel: "C0OTHER", command: "/mesos" };

export const onlyOne: CommandContext = { clusters: [prod], channel: "C0OTHER", command: "/mesos" };

export const shared: CommandContext = {
  clusters: [prod, { ...staging, channel: "C0PROD" }],
  channel: "C0PROD",
  command: "/mesos",
};

export const none: CommandContext = { clusters: [], channel: "C0OTHER", command: "/mesos" };
