import { machineKey } from "../cluster/machine.js";
import type { Answer, World } from "../cluster/world.js";
import { groupBy } from "../group-by.js";
import type { Picture, VerdictRow } from "../record/picture.js";
import type { Maintenance } from "../record/record.js";
import { aboutSpan, type Millis, nanosToMillis } from "../time.js";
import { isUnknown } from "./verdicts.js";

type Behaviour = Maintenance["behaviour"][number];

/** What a framework does when it is asked to leave, as finished maintenances show it. */
export interface Habit {
  readonly framework: string;
  /** Maintenances on whose machines it had tasks and could be asked to leave. */
  readonly maintenances: number;
  /** Those in which it promised to leave and declined nowhere. */
  readonly accepted: number;
  /** Those in which it declined on a machine. */
  readonly declined: number;
  /** Those in which all its tasks went before Down. */
  readonly left: number;
  /** How long before the window's start its last task went, the middle one of those; negative is after it. */
  readonly leftBeforeStartMs: Millis | null;
}

/** Maintenances after which what a framework did is taken for a habit. */
const LEAST_EVIDENCE = 2;

/**
 * The record with what its frameworks have done so far: on how many machines each was asked to leave, promised, declined
 * and left. Where nobody could ask it, its silence says nothing (invariant 13). Until the first machines go down: what is gone afterwards was killed, it did not leave. The same record when
 * nothing is new.
 */
export function recordBehaviour(
  record: Maintenance,
  picture: Picture,
  world: World,
  nowMs: Millis,
): Maintenance {
  const draining = picture.machines.filter(
    (view) => view.mode === "draining" && !isUnknown(view) && view.gone === undefined,
  );
  const [first] = record.batches;
  // A machine that is Down, that somebody took off the schedule, whose tasks cannot be seen, or whose tasks ended with an
  // agent that was marked gone, must not look like one that was left.
  if (first === undefined || draining.length < picture.machines.length) return record;

  const keys = new Set(draining.map(machineKey));
  const rows = picture.verdicts.filter((row) => row.tasks > 0 && keys.has(row.machine));
  const tasksOn = groupBy(rows, (row) => row.frameworkId);
  const answers = countAnswers(world, keys);
  const names = new Map(picture.verdicts.map((row) => [row.frameworkId, row.framework]));
  const before = new Map(record.behaviour.map((entry) => [idOf(entry, picture), entry]));
  const untilStartMs = nanosToMillis(first.window.start) - nowMs;
  const behaviour = [...new Set([...before.keys(), ...tasksOn.keys()])].map((id): Behaviour => {
    const was = before.get(id);
    const theirs = tasksOn.get(id) ?? [];
    const machines = theirs.length;
    const asked = Math.max(was?.asked ?? 0, theirs.filter(wasAsked).length);
    // It answers for machines without tasks of its own as well; those answers cost it nothing.
    const most = (answer: Answer["answer"], told = 0) =>
      Math.min(asked, Math.max(told, answers.get(id)?.[answer] ?? 0));
    return {
      framework: names.get(id) ?? was?.framework ?? id,
      id,
      asked,
      accepted: most("accept", was?.accepted),
      declined: most("decline", was?.declined),
      left: Math.max(0, asked - machines),
      leftBeforeStartMs: machines > 0 ? null : (was?.leftBeforeStartMs ?? untilStartMs),
    };
  });
  return JSON.stringify(behaviour) === JSON.stringify(record.behaviour) ? record : { ...record, behaviour };
}

/** Whether a framework can be asked on a machine, or could when it answered. */
function wasAsked({ unasked, answeredAtMs, erased }: VerdictRow): boolean {
  return unasked === null || answeredAtMs !== null || erased !== null;
}

/** Which framework an entry is about: 0.1.0 wrote down its name alone. */
function idOf({ id, framework }: Behaviour, { verdicts }: Picture): string {
  return id ?? verdicts.find((row) => row.framework === framework)?.frameworkId ?? framework;
}

/** On how many of the machines each framework, by its id, has answered what. */
function countAnswers(world: World, keys: ReadonlySet<string>) {
  const counts = new Map<string, Record<Answer["answer"], number>>();
  for (const { machine, answers } of world.status.draining) {
    if (!keys.has(machineKey(machine))) continue;
    for (const { frameworkId, answer } of answers) {
      const count = counts.get(frameworkId) ?? { accept: 0, decline: 0 };
      counts.set(frameworkId, { ...count, [answer]: count[answer] + 1 });
    }
  }
  return counts;
}

/**
 * What each framework usually does, by its name. Only from maintenances that went through: in one that was cancelled it
 * may not have had the time; and only where there are two or more.
 */
export function habitsOf(finished: readonly Maintenance[]): ReadonlyMap<string, Habit> {
  const seen = finished
    .filter((record) => record.end?.phase === "up")
    .flatMap((record) => record.behaviour.filter((entry) => entry.asked > 0));
  const known = [...groupBy(seen, (entry) => entry.framework)].filter(
    ([, entries]) => entries.length >= LEAST_EVIDENCE,
  );
  return new Map(known.map(([framework, entries]) => [framework, habitOf(framework, entries)]));
}

function habitOf(framework: string, entries: readonly Behaviour[]): Habit {
  const left = entries.filter((entry) => entry.left >= entry.asked);
  const spans = left.flatMap((entry) => entry.leftBeforeStartMs ?? []).sort((a, b) => a - b);
  return {
    framework,
    maintenances: entries.length,
    accepted: entries.filter((entry) => entry.accepted > 0 && entry.declined === 0).length,
    declined: entries.filter((entry) => entry.declined > 0).length,
    left: left.length,
    leftBeforeStartMs: spans[Math.floor((spans.length - 1) / 2)] ?? null,
  };
}

/** A habit as one predicate, to stand behind the framework's name: `has never answered (5 maintenances)`. */
export function habitSentence(habit: Habit): string {
  return `${answering(habit)} ${leaving(habit)} (${habit.maintenances} maintenances)`;
}

function answering({ maintenances, accepted, declined }: Habit): string {
  if (accepted + declined === 0) return "has never answered";
  if (accepted === maintenances) return "always accepts";
  if (declined === maintenances) return "always declines";
  const counts = [
    [accepted, "accepted"],
    [declined, "declined"],
    [maintenances - accepted - declined, "was silent"],
  ] as const;
  return counts
    .filter(([n]) => n > 0)
    .map(([n, did]) => `${did} ${n} times`.replace(/\b1 times$/, "once"))
    .join(", ");
}

function leaving({ maintenances, left, leftBeforeStartMs }: Habit): string {
  if (left === 0) return "and has never left before Down";
  const when = leftBeforeStartMs === null ? "" : ` ${beforeStart(leftBeforeStartMs)}`;
  return left === maintenances ? `and leaves${when}` : `and left ${left} of ${maintenances} times${when}`;
}

/** Less than this from the start is at the start: a look at the master is not closer than that. */
const AT_START_MS = 60_000;

function beforeStart(ms: Millis): string {
  if (Math.abs(ms) < AT_START_MS) return "at the start";
  return ms > 0 ? `${aboutSpan(ms)} before the start` : `${aboutSpan(-ms)} after the start`;
}
