import { openDatabase } from "../../../../src/engine/store/embedded/embedded-database.js";

const SEGMENT_BYTES = 16 * 1024 * 1024;

/**
 * Writes into the log of a database that is not open, until so many bytes are left of its segment. After them PostgreSQL needs
 * room for another one, and ends where there is none.
 */
export async function useUpLog(dataDir: string, leftBytes: number): Promise<void> {
  const { db, pool } = await openDatabase(dataDir);
  for (;;) {
    const { rows } = await pool.query<{ at: string }>(
      `SELECT (pg_current_wal_insert_lsn() - '0/0') % ${SEGMENT_BYTES} AS at`,
    );
    const left = SEGMENT_BYTES - Number(rows[0]?.at) - leftBytes;
    if (left <= 0) break;
    await pool.query("SELECT pg_logical_emit_message(false, 'filling', repeat('x', $1))", [
      Math.min(left, 500_000),
    ]);
  }
  await pool.end();
  await db.close();
}
