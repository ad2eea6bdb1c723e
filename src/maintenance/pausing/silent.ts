import { list } from "../text/list.js";
import { nanosToMillis } from "../time.js";
import type { PauseRule } from "./rule.js";

/** The window has begun, and a framework that has tasks on the machines and can be asked has not answered. */
export const silent: PauseRule = {
  name: "silent",
  // Most frameworks cannot answer: who has said once that it does not matter is not asked before every batch.
  goneOnFor: "roll",
  sees({ seen, batch, nowMs }) {
    if (nowMs < nanosToMillis(batch.window.start)) return null;
    const rows = seen.verdicts.filter(
      ({ verdict, tasks, unasked }) => verdict === "silent" && tasks > 0 && unasked === null,
    );
    const names = [...new Set(rows.map(({ framework }) => framework))];
    return names.length === 0
      ? null
      : names.length === 1
        ? `${list(names)} has tasks there and has not answered`
        : `${list(names)} have tasks there and have not answered`;
  },
};
