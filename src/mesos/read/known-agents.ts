import { alike } from "../../base/alike.js";
import type { Amounts } from "../../maintenance/cluster/task.js";
import type { Agent, World } from "../../maintenance/cluster/world.js";

const FIRST_BYTES = 64 * 1024;

/**
 * What an answer says of each agent, and in which bytes. A master lists its agents in the same order each time and says the same of
 * most: what stands there as in the answer before is not read again, and an agent that has not changed is the very same one. So
 * is the whole list where none has, and what was worked out of it still holds.
 */
export class KnownAgents {
  readonly #agents: Agent[] = [];
  readonly #allocated: (Amounts | null)[] = [];
  /** All messages, one behind the other, and where each ends. Copied: the bytes of an answer are gone once they were read. */
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  readonly #ends: number[] = [];
  #places: Map<string, number> | null = null;
  #result: Pick<World, "agents" | "allocated"> | null = null;
  /** The answer before, as long as this one is read. */
  #before: KnownAgents | null;
  /** The agent there that is expected next. */
  #next = 0;

  constructor(before: KnownAgents | null = null) {
    this.#before = before;
    if (before !== null) this.#bytes = Buffer.allocUnsafe(Math.max(FIRST_BYTES, before.#bytes.length));
  }

  /** Takes the agent of the answer before, if this is its message to the byte; whether it is. */
  takeSame(bytes: Buffer, start: number, end: number): boolean {
    const before = this.#before;
    if (before === null) return false;
    const place = this.#next;
    const agent = before.#agents[place];
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
    const before = this.#before === null ? null : this.#before.#result;
    this.#before = null;
    const agents = this.#agents;
    const isUnchanged =
      before?.agents.length === agents.length && before.agents.every((one, at) => one === agents[at]);
    const allocated = new Map<string, Amounts>();
    for (const [place, { id }] of agents.entries()) {
      const amounts = this.#allocated[place] ?? null;
      if (amounts !== null) allocated.set(id, amounts);
    }
    this.#result = { agents: isUnchanged ? before.agents : agents, allocated };
    return this.#result;
  }

  /** The agent of the answer before, where it is just like this one. */
  #settled(agent: Agent): Agent {
    const before = this.#before;
    if (before === null) return agent;
    before.#places ??= new Map(before.#agents.map(({ id }, place) => [id, place]));
    const place = before.#places.get(agent.id);
    if (place === undefined) return agent;
    // Those that follow there are expected next, whatever came or went.
    this.#next = place + 1;
    const known = before.#agents[place];
    return known !== undefined && alike(known, agent) ? known : agent;
  }

  #add(agent: Agent, allocated: Amounts | null, bytes: Buffer, start: number, end: number): void {
    const from = this.#ends.at(-1) ?? 0;
    const to = from + end - start;
    if (to > this.#bytes.length) {
      const more = Buffer.allocUnsafe(2 * to);
      this.#bytes.copy(more, 0, 0, from);
      this.#bytes = more;
    }
    bytes.copy(this.#bytes, from, start, end);
    this.#ends.push(to);
    this.#agents.push(agent);
    this.#allocated.push(allocated);
  }

  #isAt(place: number, bytes: Buffer, start: number, end: number): boolean {
    const from = this.#ends[place - 1] ?? 0;
    const to = this.#ends[place] ?? 0;
    return to - from === end - start && bytes.compare(this.#bytes, from, to, start, end) === 0;
  }
}
