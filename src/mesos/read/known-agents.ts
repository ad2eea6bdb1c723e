import { alike } from "../../maintenance/alike.js";
import type { Amounts } from "../../maintenance/cluster/task.js";
import type { Agent, Allocated, World } from "../../maintenance/cluster/world.js";

/**
 * What an answer says of each agent, and in which bytes. A master lists its agents in the same order each time and says the same of
 * most: what stands there as in the answer before is not read again, and an agent that has not changed is the very same one. So
 * is the whole list where none has, and what was worked out of it still holds.
 */
export class KnownAgents {
  #list = new AgentList();
  readonly #allocated: (Amounts | null)[] = [];
  /** Of each agent the piece of the answer that its message is in, and where. */
  readonly #pieces: Buffer[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** The answer before, as long as this one is read. */
  #before: KnownAgents | null;
  /** The agent there that is expected next. */
  #next = 0;

  constructor(before: KnownAgents | null = null) {
    this.#before = before;
  }

  /** Takes the agent of the answer before, if this is its message to the byte; whether it is. */
  takeSame(bytes: Buffer, start: number, end: number): boolean {
    const before = this.#before;
    if (before === null) return false;
    const place = this.#next;
    const agent = before.#list.agents[place];
    if (agent === undefined || !before.#isAt(place, bytes, start, end)) return false;
    this.#next += 1;
    this.#add(agent, before.#allocated[place] ?? null, bytes, start, end);
    return true;
  }

  /** Takes an agent that was read from this message; `allocated` is `null` where the master did not say. */
  take(agent: Agent, allocated: Amounts | null, bytes: Buffer, start: number, end: number): void {
    this.#add(this.#settled(agent), allocated, bytes, start, end);
  }

  /** All agents, once the whole answer was read. */
  end(): Pick<World, "agents" | "allocated"> {
    const before = this.#before;
    this.#before = null;
    if (before !== null && this.#list.isSame(before.#list)) this.#list = before.#list;
    return { agents: this.#list.agents, allocated: allocatedOn(this.#list, this.#allocated) };
  }

  /** The agent of the answer before, where it is just like this one. */
  #settled(agent: Agent): Agent {
    const before = this.#before;
    if (before === null) return agent;
    const place = before.#list.placeOf(agent.id);
    if (place === undefined) return agent;
    // Those that follow there are expected next, whatever came or went.
    this.#next = place + 1;
    const known = before.#list.agents[place];
    return known !== undefined && alike(known, agent) ? known : agent;
  }

  #add(agent: Agent, allocated: Amounts | null, bytes: Buffer, start: number, end: number): void {
    this.#pieces.push(bytes);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#list.agents.push(agent);
    this.#allocated.push(allocated);
  }

  #isAt(place: number, bytes: Buffer, start: number, end: number): boolean {
    const [from = 0, to = 0] = [this.#starts[place], this.#ends[place]];
    const isAsLong = to - from === end - start;
    return isAsLong && this.#pieces[place]?.compare(bytes, start, end, from, to) === 0;
  }
}

/** Agents in their order. */
class AgentList {
  readonly agents: Agent[] = [];
  #places: ReadonlyMap<string, number> | null = null;

  placeOf(id: string): number | undefined {
    this.#places ??= new Map(this.agents.map((agent, place) => [agent.id, place]));
    return this.#places.get(id);
  }

  /** Whether it has the very same agents in the same order. */
  isSame({ agents }: AgentList): boolean {
    return agents.length === this.agents.length && agents.every((one, at) => one === this.agents[at]);
  }
}

function allocatedOn(list: AgentList, amounts: readonly (Amounts | null)[]): Allocated {
  return {
    get: (id) => amounts[list.placeOf(id) ?? -1] ?? undefined,
    *values() {
      for (const one of amounts) if (one !== null) yield one;
    },
  };
}
