import type { HostPort } from "../../config/config.js";
import { addressIn, firstOf, type MasterAddress } from "./candidates.js";
import { Session } from "./session.js";
import { ZooKeeperError } from "./zookeeper-error.js";

/** What ZooKeeper says of the leading master. It is a hint: a node exists before its master leads, and after it died. */
export type Said =
  | { readonly kind: "leads"; readonly master: MasterAddress }
  /** No master stands for election. */
  | { readonly kind: "nobody" }
  /** There are masters, or a path, that cannot be read: a sentence. */
  | { readonly kind: "unreadable"; readonly why: string }
  /** None of the servers answers: a sentence on one of them. */
  | { readonly kind: "away"; readonly why: string };

export interface MasterWatchOptions {
  readonly servers: readonly HostPort[];
  /** Absolute, without a slash at its end. */
  readonly path: string;
  /** `user:secret`, or `null`. */
  readonly auth: string | null;
  /** Called after each look, and after each round of all servers without a session. */
  readonly onSaid: (said: Said) => void;
}

/** After a round of all servers: long enough for servers that start, short enough for people who wait. */
const PAUSE_MS = { least: 250, most: 2_000 } as const;

/** A path that is not there cannot be watched, so it is read again. */
const READ_AGAIN_MS = 5_000;

/**
 * Watches who leads until it is closed, as Mesos' own detector does (`src/master/detector/zookeeper.cpp`): one session at a
 * time, on servers in a random order, and after every change a full look with a new watch.
 */
export class MasterWatch {
  readonly #options: MasterWatchOptions;
  readonly #closing = new AbortController();
  #round: HostPort[];
  #session: Session | null = null;
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> | null = null;
  #isOutdated = false;
  /** Why the last session ended, or none was opened. */
  #why: ZooKeeperError | null = null;

  constructor(options: MasterWatchOptions) {
    this.#options = options;
    this.#round = shuffled(options.servers);
    this.#connect();
  }

  /** Looks again; resolves when that is done, or at once while there is no session. */
  look(): Promise<void> {
    if (this.#session === null) return Promise.resolve();
    this.#isOutdated = true;
    this.#look ??= this.#lookUntilCurrent();
    return this.#look;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closing.abort();
  }

  #connect(): void {
    const server = this.#round.pop();
    if (server === undefined) {
      this.#options.onSaid({ kind: "away", why: this.#why?.message ?? "no server is configured" });
      this.#round = shuffled(this.#options.servers);
      this.#after(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least), () => this.#connect());
      return;
    }
    const onEnd = (why: ZooKeeperError) => this.#ended(why);
    Session.open({
      server,
      auth: this.#options.auth,
      onChange: () => void this.look(),
      onEnd,
      signal: this.#closing.signal,
    }).then((session) => {
      this.#session = session;
      void this.look();
    }, onEnd);
  }

  #ended(why: ZooKeeperError): void {
    this.#session = null;
    if (this.#closing.signal.aborted) return;
    this.#why = why;
    this.#connect();
  }

  async #lookUntilCurrent(): Promise<void> {
    try {
      while (this.#isOutdated && this.#session !== null) {
        this.#isOutdated = false;
        const said = await this.#saidBy(this.#session);
        if (said !== null && !this.#closing.signal.aborted) this.#options.onSaid(said);
      }
    } finally {
      // In the turn in which the last look ended: whoever asks from now on gets a new one.
      this.#look = null;
    }
  }

  /** `null`: nothing is to be said, because the session ended, which is told by its end, or because it has to look again. */
  async #saidBy(session: Session): Promise<Said | null> {
    const { path } = this.#options;
    const nodes = await outcome(session.children(path));
    if (nodes instanceof ZooKeeperError) {
      if (nodes.code === "away" || nodes.code === "not_zookeeper") return null;
      this.#after(READ_AGAIN_MS, () => void this.look());
      return { kind: "unreadable", why: `${path}: ${nodes.message}` };
    }
    const first = firstOf(nodes);
    if (first.kind === "nobody") return first;
    const node = `${path}/${first.node}`;
    if (first.kind === "too_old") {
      return { kind: "unreadable", why: `${node} is of a Mesos before 0.24, which cannot be read` };
    }
    const data = await outcome(session.data(node));
    if (data instanceof ZooKeeperError) {
      if (data.code === "away" || data.code === "not_zookeeper") return null;
      if (data.code !== "no_node") return { kind: "unreadable", why: `${node}: ${data.message}` };
      // Its master died between the two calls.
      this.#isOutdated = true;
      return null;
    }
    const master = addressIn(data);
    if (master !== null) return { kind: "leads", master };
    return { kind: "unreadable", why: `${node} does not say where its master is` };
  }

  #after(ms: number, what: () => void): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, ms);
  }
}

/** What a call came to; errors of anything else than ZooKeeper are thrown. */
async function outcome<T>(call: Promise<T>): Promise<T | ZooKeeperError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ZooKeeperError) return error;
    throw error;
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
