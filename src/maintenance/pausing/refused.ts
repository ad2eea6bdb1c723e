import { list } from "../text/list.js";
import type { PauseRule } from "./rule.js";

/** A framework that has tasks on the machines refuses to leave. */
export const refused: PauseRule = {
  name: "refused",
  looksAt: "next_batch",
  goneOnFor: "batch",
  sees({ seen }) {
    const rows = seen.verdicts.filter(({ verdict, tasks }) => verdict === "refused" && tasks > 0);
    const names = [...new Set(rows.map(({ framework }) => framework))];
    return names.length === 0 ? null : { saw: `${list(names)} refused to leave`, about: names };
  },
};
