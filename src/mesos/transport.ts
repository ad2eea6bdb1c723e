import type { Readable } from "node:stream";
import { Agent, type Dispatcher, errors } from "undici";
import {
  ByteBudget,
  LONGEST_WORDS_BYTES,
  readPieces,
  readWhole,
  readWords,
  type Words,
} from "../base/answer.js";
import { type MaySend, type WriteConnection, writeConnection } from "../base/write-connection.js";
import type { ClusterConfig } from "../config/config.js";
import type { Endpoint } from "./endpoint.js";
import { MesosError, transportFailure } from "./errors/errors.js";

/** Limits of one call, in milliseconds. */
export interface Timeouts {
  /** Until a connection stands, TLS included. */
  readonly connectMs: number;
  /** From the call being sent until the answer begins. */
  readonly headersMs: number;
  /** From the beginning of the answer to its end. */
  readonly bodyMs: number;
  /** A call that changes something, from beginning to end: known to be over before its outcome is taken from the world. */
  readonly writeMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 3_000,
  headersMs: 15_000,
  bodyMs: 30_000,
  writeMs: 10_000,
};

/**
 * Of all answers of one look together, above those of the largest clusters (a million tasks: some 620 MiB). What is kept of a
 * task is a quarter of its bytes, so a look of this size does not end the process.
 */
export const LARGEST_LOOK_BYTES = 1024 * 1024 * 1024;

const KEEP_ALIVE_MS = 20_000;

interface Answer {
  readonly status: number;
  /** Where a redirect leads, as the master wrote it. */
  readonly location: string | null;
}

/** What is no success is read as words; of what is one `isCut` is never true. */
type WholeAnswer = Answer & Words;

export interface TransportOptions {
  readonly cluster: string;
  readonly credentials: ClusterConfig["credentials"];
  /** PEM of the certificates to trust for https, or `null` for the system's. */
  readonly ca: string | null;
  readonly timeouts: Timeouts;
  /** Aborts after this many milliseconds. */
  readonly limit: (ms: number) => AbortSignal;
  /** Told what time it was at a master when it answered, epoch ms, to the second. */
  readonly onDate?: (ms: number) => void;
}

/** HTTP to masters: one POST to `/api/v1`, protobuf both ways, and GETs of JSON. Knows nothing of leaders and repeats nothing. */
export interface Transport {
  /**
   * Sends a call and reads the whole answer. `onSuccess` gets a success piece by piece, and its body is empty then; what that
   * throws ends the call. `fresh` takes a new connection. `maySend` is for calls that change something:
   * they have a shorter limit and a connection that no other call shares. `budget`: what the answer may take.
   *
   * @throws MesosError if there is no complete answer; nothing of a write is sent any more then.
   */
  post(
    endpoint: Endpoint,
    call: Uint8Array,
    how: {
      fresh?: boolean;
      maySend?: MaySend | undefined;
      signal?: AbortSignal;
      budget?: ByteBudget | undefined;
      onSuccess?: ((chunk: Buffer) => void) | undefined;
    },
  ): Promise<WholeAnswer>;
  /** Sends a call whose answer is a stream without end; the body is the caller's to read or destroy. */
  open(endpoint: Endpoint, call: Uint8Array, signal: AbortSignal): Promise<Answer & { body: Readable }>;
  /** Reads JSON from an endpoint of before the operator API. Throws MesosError if there is no complete answer. */
  get(endpoint: Endpoint, path: string, signal: AbortSignal): Promise<Pick<WholeAnswer, "status" | "body">>;
  /** Waits for the calls under way, then closes all connections. */
  close(): Promise<void>;
}

export function createTransport(options: TransportOptions): Transport {
  const { cluster, timeouts, limit, ca } = options;
  const { connectMs, headersMs, bodyMs } = timeouts;
  const limits = { headersTimeout: headersMs, bodyTimeout: bodyMs };
  const common = { ...limits, connect: { timeout: connectMs, ...(ca === null ? {} : { ca }) } };
  const kept = new Agent({ ...common, keepAliveTimeout: KEEP_ALIVE_MS });
  const fresh = new Agent({ ...common, pipelining: 0 });
  const streams = new Agent({ ...common, pipelining: 0, bodyTimeout: 0 });
  const writing = new Set<WriteConnection>();
  const headers = {
    "content-type": "application/x-protobuf",
    accept: "application/x-protobuf",
    ...(options.credentials === null ? {} : { authorization: basic(options.credentials) }),
  };

  const openForWrite = ({ origin }: Endpoint, maySend: MaySend): WriteConnection => {
    if (kept.closed) throw new errors.ClientClosedError();
    const connection = writeConnection(origin, { connectMs, ca, limits, maySend });
    writing.add(connection);
    return connection;
  };

  const request = async (
    dispatcher: Dispatcher,
    endpoint: Endpoint,
    call: Uint8Array,
    signal: AbortSignal,
  ) => {
    const {
      statusCode,
      headers: got,
      body,
    } = await dispatcher.request({
      origin: endpoint.origin,
      path: "/api/v1",
      method: "POST",
      headers,
      body: call,
      signal,
    });
    const dateMs = typeof got.date === "string" ? Date.parse(got.date) : Number.NaN;
    if (!Number.isNaN(dateMs)) options.onDate?.(dateMs);
    return { status: statusCode, location: typeof got.location === "string" ? got.location : null, body };
  };

  return {
    async post(endpoint, call, how) {
      // undici's time limit is for each chunk; the deadline keeps an answer that only trickles from lasting for ever.
      const all = connectMs + headersMs + bodyMs;
      const deadline = limit(how.maySend ? Math.min(timeouts.writeMs, all) : all);
      const signal = how.signal === undefined ? deadline : AbortSignal.any([deadline, how.signal]);
      let own: WriteConnection | null = null;
      let hasBegun = false;
      try {
        if (how.maySend) own = openForWrite(endpoint, how.maySend);
        const answer = await request(own?.dispatcher ?? (how.fresh ? fresh : kept), endpoint, call, signal);
        hasBegun = true;
        // What a write is answered with says nothing.
        const budget = how.maySend ? new ByteBudget(LONGEST_WORDS_BYTES) : how.budget;
        return { ...answer, ...(await readAnswer(answer, budget, how.onSuccess)) };
      } catch (error) {
        // The deadline does not tell whether an answer had begun.
        const isUnanswered = deadline.aborted && error === deadline.reason && !hasBegun;
        throw asMesosError(isUnanswered ? new errors.HeadersTimeoutError() : error, cluster, endpoint);
      } finally {
        if (own !== null) {
          await own.end();
          writing.delete(own);
        }
      }
    },
    async open(endpoint, call, signal) {
      try {
        return await request(streams, endpoint, call, signal);
      } catch (error) {
        throw asMesosError(error, cluster, endpoint);
      }
    },
    async get({ origin, name }, path, signal) {
      try {
        const asJson = { ...headers, accept: "application/json" };
        const { statusCode: status, body } = await kept.request({
          origin,
          path,
          method: "GET",
          headers: asJson,
          signal,
        });
        return { status, body: (await readAnswer({ status, body })).body };
      } catch (error) {
        throw asMesosError(error, cluster, { origin, name });
      }
    },
    async close() {
      const writes = [...writing].map(({ dispatcher }) => dispatcher.close());
      await Promise.all([kept.close(), fresh.close(), streams.destroy(), ...writes]);
    },
  };
}

/** A success whole, or piece by piece; anything else as words: how much comes is decided by whoever answers. */
async function readAnswer(
  { status, body }: { readonly status: number; readonly body: Readable },
  budget = new ByteBudget(LARGEST_LOOK_BYTES),
  onSuccess?: (chunk: Buffer) => void,
): Promise<Words> {
  if (!isSuccess(status)) return await readWords(body);
  if (onSuccess === undefined) return { body: await readWhole(body, budget), isCut: false };
  await readPieces(body, budget, onSuccess);
  return { body: Buffer.alloc(0), isCut: false };
}

/** The operator API's documentation says 202 where a master answers 200. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Whatever was thrown while talking to `endpoint`, as a MesosError. */
export function asMesosError(error: unknown, cluster: string, endpoint: Endpoint): MesosError {
  return error instanceof MesosError ? error : transportFailure(error, { cluster, master: endpoint.name });
}

function basic(credentials: NonNullable<TransportOptions["credentials"]>): string {
  const pair = `${credentials.principal}:${credentials.secret.reveal()}`;
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}
