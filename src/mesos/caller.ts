import type { ByteBudget } from "../base/answer.js";
import type { MaySend } from "../base/write-connection.js";
import type { Call } from "./calls.js";
import type { Endpoint } from "./endpoint.js";
import { decodeAnswer, MesosError, mesosError, refusal } from "./errors/errors.js";
import type { LeaderFinder } from "./leader.js";
import type { AnswerReader } from "./read/answer-reader.js";
import { isSuccess, type Transport } from "./transport.js";

/**
 * Told of every call when it is over: Mesos' name of it, `ok` or a code of the table of errors, seconds, and how many bytes of
 * answers to reads came.
 */
export type OnCall = (call: string, outcome: string, seconds: number, bytes: number) => void;

export interface CallerOptions {
  readonly cluster: string;
  readonly leader: LeaderFinder;
  readonly transport: Transport;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  readonly onCall: OnCall;
}

/** What one attempt led to: an answer, or an error after which the call may be made again without harm. */
type Attempt<T> =
  | { readonly kind: "answered"; readonly answer: T }
  | { readonly kind: "again"; readonly error: MesosError };

interface AttemptOptions<T> {
  /** Makes what reads the answer, for each attempt anew. */
  readonly reader: () => AnswerReader<T>;
  readonly fresh?: boolean;
  readonly maySend?: MaySend | undefined;
  readonly budget?: ByteBudget | undefined;
  readonly onBytes: (count: number) => void;
}

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
  async read<T>(call: Call, reader: () => AnswerReader<T>): Promise<T> {
    return this.#timed(call, (onBytes) => this.#untilAnswered(call, { reader, onBytes }));
  }

  /**
   * Makes a call that changes something, once. It was decided on what one leader showed; the next leader may show
   * something else, so even a call that certainly was not carried out is for the caller to decide anew (invariants 2, 7).
   *
   * @throws MesosError whose `sent` says whether the call may have taken effect.
   */
  async write(call: Call, maySend: MaySend): Promise<void> {
    await this.#timed(call, (onBytes) => this.#untilAnswered(call, { reader: unread, maySend, onBytes }));
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
    reader: () => AnswerReader<T>,
    budget?: ByteBudget,
  ): Promise<T> {
    return this.#timed(call, async (onBytes) => {
      const attempt = await this.#attempt(endpoint, call, { reader, budget, onBytes });
      if (attempt.kind === "again") throw new MovedError(attempt.error);
      return attempt.answer;
    });
  }

  async #untilAnswered<T>(
    call: Call,
    how: Pick<AttemptOptions<T>, "reader" | "maySend" | "onBytes">,
  ): Promise<T> {
    for (let made = 1; ; made += 1) {
      const { endpoint } = await this.#options.leader.find();
      const attempt = await this.#attempt(endpoint, call, { ...how, fresh: made > 1 });
      if (attempt.kind === "answered") return attempt.answer;
      if (call.writes || made >= ATTEMPTS) throw attempt.error;
    }
  }

  async #attempt<T>(endpoint: Endpoint, call: Call, how: AttemptOptions<T>): Promise<Attempt<T>> {
    const { cluster, leader, transport } = this.#options;
    const blanks = { cluster, master: endpoint.name, right: call.right ?? undefined };
    const reader = decoding(how.reader, { cluster, master: endpoint.name });
    try {
      const write = (chunk: Buffer) => {
        how.onBytes(chunk.length);
        reader.write(chunk);
      };
      const onSuccess = call.writes ? undefined : write;
      const answer = await transport.post(endpoint, call.bytes, { ...how, onSuccess });
      const { status, location, body, isCut } = answer;
      if (isSuccess(status)) return { kind: "answered", answer: reader.end() };
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
      if (!(error instanceof MesosError) || error.status !== null || error.code === "undecodable")
        throw error;
      leader.forget(endpoint);
      const harmless = error.sent === "no" || (!call.writes && error.code === "connection_lost");
      if (!harmless || error.code === "client_closed") throw error;
      return { kind: "again", error };
    }
  }

  async #timed<T>(call: Call, work: (onBytes: AttemptOptions<T>["onBytes"]) => Promise<T>): Promise<T> {
    const { now, onCall } = this.#options;
    const startedAt = now();
    let bytes = 0;
    let outcome = "ok";
    try {
      return await work((count) => {
        bytes += count;
      });
    } catch (error) {
      outcome =
        error instanceof MesosError ? error.code : error instanceof MovedError ? error.reason.code : "failed";
      throw error;
    } finally {
      onCall(call.name, outcome, (now() - startedAt) / 1000, bytes);
    }
  }
}

/** What a write is answered with says nothing. */
const unread = (): AnswerReader<void> => ({ write: () => undefined, end: () => undefined });

/** A reader whose errors are told as those of this master's answer. */
function decoding<T>(
  make: () => AnswerReader<T>,
  blanks: { readonly cluster: string; readonly master: string },
) {
  const reader = make();
  return {
    write: (chunk: Buffer) => decodeAnswer(() => reader.write(chunk), blanks),
    end: () => decodeAnswer(() => reader.end(), blanks),
  };
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
