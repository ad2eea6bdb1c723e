import { MOST_BYTES, NOT_READ } from "../bound.js";

/**
 * A job as it is, or without its data where these take more than `MOST_BYTES`. How much they take on the disk is asked first: that
 * is known without reading them.
 */
export const BOUNDED_JOB = `
  CREATE OR REPLACE FUNCTION mesos_bot_without(whole job, bytes integer) RETURNS job LANGUAGE sql STABLE AS $$
    SELECT jsonb_populate_record(
      whole, jsonb_build_object('data', jsonb_build_object('${NOT_READ}', 'too_large', 'bytes', bytes)))
  $$;
  CREATE OR REPLACE FUNCTION mesos_bot_bounded(whole job) RETURNS job LANGUAGE plpgsql STABLE AS $$
  BEGIN
    IF pg_column_size(whole.data) > ${MOST_BYTES} THEN
      RETURN mesos_bot_without(whole, pg_column_size(whole.data));
    ELSIF octet_length(whole.data::text) > ${MOST_BYTES} THEN
      RETURN mesos_bot_without(whole, octet_length(whole.data::text));
    END IF;
    RETURN whole;
  END $$`;

/** The statements with which BullMQ (6.7) reads a whole job: by its id, and as the next one to run. */
const WHOLE_JOB =
  /SELECT \* FROM (job|move_to_(?:active|completed_fetch|failed_fetch)\([^)]*\))( WHERE queue = \$1 AND id = \$2)?;/;

/** A statement of BullMQ's that reads no job whole. The others come back as they are. */
export function boundedStatement(sql: string): string {
  // OFFSET 0: the job is bounded once, not once for each of its columns.
  const bounded = "SELECT mesos_bot_bounded(whole) AS bounded FROM $1 AS whole$2 OFFSET 0";
  return sql.replace(WHOLE_JOB, `SELECT (jobs.bounded).* FROM (${bounded}) jobs;`);
}
