import { z } from "zod";
import type { Maintenance } from "../record/record.js";
import { turnOf } from "../rolling/turn.js";
import type { ReplyParts } from "../text/reply.js";

/** Of which batch: a button says it, so that a second click means the same one; a command means the one whose turn it is. */
export const aboutTurn = { batch: z.string().nullable() };

/** Why a button of an earlier batch does nothing any more; `null` where it is still that batch's turn. */
export function turnHasPassed(record: Maintenance, batch: string | null): ReplyParts | null {
  const turn = turnOf(record);
  if (batch === null || turn === null || turn.id === batch) return null;
  return {
    tone: "info",
    text: `${record.id}: ${batch} is settled already; it is the turn of ${turn.id}. Nothing was changed.`,
  };
}
