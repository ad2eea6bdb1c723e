import type { World } from "../../maintenance/cluster/world.js";
import { decide, looksAtMarathons, needsWorld } from "../../maintenance/decide.js";
import { marathonsOn } from "../../maintenance/moving/plan.js";
import { phaseOf } from "../../maintenance/record/batch.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { NONE_STORED, storedBeside } from "../../maintenance/record/unreadable.js";
import { withWatch } from "../../maintenance/record/watched.js";
import { turnOf } from "../../maintenance/rolling/turn.js";
import { freeId } from "../lanes/ids.js";
import type { DecisionRequest } from "../lanes/jobs.js";
import { noSuchMaintenance } from "../lanes/not-found.js";
import { replyFrom } from "../lanes/troubles.js";
import type { StoreJob } from "../store/store.js";
import type { ControlPorts } from "./ports.js";

/** What it opens is known by who asked for it and when: the same when the job runs again, unless it was taken meanwhile. */
async function idFor(
  { leftBehind }: Maintenance,
  { maintenance, person, askedAtMs }: DecisionRequest,
  { records, isTaken: hasThread }: ControlPorts,
): Promise<string> {
  const trigger = `${maintenance}/${person.user}/${askedAtMs}`;
  // Its own that are not opened yet are not in the queue.
  const isOwn = (one: string) => leftBehind.some(({ id, opening }) => id === one && opening !== null);
  const isTaken = async (one: string) =>
    isOwn(one) || (await records.queue.getJob(one)) !== undefined || (await hasThread(one));
  const id = await freeId(trigger, isTaken);
  if (id === null) throw new Error("No id is free for another maintenance. Nothing was decided.");
  return id;
}

/** A click or a command on one maintenance; the outcome goes to the person and, through the record, to the thread. */
export async function runDecision(
  request: DecisionRequest,
  store: (record: Maintenance, of: StoreJob) => Promise<void>,
  ports: ControlPorts,
): Promise<string> {
  const found = await ports.records.job(request.maintenance);
  if (found === null) {
    await ports.reply(request.replyTo, await noSuchMaintenance(request.maintenance, [ports.records]));
    return "unknown";
  }
  const { job, record: stored } = found;
  const watched = withWatch(stored, ports.now(), ports.cluster.policy.unwatchedAfterMs);
  // A click does not make an old record one of now.
  const record = watched.unwatched === stored.unwatched ? stored : watched;
  let world: World | null = null;
  if (needsWorld(request.decision.kind) && record.end === null) {
    try {
      // Read after the click, never shared from before it (invariant 5).
      world = await ports.cluster.world("fresh");
    } catch (error) {
      const notDone = "Nothing was decided, because the cluster could not be looked at.";
      const answer = replyFrom(error, notDone, "decide again");
      await ports.reply(request.replyTo, answer);
      return "unreadable";
    }
  }
  const { decision, person, askedAtMs } = request;
  const { logger, now } = ports;
  const { policy, marathons: known } = ports.cluster;
  const turn = turnOf(record);
  const marathons =
    world === null || turn === null || !looksAtMarathons(record, decision)
      ? []
      : await known.look(
          marathonsOn(world, turn, policy).map((framework) => framework.id),
          world,
        );
  const others =
    world === null || policy.budgets.length === 0
      ? NONE_STORED
      : storedBeside(await ports.records.open(), record.id);
  const id = await idFor(record, request, ports);
  const context = { person, nowMs: now(), askedAtMs, policy, world, marathons, others, freeId: id };
  const decided = decide(record, decision, context);
  const changed = decided.record !== stored;
  const { id: maintenance, cluster } = record;
  const phase = phaseOf(decided.record);
  logger.info(
    { maintenance, cluster, user: person.user, decision: decision.kind, phase, changed },
    "decision",
  );
  if (changed) {
    await store(decided.record, job);
    await ports.changed(decided.record);
  }
  try {
    if (changed) await ports.records.wake(maintenance);
    await ports.reply(request.replyTo, decided.reply);
  } catch (error) {
    // It is decided and stored: running this job again would decide a second time.
    logger.error({ err: error, maintenance }, "decided, but the answer could not be queued");
  }
  return decided.reply.tone;
}
