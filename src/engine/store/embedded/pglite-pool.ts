import { EventEmitter } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";
import type { PgNotification, PgPool, PgPoolClient, PgQueryResult } from "bullmq";
import { boundedStatement } from "./embedded-bound.js";

/**
 * The database has ended in the middle of its process, as PostgreSQL does when its write-ahead log finds no room. Who asked it again
 * would wait for ever, and the whole process with it: PGlite runs in its thread.
 */
export class DatabaseEndedError extends Error {
  override readonly name = "DatabaseEndedError";

  constructor(cause: unknown) {
    super("The embedded database has ended.", { cause });
  }
}

/** What PostgreSQL calls an error after which it is no more. */
const LAST = new Set<unknown>(["PANIC", "FATAL"]);

/** What WebAssembly throws when its program ends: in a trap, with `abort()` or `exit()`. */
const ENDS = new Set(["RuntimeError", "ExitStatus"]);

/** Whether the database has ended with this error. */
export function endsDatabase(error: unknown): boolean {
  return (
    error instanceof Error && (ENDS.has(error.name) || ("severity" in error && LAST.has(error.severity)))
  );
}

/**
 * One PGlite in the shape of node-postgres' `Pool`, as far as BullMQ's PostgreSQL backend uses it. PGlite is one
 * session, so all clients share it: a client that began a transaction has it alone until the end of the transaction,
 * and notifications go to every client that said LISTEN. No job is read whole that is too large (`bound.ts`).
 */
export class PglitePool implements PgPool {
  readonly #db: PGlite;
  readonly #mutex = new Mutex();
  #ended = false;
  #death: DatabaseEndedError | null = null;
  /** How many queries ran since the start. */
  queries = 0;

  constructor(db: PGlite) {
    this.#db = db;
  }

  /** Whether the database has ended by itself: nothing is asked of it any more. */
  get isDead(): boolean {
    return this.#death !== null;
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const release = await this.#mutex.acquire();
    try {
      return await this.run<R>(text, params);
    } finally {
      release();
    }
  }

  async connect(): Promise<PgPoolClient> {
    this.#assertOpen();
    return new PgliteClient(this, this.#mutex, (listener) => this.#db.onNotification(listener));
  }

  /** Later queries fail with the sentence by which BullMQ knows a pool that has ended. The database stays open. */
  async end(): Promise<void> {
    const release = await this.#mutex.acquire();
    this.#ended = true;
    release();
  }

  /** A pool reports connections that broke or were made. Here is none, so there is nothing to listen to. */
  on(): this {
    return this;
  }

  removeAllListeners(): this {
    return this;
  }

  /** Runs without waiting for the session: for a caller who has it. */
  async run<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    // PGlite answers in microtasks. Workers that ask in a loop, as several do behind a concurrency limit, would keep
    // every timer and socket of the process waiting if the event loop did not turn in between.
    await turn();
    this.#assertOpen();
    if (this.#death !== null) throw this.#death;
    this.queries += 1;
    try {
      return await this.#ask<R>(text, params);
    } catch (error) {
      if (endsDatabase(error)) this.#death = new DatabaseEndedError(error);
      throw error;
    }
  }

  async #ask<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    if (params === undefined || params.length === 0) {
      // The simple protocol: migrations hold many statements in one text.
      const results = await this.#db.exec(text);
      return asPgResult<R>(results.at(-1));
    }
    return asPgResult<R>(await this.#db.query<R>(boundedStatement(text), [...params]));
  }

  #assertOpen(): void {
    if (this.#ended) throw new Error("Cannot use a pool after calling end on the pool");
  }
}

function asPgResult<R>(
  result: { rows: unknown[]; affectedRows?: number; rowCount?: number } | undefined,
): PgQueryResult<R> {
  return { rows: (result?.rows ?? []) as R[], rowCount: result?.rowCount ?? result?.affectedRows ?? null };
}

type Listener = (channel: string, payload: string) => void;

class PgliteClient extends EventEmitter implements PgPoolClient {
  readonly #pool: PglitePool;
  readonly #mutex: Mutex;
  readonly #subscribe: (listener: Listener) => () => void;
  #unsubscribe: (() => void) | null = null;
  /** Gives the session back; set while this client is inside a transaction. */
  #endTransaction: (() => void) | null = null;

  constructor(pool: PglitePool, mutex: Mutex, subscribe: (listener: Listener) => () => void) {
    super();
    this.setMaxListeners(0);
    this.#pool = pool;
    this.#mutex = mutex;
    this.#subscribe = subscribe;
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const verb = firstWord(text);
    if (verb === "LISTEN") this.#unsubscribe ??= this.#subscribe(this.#notify);
    if (verb === "BEGIN" && this.#endTransaction === null) this.#endTransaction = await this.#mutex.acquire();
    if (this.#endTransaction === null) return this.#pool.query<R>(text, params);
    try {
      return await this.#pool.run<R>(text, params);
    } finally {
      if (verb === "COMMIT" || verb === "ROLLBACK") this.#giveBack();
    }
  }

  release(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#endTransaction === null) return;
    // Left inside a transaction: undo it before anybody else has the session.
    void this.#pool
      .run("ROLLBACK")
      .catch(() => undefined)
      .finally(() => this.#giveBack());
  }

  #giveBack(): void {
    this.#endTransaction?.();
    this.#endTransaction = null;
  }

  readonly #notify = (channel: string, payload: string): void => {
    this.emit("notification", { channel, payload } satisfies PgNotification);
  };
}

/** BullMQ's statements begin with comments. */
function firstWord(sql: string): string {
  return (/^(?:\s|--[^\n]*(?:\n|$))*(\w*)/.exec(sql)?.[1] ?? "").toUpperCase();
}

/** One at a time, in the order of asking. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** Resolves with the release once it is this caller's turn. */
  async acquire(): Promise<() => void> {
    const before = this.#last;
    let release: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}
