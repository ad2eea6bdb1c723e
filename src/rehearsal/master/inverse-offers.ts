import {
  type AgentState,
  type AnswerState,
  type Change,
  type InverseOffer,
  type MasterState,
  type Moment,
  modeOf,
  withoutEvents,
} from "./state.js";

type Asked = Pick<InverseOffer, "frameworkId" | "agentId" | "key">;

/**
 * Brings the outstanding inverse offers in line with the rest: every registered framework with tasks or offers on the
 * agent of a draining machine is asked once; offers whose reason is gone are taken back.
 */
export function askFrameworks(state: MasterState, now: Moment): Change {
  const wanted = present(state).filter(
    ({ frameworkId, key }) =>
      !state.answers.some((answer) => answer.frameworkId === frameworkId && answer.key === key),
  );
  const same = (a: Asked, b: Asked) => a.frameworkId === b.frameworkId && a.agentId === b.agentId;
  const kept = state.inverseOffers.filter((offer) => wanted.some((asked) => same(asked, offer)));
  const added = wanted
    .filter((asked) => !kept.some((offer) => same(asked, offer)))
    .map((asked, at) => ({ ...asked, id: `O${state.counter + at + 1}`, sinceMs: now.ms }));
  if (added.length === 0 && kept.length === state.inverseOffers.length) return withoutEvents(state);
  const counter = state.counter + added.length;
  return withoutEvents({ ...state, inverseOffers: [...kept, ...added], counter });
}

/** Whether offers are made for an agent: not for one that is deactivated, nor after its process was killed. */
export function isOffered({ presence, deactivated, link }: AgentState): boolean {
  return presence === "registered" && !deactivated && link !== "disconnected";
}

/** Which frameworks are present on which draining agents. */
function present(state: MasterState): readonly Asked[] {
  const draining = state.agents.filter(
    (agent) => isOffered(agent) && modeOf(state, agent.key) === "DRAINING",
  );
  if (draining.length === 0) return [];
  const busy = new Set(state.tasks.map((task) => `${task.frameworkId} ${task.agentId}`));
  return state.frameworks
    .filter(({ presence }) => presence === "registered")
    .flatMap(({ id, spec }) => {
      const holds = new Set(spec.holdsOffersOn);
      return draining
        .filter((agent) => busy.has(`${id} ${agent.id}`) || holds.has(agent.spec.hostname))
        .map((agent) => ({ frameworkId: id, agentId: agent.id, key: agent.key }));
    });
}

/** The frameworks' own answer to an inverse offer, or the same answer given again. */
export function answerOffer(
  state: MasterState,
  frameworkId: string,
  key: string,
  answer: "ACCEPT" | "DECLINE",
  now: Moment,
): Change {
  const isSame = (other: { frameworkId: string; key: string }) =>
    other.frameworkId === frameworkId && other.key === key;
  const before = state.answers.find(isSame);
  const firstMs = before?.answer === answer ? before.firstMs : now.ms;
  const given: AnswerState = { frameworkId, key, answer, ns: now.ns, ms: now.ms, firstMs };
  return withoutEvents({
    ...state,
    answers: [...state.answers.filter((other) => !isSame(other)), given],
    inverseOffers: state.inverseOffers.filter((offer) => !isSame(offer)),
  });
}
