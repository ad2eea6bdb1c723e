import type { Policy } from "../../../maintenance/policy/policy.js";
import type { Maintenance } from "../../../maintenance/record/record.js";
import { withTrouble } from "../../../maintenance/record/troubles.js";
import type { Millis } from "../../../maintenance/time.js";
import { troubleFrom } from "../../lanes/troubles.js";
import type { Undone } from "../not-done.js";
import type { Answer } from "./send.js";

/** A call that can be repeated without harm. Without an answer it is neither repeated nor given up for a while (invariant 7). */
export function toldAnswer(
  record: Maintenance,
  answer: Answer,
  undone: Undone,
  { settleMs }: Policy,
  nowMs: Millis,
): Maintenance {
  if (answer.kind === "accepted") return settled(record);
  const said = answer.kind === "none" ? undone.notKnown : undone.notDone;
  const inTrouble = withTrouble(settled(record), troubleFrom(answer.error, said), nowMs);
  return { ...inTrouble, unsettledUntilMs: answer.kind === "none" ? nowMs + settleMs : null };
}

/** It is known whether the last call was carried out, or that there was none. */
export function settled(record: Maintenance): Maintenance {
  return { ...record, unsettledUntilMs: null };
}
