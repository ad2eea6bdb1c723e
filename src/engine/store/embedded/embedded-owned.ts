import type { WriteOwned } from "../driver.js";
import type { PglitePool } from "./pglite-pool.js";

/**
 * BullMQ's `extend_lock` and `update_data.sql` (6.7) as one statement. A job is the row `(queue, id)` of the table
 * `job`; it is locked while it is `active` with the worker's `lock_token`, and taken from its worker at the next look
 * at locks after `locked_until_ms`; its data is the `jsonb` in `data`. One statement because all share one session:
 * nothing runs in between.
 */
const WRITE_OWNED = `
  UPDATE job
     SET locked_until_ms = CASE WHEN id = $2 THEN $4::bigint ELSE locked_until_ms END,
         data            = CASE WHEN id = $5 THEN $6::jsonb  ELSE data            END
   WHERE queue = $1
     AND id IN ($2, $5)
     AND EXISTS (SELECT FROM job WHERE queue = $1 AND id = $2 AND state = 'active' AND lock_token = $3)
  RETURNING id
`;

export function embeddedWriteOwned(pool: PglitePool): WriteOwned {
  return async ({ queue, owner, token, lockMs, target, data }) => {
    const lockedUntilMs = Date.now() + lockMs;
    const params = [queue, owner, token, lockedUntilMs, target, data];
    const { rows } = await pool.query<{ id: string }>(WRITE_OWNED, params);
    if (rows.length === 0) return "lost";
    return rows.some(({ id }) => id === target) ? "written" : "gone";
  };
}
