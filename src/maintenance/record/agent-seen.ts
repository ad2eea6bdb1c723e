import { z } from "zod";

const amounts = z.object({ cpus: z.number(), memMb: z.number() });

const task = z.object({
  id: z.string(),
  name: z.string(),
  frameworkId: z.string(),
  agentId: z.string(),
  state: z.string(),
  app: z.string(),
  role: z.string(),
  uses: amounts,
});

type Task = z.output<typeof task>;

/** What an agent was like, but for its tasks. */
const traits = {
  port: z.number().int().nullable(),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
  region: z.string().nullable(),
  zone: z.string().nullable(),
  resources: z
    .object({
      total: amounts,
      reservations: z.array(amounts.extend({ role: z.string(), dynamic: z.boolean(), diskMb: z.number() })),
      volumes: z.array(z.object({ id: z.string(), role: z.string(), sizeMb: z.number() })),
    })
    .nullable(),
};

/** An agent of a batch, and how it was when the master last showed it as registered; records of 0.1.0 do not say how. */
const agentSeen = z.object({
  /** Machine key. */
  machine: z.string(),
  id: z.string(),
  lastSeen: z.object({ ...traits, tasks: z.array(task) }).optional(),
  /** An operator marked it gone before Down: its tasks are over, and its id never registers again. */
  gone: z.boolean().optional(),
  /**
   * No agent was seen there, because its machine was Down before it was looked after: one is awaited after Up. Its id is the
   * key of the machine.
   */
  supposed: z.literal(true).optional(),
});

export type AgentSeen = z.output<typeof agentSeen>;

/** A task of an agent: id, name, place of its framework in the table, state, app, role, cpus, MB of memory. */
type TaskRow = readonly [string, string, number, string, string, string, number, number];

const TASK_ROW = ["string", "string", "number", "string", "string", "string", "number", "number"];

/** By hand: of a thousand machines there are thousands, and all are read and stored at every step. */
function isTaskRow(row: unknown): row is TaskRow {
  return (
    Array.isArray(row) &&
    row.length === TASK_ROW.length &&
    // JSON knows no number but finite ones.
    row.every(
      (cell, at) => typeof cell === TASK_ROW[at] && (typeof cell === "string" || Number.isFinite(cell)),
    )
  );
}

/** The agents of a batch as they are stored: tasks as short rows, ids of frameworks once. */
const agentTable = z.object({
  frameworks: z.array(z.string()),
  agents: z.array(
    agentSeen.extend({
      lastSeen: z.object({ ...traits, tasks: z.array(z.custom<TaskRow>(isTaskRow)) }).optional(),
    }),
  ),
});

/** The agents of a batch; 0.1.0 stored them as they are. */
export const agentsSeen = z.codec(z.union([z.array(agentSeen), agentTable]), z.custom<AgentSeen[]>(), {
  decode: (stored) => (Array.isArray(stored) ? stored : fromTable(stored)),
  encode: toTable,
});

function toTable(agents: readonly AgentSeen[]): z.output<typeof agentTable> {
  const places = new Map<string, number>();
  const placeOf = (framework: string): number => {
    const at = places.get(framework) ?? places.size;
    places.set(framework, at);
    return at;
  };
  const rowOf = ({ id, name, frameworkId, state, app, role, uses }: Task): TaskRow => [
    id,
    name,
    placeOf(frameworkId),
    state,
    app,
    role,
    uses.cpus,
    uses.memMb,
  ];
  const stored = agents.map(({ lastSeen, ...agent }) =>
    lastSeen === undefined
      ? agent
      : { ...agent, lastSeen: { ...lastSeen, tasks: lastSeen.tasks.map(rowOf) } },
  );
  return { frameworks: [...places.keys()], agents: stored };
}

/** Throws for a row whose framework is not in the table: it is not guessed at. */
function fromTable({ frameworks, agents }: z.output<typeof agentTable>): AgentSeen[] {
  return agents.map(({ lastSeen, ...agent }): AgentSeen => {
    if (lastSeen === undefined) return agent;
    const tasks = lastSeen.tasks.map(([id, name, at, state, app, role, cpus, memMb]): Task => {
      const frameworkId = frameworks[at];
      if (frameworkId === undefined) throw new Error(`The task ${id} is of no framework of the record.`);
      return { id, name, frameworkId, agentId: agent.id, state, app, role, uses: { cpus, memMb } };
    });
    return { ...agent, lastSeen: { ...lastSeen, tasks } };
  });
}
