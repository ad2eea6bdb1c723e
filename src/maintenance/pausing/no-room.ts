import type { PauseRule } from "./rule.js";

/** What runs on the machines does not fit on those that stay. */
export const noRoom: PauseRule = {
  name: "no_room",
  looksAt: "next_batch",
  goneOnFor: "batch",
  sees: ({ seen }) =>
    seen.blast.capacity.fits
      ? null
      : { saw: "the agents that stay have no room for what runs on the machines", about: ["room"] },
};
