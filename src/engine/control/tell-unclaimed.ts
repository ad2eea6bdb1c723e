import { createHash } from "node:crypto";
import { shownOf, type UnclaimedShown, unclaimedMachines } from "../../maintenance/adopting/unclaimed.js";
import type { World } from "../../maintenance/cluster/world.js";
import { readJob, UNCLAIMED_LOOK_JOB, unclaimedLook } from "../lanes/jobs.js";
import { ROUTINE_PRIORITY, THREAD_JOB_OPTIONS } from "../lanes/options.js";
import type { Records } from "../lanes/records.js";
import { delayFor, type StoreJob, wake } from "../store/store.js";
import type { ControlPorts } from "./ports.js";

const EVERY_MS = 86_400_000;

/** A master that is away is looked at again after this. */
const RETRY_MS = 60_000;

/** What cannot be known now may need a person first. */
const UNKNOWN_MS = 3_600_000;

/** Places the one job of a cluster that looks for unclaimed machines, and has it look now. */
export async function lookForUnclaimed({ queue }: Pick<Records, "queue">): Promise<void> {
  const options = { ...THREAD_JOB_OPTIONS, jobId: UNCLAIMED_LOOK_JOB, priority: ROUTINE_PRIORITY };
  await queue.add(UNCLAIMED_LOOK_JOB, { told: digestOf([]) }, options);
  const job = await queue.getJob(UNCLAIMED_LOOK_JOB);
  if (job !== undefined) await wake(job);
}

/**
 * Has it looked for machines that are out of service and in no open maintenance, and the channel told of them, once until it
 * changes: after a lost queue nothing else would ever speak of them (invariant 11). Every day, and when a worker starts. What
 * Slack did not take is told by the next look. It goes on beside the lane: a master that hangs holds no decision up.
 */
export async function runUnclaimedLook(job: StoreJob, token: string, ports: ControlPorts): Promise<never> {
  void lookBeside(job, ports);
  return await delayFor(job, EVERY_MS, token, ports.wall);
}

/** Never rejects. */
async function lookBeside(job: StoreJob, ports: ControlPorts): Promise<void> {
  const { cluster, logger } = ports;
  const again = (ms: number) =>
    ports.after(ms, () => {
      wake(job).catch((error) =>
        logger.debug({ err: error }, "the look for unclaimed machines was not woken"),
      );
    });
  try {
    const { told } = readJob(unclaimedLook, job);
    const shown = await unclaimedNow(told, ports);
    if (shown === "unknown") return void again(UNKNOWN_MS);
    const digest = digestOf(shown);
    if (digest === told) return;
    if (shown.length === 0) return await job.updateData({ told: digest });
    const machines = shown.flatMap((group) => group.machines);
    logger.warn({ cluster: cluster.name, machines }, "machines are out of service in no open maintenance");
    await ports.tellUnclaimed(shown, digest);
  } catch (error) {
    logger.debug(
      { err: error, cluster: cluster.name },
      "nobody could look for unclaimed machines; trying again",
    );
    again(RETRY_MS);
  }
}

/** The machines that nobody looks after now. */
async function unclaimedNow(
  told: string,
  ports: ControlPorts,
): Promise<readonly UnclaimedShown[] | "unknown"> {
  const { cluster } = ports;
  // What others have just read is enough to see that nothing has changed; what is told is looked at anew.
  const shown = await unclaimedIn(await cluster.world(), ports);
  return shown === "unknown" || digestOf(shown) === told
    ? shown
    : await unclaimedIn(await cluster.world("fresh"), ports);
}

/** Where maintenances cannot be read, or the view hides something, whose the machines are nobody can say (invariant 13). */
async function unclaimedIn(
  world: World,
  { records, now }: ControlPorts,
): Promise<readonly UnclaimedShown[] | "unknown"> {
  const { records: open, unreadable } = await records.open();
  const groups = unreadable.length > 0 ? null : unclaimedMachines(world, open, now());
  return groups === null ? "unknown" : groups.map((group) => shownOf(world, group));
}

/** Of which machines it is told, in which windows: what is told again when it changes. */
function digestOf(groups: readonly UnclaimedShown[]): string {
  const about = groups.map(({ machines, stand }) => [[...machines].sort(), stand]);
  return createHash("sha256").update(JSON.stringify(about)).digest("hex").slice(0, 16);
}
