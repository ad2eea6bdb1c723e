import { registerAgents } from "./agents.js";
import { proceedWithDrains } from "./drain.js";
import { answerOffer, isOffered } from "./inverse-offers.js";
import { thenAsk } from "./maintenance.js";
import {
  type AgentState,
  type AnswerState,
  type Change,
  type FrameworkState,
  type InverseOffer,
  inTurn,
  type MasterState,
  type Moment,
  modeOf,
  withoutEvents,
} from "./state.js";
import { isReached, killTask, launchTask } from "./tasks.js";

/** When something is next due to happen by itself, in milliseconds since the epoch; `null`: never. */
export function nextDueMs(state: MasterState): number | null {
  const dues = [
    ...state.inverseOffers.map((offer) => answerDue(state, offer)),
    ...state.answers.map((answer) => againDue(state, answer)),
    ...state.frameworks.map((framework) => moveDue(state, framework)),
    ...state.agents.map(({ returnAtMs }) => returnAtMs),
    ...state.agents.map(({ presence, drain }) =>
      presence === "registered" && drain?.state === "DRAINING" ? drain.killAtMs : null,
    ),
  ];
  return dues.reduce<number | null>((min, due) => (due === null ? min : Math.min(due, min ?? due)), null);
}

/**
 * Lets everything happen that is due. With `atOnce` every framework takes one step of its habit whatever its intervals
 * (it answers all it was asked and moves one task), drains end, and agents return.
 */
export function followHabits(state: MasterState, now: Moment, atOnce = false): Change {
  const isDue = (due: number | null) => due !== null && due <= now.ms;
  return thenAsk(
    state,
    now,
    (before) => registerAgents(before, ({ returnAtMs }) => isDue(returnAtMs), now),
    (before) => proceedWithDrains(before, now, atOnce),
    (before) => giveAnswers(before, now, (due) => isDue(due) || atOnce),
    (before) => moveTasks(before, now, (due) => isDue(due) || atOnce),
  );
}

function frameworkOf(state: MasterState, id: string): FrameworkState | undefined {
  return state.frameworks.find((framework) => framework.id === id);
}

function answerDue(state: MasterState, offer: InverseOffer): number | null {
  const { habit = "silent", answerAfterMs = 200 } = frameworkOf(state, offer.frameworkId)?.spec ?? {};
  return habit === "silent" || answerAfterMs === null ? null : offer.sinceMs + answerAfterMs;
}

/** An accepted offer is rescinded and offered again after a filter's time, as long as there is somebody to ask. */
function againDue(state: MasterState, answer: AnswerState): number | null {
  const { askAgainMs = 5000 } = frameworkOf(state, answer.frameworkId)?.spec ?? {};
  if (askAgainMs === null || answer.answer !== "ACCEPT" || !isStillAsked(state, answer)) return null;
  return answer.ms + askAgainMs;
}

function isStillAsked(state: MasterState, { frameworkId, key }: AnswerState): boolean {
  const framework = frameworkOf(state, frameworkId);
  if (framework?.presence !== "registered") return false;
  const holds = framework.spec.holdsOffersOn ?? [];
  const isBusy = (agentId: string) =>
    state.tasks.some((task) => task.frameworkId === frameworkId && task.agentId === agentId);
  return state.agents.some(
    (agent) =>
      agent.key === key && isOffered(agent) && (holds.includes(agent.spec.hostname) || isBusy(agent.id)),
  );
}

function giveAnswers(state: MasterState, now: Moment, isDue: (due: number | null) => boolean): Change {
  const habitOf = (id: string) => frameworkOf(state, id)?.spec.habit;
  const asked = state.inverseOffers.filter(
    (offer) => habitOf(offer.frameworkId) !== "silent" && isDue(answerDue(state, offer)),
  );
  const again = state.answers.filter((answer) => {
    const due = againDue(state, answer);
    return due !== null && due <= now.ms;
  });
  const steps = [...asked, ...again].map(({ frameworkId, key }) => (before: MasterState): Change => {
    const answer = habitOf(frameworkId) === "decliner" ? "DECLINE" : "ACCEPT";
    return answerOffer(before, frameworkId, key, answer, now);
  });
  return inTurn(state, ...steps);
}

function moveDue(state: MasterState, framework: FrameworkState): number | null {
  const { moveEveryMs = 1000, moveAfterMs = moveEveryMs } = framework.spec;
  const move = nextMove(state, framework);
  if (move === null || moveEveryMs === null || moveAfterMs === null) return null;
  const earliest = move.promise.firstMs + moveAfterMs;
  return framework.lastMoveMs === null ? earliest : Math.max(earliest, framework.lastMoveMs + moveEveryMs);
}

/** A mover's next task to leave a machine it has promised to leave: the oldest; to the agent with the fewest tasks. */
function nextMove(state: MasterState, framework: FrameworkState) {
  if (framework.spec.habit !== "mover" || framework.presence !== "registered") return null;
  const promises = state.answers.filter(
    ({ frameworkId, answer }) => frameworkId === framework.id && answer === "ACCEPT",
  );
  if (promises.length === 0) return null;
  const keyOf = new Map(state.agents.filter(isReached).map((agent) => [agent.id, agent.key]));
  for (const task of state.tasks) {
    if (task.frameworkId !== framework.id) continue;
    const promise = promises.find(({ key }) => key === keyOf.get(task.agentId));
    const to = promise === undefined ? null : roomiest(state);
    if (promise !== undefined && to !== null) return { promise, task, to };
  }
  return null;
}

function roomiest(state: MasterState): AgentState | null {
  const load = new Map<string, number>();
  for (const { agentId } of state.tasks) load.set(agentId, (load.get(agentId) ?? 0) + 1);
  const able = state.agents.filter(
    (agent) => isReached(agent) && !agent.deactivated && modeOf(state, agent.key) === "UP",
  );
  const loadOf = ({ id }: AgentState) => load.get(id) ?? 0;
  // Sorting is stable: the first of those with the same load.
  return able.sort((a, b) => loadOf(a) - loadOf(b))[0] ?? null;
}

/** One task per framework and step: the new copy runs before the old one is killed. */
function moveTasks(state: MasterState, now: Moment, isDue: (due: number | null) => boolean): Change {
  const steps = state.frameworks.map(({ id }) => (before: MasterState): Change => {
    const framework = frameworkOf(before, id);
    const move = framework === undefined ? null : nextMove(before, framework);
    if (framework === undefined || move === null || !isDue(moveDue(before, framework))) {
      return withoutEvents(before);
    }
    const copy = { ...move.task, agentId: move.to.id };
    const frameworks = before.frameworks.map((other) =>
      other.id === id ? { ...other, lastMoveMs: now.ms } : other,
    );
    return inTurn(
      { ...before, frameworks },
      (next) => launchTask(next, copy, framework, now),
      (next) => killTask(next, move.task.id, now),
    );
  });
  return inTurn(state, ...steps);
}
