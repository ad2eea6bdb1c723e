import { z } from "zod";
import { placeOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import { turnOf } from "../rolling/turn.js";
import type { ReplyParts } from "../text/reply.js";
import { beingCancelled } from "./replies.js";

/** Of which batch: a button says it, so that a second click means the same one; a command means the one whose turn it is. */
export const aboutTurn = { batch: z.string().nullable() };

/** Why nothing can be decided on the turn: it is being cancelled, or the button is that of an earlier batch. */
export function whyNotOnTurn(record: Maintenance, batch: string | null): ReplyParts | null {
  return beingCancelled(record) ?? turnHasPassed(record, batch);
}

function turnHasPassed(record: Maintenance, batch: string | null): ReplyParts | null {
  const turn = turnOf(record);
  if (batch === null || turn === null || turn.id === batch) return null;
  return {
    tone: "info",
    text: `${record.id}: ${placeOf(record, batch)} is settled already; it is the turn of ${placeOf(record, turn.id)}. Nothing was changed.`,
  };
}
