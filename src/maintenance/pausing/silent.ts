import { list } from "../text/list.js";
import { nanosToMillis } from "../time.js";
import type { PauseRule } from "./rule.js";

/** The window has begun, and a framework that has tasks on the machines and can be asked has not answered. */
export const silent: PauseRule = {
  name: "silent",
  looksAt: "next_batch",
  // Most frameworks cannot answer: who has said once that it does not matter is not asked before every batch.
  goneOnFor: "roll",
  sees({ seen, batch, nowMs }) {
    if (nowMs < nanosToMillis(batch.window.start)) return null;
    const rows = seen.verdicts.filter(
      ({ verdict, tasks, unasked }) => verdict === "silent" && tasks > 0 && unasked === null,
    );
    const names = [...new Set(rows.map(({ framework }) => framework))];
    if (names.length === 0) return null;
    const have = names.length === 1 ? "has tasks there and has" : "have tasks there and have";
    return { saw: `${list(names)} ${have} not answered`, about: names };
  },
};
