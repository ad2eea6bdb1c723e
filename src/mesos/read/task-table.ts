import { atOnce } from "../../maintenance/at-once.js";
import type { Amounts, Task } from "../../maintenance/cluster/task.js";
import { type Copies, RUNNING, TASKS_AT_ONCE, Tally, type Tasks } from "../../maintenance/cluster/tasks.js";
import type { Texts } from "./texts.js";

/** Rows of the first segment when it is made; it doubles until it is full. */
const FIRST_ROWS = 1_024;

/** So many rows stand together: to copy a million into a larger table would keep all others waiting for a tenth of a second. */
const SEGMENT_ROWS = 1 << 16;

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

type Segment = Readonly<Record<Column, Uint32Array>>;

export type Row = Readonly<Record<Exclude<Column, "idBlock" | "idAt" | "idBytes">, number>>;

/**
 * The tasks of one answer in columns of numbers: 40 bytes a task and its id, in place of objects and strings, of which a million
 * would take longer to make and to keep than all the rest. An object is made of a task when it is asked for.
 */
export class TaskTable implements Tasks {
  length = 0;
  readonly #texts: Texts;
  readonly #amounts: readonly Amounts[];
  /** The one that rows are added to. */
  #last = segmentOf(FIRST_ROWS);
  #segments: readonly Segment[] = [this.#last];
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
    const at = this.length % SEGMENT_ROWS;
    if (at === this.#last.name.length || (at === 0 && this.length > 0)) this.#grow(at);
    const columns = this.#last;
    columns.name[at] = row.name;
    columns.framework[at] = row.framework;
    columns.agent[at] = row.agent;
    columns.state[at] = row.state;
    columns.app[at] = row.app;
    columns.role[at] = row.role;
    columns.uses[at] = row.uses;
    this.#keepId(at, bytes, start, end);
    this.length += 1;
  }

  *sortByAgent(): Generator<void, void, void> {
    this.#agents ??= yield* this.#rowsByAgent();
  }

  on(agentId: string): readonly Task[] {
    const agent = this.#texts.numberOf(agentId);
    const made = this.#made.get(agent);
    if (made !== undefined) return made;
    const tasks = Array.from(this.#rowsOn(agent), (row) =>
      this.#task(this.#segments[Math.floor(row / SEGMENT_ROWS)] ?? this.#last, row % SEGMENT_ROWS),
    );
    this.#made.set(agent, tasks);
    return tasks;
  }

  withIds(ids: ReadonlySet<string>): readonly Task[] {
    const wanted = [...ids].map((id) => Buffer.from(id, "utf8"));
    const found: Task[] = [];
    for (const { columns, rows } of this.#parts())
      for (let at = 0; at < rows; at += 1)
        if (wanted.some((id) => id.length === columns.idBytes[at] && this.#idOf(columns, at).equals(id)))
          found.push(this.#task(columns, at));
    return found;
  }

  *running(counts: (agentId: string) => boolean): Generator<void, Copies, void> {
    const texts = this.#texts;
    const running = texts.numberOf(RUNNING);
    // More texts may come in a pause; no row is about them.
    const width = texts.length;
    /** Of each agent: 0 not asked yet, 1 counts, 2 does not. */
    const asked = new Uint8Array(width);
    const sums = new Map<number, number>();
    for (const { columns, rows } of this.#parts()) {
      const { agent, state, framework, app } = columns;
      for (let at = 0; at < rows; at += 1) {
        if (at % TASKS_AT_ONCE === 0) yield;
        if (state[at] !== running) continue;
        const on = agent[at] ?? 0;
        if (asked[on] === 0) asked[on] = counts(texts.text(on)) ? 1 : 2;
        if (asked[on] === 2) continue;
        const key = (framework[at] ?? 0) * width + (app[at] ?? 0);
        sums.set(key, (sums.get(key) ?? 0) + 1);
      }
    }
    const tally = new Tally();
    for (const [key, count] of sums)
      tally.add(texts.text(Math.floor(key / width)), texts.text(key % width), count);
    return tally.counts;
  }

  byFramework(): ReadonlyMap<string, number> {
    /** By the number of the framework's text. */
    const sums = new Uint32Array(this.#texts.length);
    for (const { columns, rows } of this.#parts())
      for (let at = 0; at < rows; at += 1) {
        const of = columns.framework[at] ?? 0;
        sums[of] = (sums[of] ?? 0) + 1;
      }
    const counts = new Map<string, number>();
    for (const [of, count] of sums.entries()) if (count > 0) counts.set(this.#texts.text(of), count);
    return counts;
  }

  *[Symbol.iterator](): Iterator<Task> {
    for (const { columns, rows } of this.#parts())
      for (let at = 0; at < rows; at += 1) yield this.#task(columns, at);
  }

  /** The segments, each with how many of its rows are tasks. */
  *#parts(): Generator<{ readonly columns: Segment; readonly rows: number }, void, void> {
    for (const [n, columns] of this.#segments.entries())
      yield { columns, rows: Math.min(SEGMENT_ROWS, this.length - n * SEGMENT_ROWS) };
  }

  #task(columns: Segment, at: number): Task {
    const { name, framework, agent, state, app, role, uses } = columns;
    return taskOf(
      {
        name: name[at] ?? 0,
        framework: framework[at] ?? 0,
        agent: agent[at] ?? 0,
        state: state[at] ?? 0,
        app: app[at] ?? 0,
        role: role[at] ?? 0,
        uses: uses[at] ?? 0,
      },
      this.#idOf(columns, at).toString("utf8"),
      this.#texts,
      this.#amounts,
    );
  }

  #rowsOn(agent: number): Uint32Array {
    this.#agents ??= atOnce(this.#rowsByAgent());
    const { starts, rows } = this.#agents;
    // One that was asked about and has no task came to the texts after the rows were sorted.
    return agent + 1 < starts.length ? rows.subarray(starts[agent], starts[agent + 1]) : rows.subarray(0, 0);
  }

  *#rowsByAgent(): Generator<void, AgentRows, void> {
    const starts = new Uint32Array(this.#texts.length + 1);
    for (const { columns, rows } of this.#parts())
      for (let at = 0; at < rows; at += 1) {
        if (at % TASKS_AT_ONCE === 0) yield;
        const next = (columns.agent[at] ?? 0) + 1;
        starts[next] = (starts[next] ?? 0) + 1;
      }
    for (let agent = 1; agent < starts.length; agent += 1)
      starts[agent] = (starts[agent] ?? 0) + (starts[agent - 1] ?? 0);
    const places = starts.slice();
    const sorted = new Uint32Array(this.length);
    let row = 0;
    for (const { columns, rows } of this.#parts())
      for (let at = 0; at < rows; at += 1, row += 1) {
        if (at % TASKS_AT_ONCE === 0) yield;
        const agent = columns.agent[at] ?? 0;
        const place = places[agent] ?? 0;
        sorted[place] = row;
        places[agent] = place + 1;
      }
    return { starts, rows: sorted };
  }

  #idOf({ idBlock, idAt, idBytes }: Segment, at: number): Buffer {
    const from = idAt[at] ?? 0;
    return (this.#blocks[idBlock[at] ?? 0] ?? EMPTY).subarray(from, from + (idBytes[at] ?? 0));
  }

  #keepId(at: number, bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (this.#blockUsed + length > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, length)));
      this.#blockUsed = 0;
    }
    const block = this.#blocks.length - 1;
    const kept = this.#blocks[block] ?? EMPTY;
    // Byte by byte: a view of so few would take longer to make.
    for (let from = start, to = this.#blockUsed; from < end; from += 1, to += 1) kept[to] = bytes[from] ?? 0;
    const { idBlock, idAt, idBytes } = this.#last;
    idBlock[at] = block;
    idAt[at] = this.#blockUsed;
    idBytes[at] = length;
    this.#blockUsed += length;
  }

  /** A larger segment in the place of the last one, or after one that is full one more. */
  #grow(rows: number): void {
    const full = rows === 0;
    const before = this.#last;
    this.#last = segmentOf(full ? SEGMENT_ROWS : rows * 2);
    if (full) this.#segments = [...this.#segments, this.#last];
    else {
      for (const name of COLUMNS) this.#last[name].set(before[name]);
      this.#segments = this.#segments.with(-1, this.#last);
    }
  }
}

function segmentOf(rows: number): Segment {
  return Object.fromEntries(COLUMNS.map((name) => [name, new Uint32Array(rows)])) as Segment;
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
