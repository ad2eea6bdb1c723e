import type { Decision } from "../../maintenance/decisions/table.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { turnOf } from "../../maintenance/rolling/turn.js";

/** What the button Go on carries: going on with what its message shows, and with nothing that came later. */
export function goingOn(record: Maintenance): Decision {
  const { paused, unwatched } = record;
  const about = { kind: "go_on", batch: turnOf(record)?.id ?? null } as const;
  if (unwatched !== null) return { ...about, noticedAtMs: unwatched.noticedAtMs };
  return paused === null ? about : { ...about, sinceMs: paused.sinceMs };
}
