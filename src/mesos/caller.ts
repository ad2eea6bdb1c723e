import type { ByteBudget } from "../base/answer.js";
import type { MaySend } from "../base/write-connection.js";
import type { Call } from "./calls.js";
import type { Endpoint } from "./endpoint.js";
import { decodeAnswer, MesosError, mesosError, refusal } from "./errors/errors.js";
import type { LeaderFinder } from "./leader.js";
import { isSuccess, type Transport } from "./transport.js";

/** Told of every call when it is over: Mesos' name of it, `ok` or a code of the table of errors, and seconds. */
export type OnCall = (call: string, outcome: string, seconds: number) => void;

export interface CallerOptions {
  readonly cluster: string;
  readonly leader: LeaderFinder;
  readonly transport: Transport;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  readonly onCall: OnCall;
}

/** What one attempt led to: an answer, or an error after which the call may be made again without harm. */
type Attempt =
  | { readonly kind: "answered"; readonly body: Buffer }
  | { readonly kind: "again"; readonly error: MesosError };

/** How often a call is made at most: the leader that was remembered, the one found next, and one more. */
const ATTEMPTS = 3;

/** What a master says before it looks at a call: it was not carried out. */
const NOT_LEADING: ReadonlySet<string> = new Set(["no_leader", "not_recovered"]);

/** Sends calls to the leader, following it when it changes. */
export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /**
   * Reads from whichever master leads. Repeated on a fresh connection when one breaks or the leader changed.
   *
   * @throws MesosError
   */
  async read<T>(call: Call, decode: (answer: Buffer) => T): Promise<T> {
    return this.#timed(call, async () => {
      const { endpoint, body } = await this.#untilAnswered(call);
      return this.#decoded(decode, body, endpoint);
    });
  }

  /**
   * Makes a call that changes something, once. It was decided on what one leader showed; the next leader may show
   * something else, so even a call that certainly was not carried out is for the caller to decide anew (invariants 2, 7).
   *
   * @throws MesosError whose `sent` says whether the call may have taken effect.
   */
  async write(call: Call, maySend: MaySend): Promise<void> {
    await this.#timed(call, () => this.#untilAnswered(call, maySend));
  }

  /**
   * Reads from exactly this master, once.
   *
   * @param budget what this answer may take, together with others.
   * @throws MovedError if it does not lead any more or the connection broke, so that reading again is the remedy.
   * @throws MesosError
   */
  async readAt<T>(
    endpoint: Endpoint,
    call: Call,
    decode: (answer: Buffer) => T,
    budget?: ByteBudget,
  ): Promise<T> {
    return this.#timed(call, async () => {
      const attempt = await this.#attempt(endpoint, call, { budget });
      if (attempt.kind === "again") throw new MovedError(attempt.error);
      return this.#decoded(decode, attempt.body, endpoint);
    });
  }

  async #untilAnswered(call: Call, maySend?: MaySend): Promise<{ endpoint: Endpoint; body: Buffer }> {
    for (let made = 1; ; made += 1) {
      const { endpoint } = await this.#options.leader.find();
      const attempt = await this.#attempt(endpoint, call, { fresh: made > 1, maySend });
      if (attempt.kind === "answered") return { endpoint, body: attempt.body };
      if (call.writes || made >= ATTEMPTS) throw attempt.error;
    }
  }

  async #attempt(
    endpoint: Endpoint,
    call: Call,
    how: { fresh?: boolean; maySend?: MaySend | undefined; budget?: ByteBudget | undefined },
  ): Promise<Attempt> {
    const { cluster, leader, transport } = this.#options;
    const blanks = { cluster, master: endpoint.name, right: call.right ?? undefined };
    try {
      const { status, location, body, isCut } = await transport.post(endpoint, call.bytes, how);
      if (isSuccess(status)) return { kind: "answered", body };
      if (status === 307) {
        leader.moved(endpoint, location);
        return { kind: "again", error: mesosError("leader_unsettled", { cluster }, { sent: "no", status }) };
      }
      const error = refusal(status, body.toString("utf8"), blanks, isCut);
      if (status < 500) throw error;
      // Only a master's own words say that nothing was done; a proxy's 502 or 504 says nothing about the master.
      const doubtful = call.writes && !NOT_LEADING.has(error.code);
      if (status === 503) leader.forget(endpoint);
      if (status !== 503 || doubtful) throw doubtful ? error.as("maybe") : error;
      return { kind: "again", error: error.as("no") };
    } catch (error) {
      if (!(error instanceof MesosError) || error.status !== null) throw error;
      leader.forget(endpoint);
      const harmless = error.sent === "no" || (!call.writes && error.code === "connection_lost");
      if (!harmless || error.code === "client_closed") throw error;
      return { kind: "again", error };
    }
  }

  #decoded<T>(decode: (answer: Buffer) => T, body: Buffer, endpoint: Endpoint): T {
    return decodeAnswer(decode, body, { cluster: this.#options.cluster, master: endpoint.name });
  }

  async #timed<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const { now, onCall } = this.#options;
    const startedAt = now();
    let outcome = "ok";
    try {
      return await work();
    } catch (error) {
      outcome =
        error instanceof MesosError ? error.code : error instanceof MovedError ? error.reason.code : "failed";
      throw error;
    } finally {
      onCall(call.name, outcome, (now() - startedAt) / 1000);
    }
  }
}

/** The master that was asked does not lead any more, or its connection broke: what was read from it is void. */
export class MovedError extends Error {
  override readonly name = "MovedError";
  readonly reason: MesosError;

  constructor(reason: MesosError) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}
