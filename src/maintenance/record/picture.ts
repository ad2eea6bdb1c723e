import { z } from "zod";
import { blastRadius } from "./blast-radius.js";

const millis = z.number().int();

/**
 * What we conclude per machine and framework. `empty`: nothing of it runs there. `promised`: accepted, tasks still
 * there. `refused`: declined. `silent`: tasks run there and the framework has not answered.
 */
export const VERDICTS = ["empty", "promised", "refused", "silent"] as const;

export type Verdict = (typeof VERDICTS)[number];

/**
 * Why a master no longer has an answer. `agent_away`: it takes its question back when an agent goes away. `unknown`: the
 * schedule reads as before and the same master leads, as when somebody posts the same list again.
 */
export const ERASED_WHY = ["schedule_change", "fail_over", "agent_away", "unknown"] as const;

/**
 * Why nobody asks a framework to leave a machine, so that it cannot answer: it is not connected or takes no offers, or
 * the agents that its tasks run on are deactivated, not connected, or not registered now.
 */
export const UNASKED = [
  "framework_disconnected",
  "framework_inactive",
  "agent_deactivated",
  "agent_disconnected",
  "agent_away",
] as const;

export type Unasked = (typeof UNASKED)[number];

/** The verdict on one framework on one machine; frameworks without tasks, offers and answers there have no row. */
export const verdictRow = z.object({
  /** Machine key (`machineKey`). */
  machine: z.string(),
  frameworkId: z.string(),
  framework: z.string(),
  verdict: z.enum(VERDICTS),
  /** Tasks of the framework that are still on the machine. */
  tasks: z.number().int(),
  /** When the framework last answered, or `null`. */
  answeredAtMs: millis.nullable(),
  /** An answer that a later schedule change or fail-over erased at the master; shown as such, never counted. */
  erased: z
    .object({
      answer: z.enum(["accept", "decline"]),
      answeredAtMs: millis,
      /** When its loss was noticed. */
      erasedAtMs: millis,
      why: z.enum(ERASED_WHY),
    })
    .nullable(),
  /** Why it cannot be asked now; `null` when it can, and where it has no tasks. Records of 0.1.0 do not say. */
  unasked: z.enum(UNASKED).nullable().default(null),
});

export type VerdictRow = z.output<typeof verdictRow>;

/** Verdicts as they are stored: what many share stands once, and each is six numbers. */
const verdictTable = z.object({
  machines: z.array(z.string()),
  /** Id and name. */
  frameworks: z.array(z.tuple([z.string(), z.string()])),
  /**
   * Of each verdict in turn: places of machine, framework and verdict, tasks, when it was answered, place of why it is
   * unasked; -1 for none.
   */
  cells: z.custom<readonly number[]>((cells) => Array.isArray(cells) && cells.every(Number.isInteger)),
  /** By the place of the verdict; few have one. */
  erased: z.array(z.tuple([z.number().int(), verdictRow.shape.erased.unwrap()])),
});

const CELLS = 6;

/** By hand: of a thousand machines there are thousands, and all are read and stored at every step. 0.1.0 stored them as they are. */
const verdictRows = z.codec(z.union([z.array(verdictRow), verdictTable]), z.custom<VerdictRow[]>(), {
  decode: (stored) => (Array.isArray(stored) ? stored : fromTable(stored)),
  encode: toTable,
});

function toTable(rows: readonly VerdictRow[]): z.output<typeof verdictTable> {
  const machines = new Map<string, number>();
  const frameworks = new Map<string, number>();
  const placeIn = (places: Map<string, number>, key: string): number => {
    const at = places.get(key) ?? places.size;
    places.set(key, at);
    return at;
  };
  const cells: number[] = [];
  for (const { machine, frameworkId, framework, verdict, tasks, answeredAtMs, unasked } of rows) {
    cells.push(placeIn(machines, machine), placeIn(frameworks, JSON.stringify([frameworkId, framework])));
    cells.push(
      VERDICTS.indexOf(verdict),
      tasks,
      answeredAtMs ?? -1,
      unasked === null ? -1 : UNASKED.indexOf(unasked),
    );
  }
  return {
    machines: [...machines.keys()],
    frameworks: [...frameworks.keys()].map((key) => JSON.parse(key) as [string, string]),
    cells,
    erased: rows.flatMap(({ erased }, at): [number, NonNullable<typeof erased>][] =>
      erased === null ? [] : [[at, erased]],
    ),
  };
}

/** Throws for a verdict that names what is not in the table: it is not guessed at. */
function fromTable({ machines, frameworks, cells, erased }: z.output<typeof verdictTable>): VerdictRow[] {
  const erasedAt = new Map(erased);
  const rows: VerdictRow[] = [];
  for (let at = 0; at < cells.length; at += CELLS) {
    const [machineAt = -1, frameworkAt = -1, verdictAt = -1, tasks = -1, answeredAtMs = -1, unaskedAt = -1] =
      cells.slice(at, at + CELLS);
    const [machine, framework, verdict] = [machines[machineAt], frameworks[frameworkAt], VERDICTS[verdictAt]];
    const unasked = unaskedAt === -1 ? null : UNASKED[unaskedAt];
    if (
      machine === undefined ||
      framework === undefined ||
      verdict === undefined ||
      unasked === undefined ||
      tasks < 0
    ) {
      throw new Error(`The verdict ${at / CELLS} of a record is none.`);
    }
    rows.push({
      machine,
      frameworkId: framework[0],
      framework: framework[1],
      verdict,
      tasks,
      answeredAtMs: answeredAtMs === -1 ? null : answeredAtMs,
      erased: erasedAt.get(rows.length) ?? null,
      unasked,
    });
  }
  return rows;
}

/** Which machine and framework a verdict is about. */
export function rowKey(row: Pick<VerdictRow, "machine" | "frameworkId">): string {
  return `${row.machine} ${row.frameworkId}`;
}

/** A task as people are shown it. */
export const taskRef = z.object({
  id: z.string(),
  name: z.string(),
  /** The framework's name; several frameworks may have the same one. */
  framework: z.string(),
  frameworkId: z.string(),
  /** Machine key. */
  machine: z.string(),
  /** It ran on an agent that is away now: whether it still runs nobody knows (invariant 13). */
  lastSeen: z.boolean().optional(),
});

export type TaskRef = z.output<typeof taskRef>;

export const machineView = z.object({
  hostname: z.string(),
  ip: z.string(),
  /** The master's mode for the machine. */
  mode: z.enum(["up", "draining", "down"]),
  /** Agents registered on the machine; 0 after Down, or when the machine is gone. */
  agents: z.number().int(),
  /** Agents known from before a fail-over that have not come back: their tasks cannot be seen. */
  recovering: z.number().int(),
  /**
   * Agents that were on the machine and that no list has any more, while it is not Down: cut off, or forgotten. What runs
   * there is unknown (invariant 13).
   */
  away: z.number().int().default(0),
  /** Agents that were on the machine and that somebody marked gone before Down; absent when there were none. */
  gone: z.number().int().optional(),
  /** Since when one is recovering or away; `null` when all are registered. */
  unknownSinceMs: millis.nullable().default(null),
  /** Of agents that are recovering or away as last seen. */
  tasks: z.number().int(),
});

export type MachineView = z.output<typeof machineView>;

/** What was last observed about the machines of one maintenance. */
export const picture = z.object({
  atMs: millis,
  leader: z.string(),
  leaderId: z.string(),
  /** Most tasks ever seen on the machines: the whole of the progress bar. */
  tasksMost: z.number().int(),
  /** Agents of the whole cluster that have not come back after a fail-over; records of 0.1.0 do not say. */
  recovering: z.number().int().default(0),
  /** Changes with every change of the master's schedule; records of 0.1.0 do not have it. */
  scheduleDigest: z.string().nullable().default(null),
  /**
   * Host names of the maintenance's machines, in lower case, that other machines in the cluster have too, or several of its
   * own; absent when there are none.
   */
  sharedNames: z.array(z.string()).optional(),
  machines: z.array(machineView),
  verdicts: verdictRows,
});

export type Picture = z.output<typeof picture>;

/** What a person saw when asked to approve (invariant 5). `digest` is a fingerprint of the rest. */
export const seen = z.object({
  digest: z.string(),
  machines: z.array(z.string()),
  tasks: z.array(taskRef),
  verdicts: verdictRows,
  /** `start/duration` of the window in nanoseconds, as text. */
  window: z.string(),
  /** The window had ended when this was shown. */
  windowOver: z.boolean(),
  /** Machines (keys) of which it was not known what runs there, because an agent was away; absent when there is none. */
  away: z.array(z.string()).optional(),
  /** What else goes away with the machines. */
  blast: blastRadius,
});

export type Seen = z.output<typeof seen>;
