import { atOnce } from "../../maintenance/at-once.js";
import type { Amounts, Task } from "../../maintenance/cluster/task.js";
import { type Copies, RUNNING, TASKS_AT_ONCE, Tally, type Tasks } from "../../maintenance/cluster/tasks.js";
import type { Texts } from "./texts.js";

/** Rows of a new table; it doubles. */
const FIRST_ROWS = 1_024;

/** Ids stand in blocks of so many bytes, one after another; a longer one has a block of its own. */
const BLOCK_BYTES = 1 << 20;

/** Columns of numbers, one row a task. All but the id are numbers of `texts`. */
const COLUMNS = [
  "name",
  "framework",
  "agent",
  "state",
  "app",
  "role",
  "uses",
  "idBlock",
  "idAt",
  "idBytes",
] as const;

type Column = (typeof COLUMNS)[number];

export type Row = Readonly<Record<Exclude<Column, "idBlock" | "idAt" | "idBytes">, number>>;

/**
 * The tasks of one answer in columns of numbers: 40 bytes a task and its id, in place of objects and strings, of which a million
 * would take longer to make and to keep than all the rest. An object is made of a task when it is asked for.
 */
export class TaskTable implements Tasks {
  length = 0;
  readonly #texts: Texts;
  readonly #amounts: readonly Amounts[];
  readonly #columns = Object.fromEntries(
    COLUMNS.map((name) => [name, new Uint32Array(FIRST_ROWS)]),
  ) as Record<Column, Uint32Array>;
  readonly #blocks: Buffer[] = [];
  #blockUsed = BLOCK_BYTES;
  #agents: AgentRows | null = null;
  readonly #made = new Map<number, readonly Task[]>();

  /** @param amounts what `uses` counts in; more may come as long as rows do. */
  constructor(texts: Texts, amounts: readonly Amounts[]) {
    this.#texts = texts;
    this.#amounts = amounts;
  }

  /** Adds a task whose id are these bytes. Not after the first question. */
  add(row: Row, bytes: Uint8Array, start: number, end: number): void {
    const at = this.length;
    const columns = this.#columns;
    if (at === columns.name.length) this.#grow();
    columns.name[at] = row.name;
    columns.framework[at] = row.framework;
    columns.agent[at] = row.agent;
    columns.state[at] = row.state;
    columns.app[at] = row.app;
    columns.role[at] = row.role;
    columns.uses[at] = row.uses;
    this.#keepId(at, bytes, start, end);
    this.length = at + 1;
  }

  *sortByAgent(): Generator<void, void, void> {
    this.#agents ??= yield* rowsByAgent(this.#columns.agent.subarray(0, this.length), this.#texts.length);
  }

  on(agentId: string): readonly Task[] {
    const agent = this.#texts.numberOf(agentId);
    const made = this.#made.get(agent);
    if (made !== undefined) return made;
    const tasks = Array.from(this.#rowsOn(agent), (row) => this.#task(row));
    this.#made.set(agent, tasks);
    return tasks;
  }

  withIds(ids: ReadonlySet<string>): readonly Task[] {
    const wanted = [...ids].map((id) => Buffer.from(id, "utf8"));
    const { idBytes } = this.#columns;
    const found: Task[] = [];
    for (let row = 0; row < this.length; row += 1)
      if (wanted.some((id) => id.length === idBytes[row] && this.#idOf(row).equals(id)))
        found.push(this.#task(row));
    return found;
  }

  *running(counts: (agentId: string) => boolean): Generator<void, Copies, void> {
    const { agent, state, framework, app } = this.#columns;
    const texts = this.#texts;
    const running = texts.numberOf(RUNNING);
    // More texts may come in a pause; no row is about them.
    const width = texts.length;
    /** Of each agent: 0 not asked yet, 1 counts, 2 does not. */
    const asked = new Uint8Array(width);
    const sums = new Map<number, number>();
    for (let row = 0; row < this.length; row += 1) {
      if (row % TASKS_AT_ONCE === 0) yield;
      if (state[row] !== running) continue;
      const on = agent[row] ?? 0;
      if (asked[on] === 0) asked[on] = counts(texts.text(on)) ? 1 : 2;
      if (asked[on] === 2) continue;
      const key = (framework[row] ?? 0) * width + (app[row] ?? 0);
      sums.set(key, (sums.get(key) ?? 0) + 1);
    }
    const tally = new Tally();
    for (const [key, count] of sums)
      tally.add(texts.text(Math.floor(key / width)), texts.text(key % width), count);
    return tally.counts;
  }

  byFramework(): ReadonlyMap<string, number> {
    const sums = new Map<number, number>();
    const { framework } = this.#columns;
    for (let row = 0; row < this.length; row += 1) {
      const of = framework[row] ?? 0;
      sums.set(of, (sums.get(of) ?? 0) + 1);
    }
    return new Map([...sums].map(([of, count]) => [this.#texts.text(of), count]));
  }

  *[Symbol.iterator](): Iterator<Task> {
    for (let row = 0; row < this.length; row += 1) yield this.#task(row);
  }

  #task(row: number): Task {
    const { name, framework, agent, state, app, role, uses } = this.#columns;
    return taskOf(
      {
        name: name[row] ?? 0,
        framework: framework[row] ?? 0,
        agent: agent[row] ?? 0,
        state: state[row] ?? 0,
        app: app[row] ?? 0,
        role: role[row] ?? 0,
        uses: uses[row] ?? 0,
      },
      this.#idOf(row).toString("utf8"),
      this.#texts,
      this.#amounts,
    );
  }

  #rowsOn(agent: number): Uint32Array {
    this.#agents ??= atOnce(rowsByAgent(this.#columns.agent.subarray(0, this.length), this.#texts.length));
    const { starts, rows } = this.#agents;
    // One that was asked about and has no task came to the texts after the rows were sorted.
    return agent + 1 < starts.length ? rows.subarray(starts[agent], starts[agent + 1]) : rows.subarray(0, 0);
  }

  #idOf(row: number): Buffer {
    const { idBlock, idAt, idBytes } = this.#columns;
    const at = idAt[row] ?? 0;
    return (this.#blocks[idBlock[row] ?? 0] ?? EMPTY).subarray(at, at + (idBytes[row] ?? 0));
  }

  #keepId(row: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#blockUsed + length > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, length)));
      this.#blockUsed = 0;
    }
    const block = this.#blocks.length - 1;
    const kept = this.#blocks[block] ?? EMPTY;
    // Byte by byte: a view of so few would take longer to make.
    for (let at = start, to = this.#blockUsed; at < end; at += 1, to += 1) kept[to] = bytes[at] ?? 0;
    const { idBlock, idAt, idBytes } = this.#columns;
    idBlock[row] = block;
    idAt[row] = this.#blockUsed;
    idBytes[row] = length;
    this.#blockUsed += length;
  }

  #grow(): void {
    for (const name of COLUMNS) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#columns[name]);
      this.#columns[name] = larger;
    }
  }
}

/** The task that the numbers of a row stand for. */
export function taskOf(row: Row, id: string, texts: Texts, amounts: readonly Amounts[]): Task {
  return {
    id,
    name: texts.text(row.name),
    frameworkId: texts.text(row.framework),
    agentId: texts.text(row.agent),
    state: texts.text(row.state),
    app: texts.text(row.app),
    role: texts.text(row.role),
    uses: amounts[row.uses] ?? NOTHING,
  };
}

const EMPTY = Buffer.alloc(0);

const NOTHING: Amounts = { cpus: 0, memMb: 0 };

/** `rows` sorted by agent, each agent's in their order; those of an agent from its place in `starts` to the next one's. */
interface AgentRows {
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

function* rowsByAgent(agents: Uint32Array, count: number): Generator<void, AgentRows, void> {
  const starts = new Uint32Array(count + 1);
  for (let row = 0; row < agents.length; row += 1) {
    if (row % TASKS_AT_ONCE === 0) yield;
    const next = (agents[row] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let agent = 0; agent < count; agent += 1)
    starts[agent + 1] = (starts[agent + 1] ?? 0) + (starts[agent] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(agents.length);
  for (let row = 0; row < agents.length; row += 1) {
    if (row % TASKS_AT_ONCE === 0) yield;
    const agent = agents[row] ?? 0;
    const at = next[agent] ?? 0;
    rows[at] = row;
    next[agent] = at + 1;
  }
  return { starts, rows };
}
