import { setTimeout as sleep } from "node:timers/promises";
import { readWords } from "../../base/answer.js";
import type { Leader } from "../ask-master.js";
import { SUBSCRIBE } from "../calls.js";
import { decodeAnswer, MesosError, mesosError, refusal, transportFailure } from "../errors/errors.js";
import type { LeaderFinder } from "../leader.js";
import { isSuccess, LARGEST_LOOK_BYTES, type Transport } from "../transport.js";
import { type MasterEvent, recordReader } from "./events.js";
import { RecordSplitter } from "./record-io.js";

/** The first record of a stream holds the state of the whole cluster. */
const LARGEST_RECORD_BYTES = LARGEST_LOOK_BYTES;

/** How patient an event stream is. Times in milliseconds. */
export interface StreamPatience {
  /** Wait before the first new attempt; doubled with each one that fails, and varied at random. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Heartbeats that may fail to come before the stream counts as dead. */
  readonly missedHeartbeats: number;
  /** Silence that is suffered before, or without, a heartbeat interval from the master. */
  readonly silenceMs: number;
}

export const DEFAULT_PATIENCE: StreamPatience = {
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  missedHeartbeats: 3,
  silenceMs: 120_000,
};

export interface SubscriptionOptions {
  readonly cluster: string;
  readonly leader: LeaderFinder;
  readonly transport: Transport;
  readonly patience: StreamPatience;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onEvent: (event: MasterEvent) => void;
}

/** An open event stream. */
export interface Subscription {
  /** Ends the stream for good; no event comes afterwards. */
  close(): Promise<void>;
}

/** Follows the leader's event stream until it is closed: subscribes again when it breaks, falls silent or moves. */
export function openSubscription(options: SubscriptionOptions): Subscription {
  const stop = new AbortController();
  const ended = follow(options, stop.signal);
  return {
    async close() {
      stop.abort();
      await ended;
    },
  };
}

type Emit = (event: MasterEvent) => void;

async function follow(options: SubscriptionOptions, stop: AbortSignal): Promise<void> {
  const { patience, now, random } = options;
  const emit: Emit = (event) => {
    // In a turn of its own, so that an error of the listener is the listener's and not taken for one of the stream.
    queueMicrotask(() => {
      if (!stop.aborted) options.onEvent(event);
    });
  };
  let failures = 0;
  while (!stop.aborted) {
    const startedAt = now();
    const error = await attempt(options, stop, emit);
    if (stop.aborted) return;
    // A stream that lived for a while was healthy; one that breaks at once is not hammered.
    failures = now() - startedAt >= patience.longestRetryMs ? 1 : failures + 1;
    const longest = Math.min(patience.longestRetryMs, patience.firstRetryMs * 2 ** (failures - 1));
    const retryInMs = Math.round(longest * (0.5 + random() / 2));
    emit({ kind: "lost", error, retryInMs });
    // Rejects only when `stop` ends the wait, and then the loop ends as well.
    await sleep(retryInMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

/** One stream from the search for the leader to its end; resolves with why it ended. */
async function attempt(options: SubscriptionOptions, stop: AbortSignal, emit: Emit): Promise<MesosError> {
  const { cluster, leader, transport, patience } = options;
  let leading: Leader;
  try {
    leading = await leader.find();
  } catch (error) {
    return error instanceof MesosError ? error : transportFailure(error, { cluster });
  }
  const { endpoint } = leading;
  const blanks = { cluster, master: endpoint.name };
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const waitAtMost = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), ms).unref();
  };
  waitAtMost(patience.silenceMs);
  try {
    const signal = AbortSignal.any([stop, silence.signal]);
    const { status, location, body } = await transport.open(endpoint, SUBSCRIBE.bytes, signal);
    if (!isSuccess(status)) {
      // Read in every case: undici throws a body that is dropped unread at nobody, which ends the process.
      const words = await readWords(body);
      if (status === 307) {
        leader.moved(endpoint, location);
        return mesosError("leader_unsettled", { cluster }, { sent: "yes", status });
      }
      throw refusal(status, words.body.toString("utf8"), blanks, words.isCut);
    }
    const splitter = new RecordSplitter(LARGEST_RECORD_BYTES, recordReader);
    for await (const chunk of body) {
      timer?.refresh();
      for (const record of decodeAnswer(() => splitter.push(chunk), blanks)) {
        if (record.kind === "alive") continue;
        if (record.kind === "subscribed") {
          if (record.heartbeatMs !== null) waitAtMost(record.heartbeatMs * patience.missedHeartbeats);
          emit({ kind: "subscribed", master: endpoint.name });
        } else emit(record);
      }
    }
    throw mesosError("stream_ended", blanks, { sent: "yes" });
  } catch (error) {
    // Whatever ended the stream, another master may lead by now.
    leader.forget(endpoint);
    if (silence.signal.aborted) return mesosError("heartbeat_missed", blanks, { sent: "yes", cause: error });
    return error instanceof MesosError ? error : transportFailure(error, blanks);
  } finally {
    clearTimeout(timer);
  }
}
