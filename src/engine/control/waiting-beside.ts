import type { World } from "../../maintenance/cluster/world.js";
import type { Maintenance } from "../../maintenance/record/record.js";
import { callsOf, nextStep, type Post, type StepPorts, type WriteCall } from "./next-step.js";

/** A maintenance that waits for its first post, as somebody else's tick may write it: no other job of the lane runs. */
export interface Waiting {
  readonly record: Maintenance;
  /** Stores the record; resolves when it is stored. */
  save(record: Maintenance): Promise<void>;
}

/** Its windows go into the same post as somebody else's. */
export interface Beside extends Waiting {
  readonly post: Post;
}

/** Many more would make the view old before anything is posted on it. */
const MOST_BESIDE = 50;

/**
 * The drains whose first windows can be placed by the post that places the first one of `record`: each post erases all
 * answers, so one is better than many (invariant 3). Each is decided on the same world, after those before it. None but
 * those that do nothing else; what becomes of the others is for their own ticks.
 */
export async function waitingBeside(
  record: Maintenance,
  calls: readonly WriteCall[],
  world: World,
  ports: StepPorts & { waiting(others: readonly Maintenance[]): Promise<readonly Waiting[]> },
): Promise<readonly Beside[]> {
  if (!isFirstPost(record) || placing(calls) === null) return [];
  const { records: others, unreadable } = await ports.others();
  const waiting = await ports.waiting(others);
  const found: Beside[] = [];
  let open = [record, ...others];
  for (const { record: other, save } of waiting.slice(0, MOST_BESIDE)) {
    const rest = open.filter(({ id }) => id !== other.id);
    const step = await nextStep(other, world, {
      ...ports,
      others: async () => ({ records: rest, unreadable }),
    });
    const post = placing(callsOf(step));
    if (post === null) continue;
    found.push({ record: step.record, post, save });
    open = [step.record, ...rest];
  }
  return found;
}

/** Whether no window of it was posted yet and nothing is in its way. */
export function isFirstPost({ batches, trouble }: Maintenance): boolean {
  return (
    trouble === null && batches.every((batch) => batch.phase === "scheduled" && batch.post.kind === "none")
  );
}

/** The one post to be made, if it only places machines and nothing else is to be sent. */
function placing(calls: readonly WriteCall[]): Post | null {
  const [first] = calls;
  if (calls.length !== 1 || first?.kind !== "post_schedule") return null;
  return first.edits.every(({ kind }) => kind === "place") ? first : null;
}
