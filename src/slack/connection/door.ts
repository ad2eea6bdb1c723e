import type { IncomingMessage, ServerOptions, ServerResponse } from "node:http";
import { isValidSlackRequest } from "@slack/bolt";
import type { Secret } from "../../base/secret.js";

/** The path Slack posts to in HTTP mode: the request URL of the slash command and of interactivity. */
export const HTTP_PATH = "/slack/events";

const KIB = 1024;

/** How much may be asked of the port by whoever reaches it. */
export const DOOR = {
  /** Of one body. Slack's have a few KiB; a dialog that is filled in has some tens. */
  bodyBytes: 256 * KIB,
  /** Kept for all bodies together that have no answer yet. */
  keptBytes: 16 * KIB * KIB,
  /** Connections, and requests without an answer. */
  open: 200,
  /** From the first byte of a request to its last. */
  wholeMs: 5_000,
  /** By how much the time that Slack signed may differ from ours, before or after it; Slack's own advice. */
  apartS: 300,
} as const;

export type DoorLimits = { readonly [name in keyof typeof DOOR]: number };

/** Node closes a connection whose request is not whole in time, with 408, and looks for such ones this often. */
const LOOK_MS = 500;

/** What Node's server does by itself. The number of connections is its `maxConnections`. */
export function serverOptions({ wholeMs }: DoorLimits): ServerOptions {
  return {
    headersTimeout: wholeMs,
    requestTimeout: wholeMs,
    keepAliveTimeout: wholeMs,
    connectionsCheckingInterval: LOOK_MS,
  };
}

/** A request that is not taken. */
export interface Refused {
  readonly status: number;
  /** For the log, without anything of the request in it. */
  readonly why: string;
}

/** A request that Slack has signed. */
export interface Taken {
  readonly form: boolean;
  readonly text: string;
}

export interface Door {
  /** Reads a request and says whether Slack has signed it. `null`: it broke off. Never throws. */
  take(request: IncomingMessage, response: ServerResponse): Promise<Taken | Refused | null>;
  /** Bytes that are kept for bodies now, and the most that were kept at once. */
  kept(): { readonly now: number; readonly most: number };
}

/**
 * Whoever reaches the port may send anything: what can be known from the headers is refused before a byte of the body is
 * kept, and what is kept is bounded, for one request and for all. Bolt's own receiver reads 4 MiB of everybody first, and
 * takes a time that is ahead.
 *
 * @param now epoch ms.
 */
export function createDoor(signingSecret: Secret, limits: DoorLimits, now: () => number): Door {
  let open = 0;
  let keptNow = 0;
  let keptMost = 0;

  function keep(bytes: number): boolean {
    if (keptNow + bytes > limits.keptBytes) return false;
    keptNow += bytes;
    keptMost = Math.max(keptMost, keptNow);
    return true;
  }

  return {
    kept: () => ({ now: keptNow, most: keptMost }),

    async take(request, response) {
      const head = headOf(request, limits, now());
      if ("status" in head) return head;
      if (open >= limits.open) return BUSY;
      open += 1;
      let bytes = 0;
      // Answered, or broken off.
      response.once("close", () => {
        open -= 1;
        keptNow -= bytes;
      });
      const body = await bodyOf(request, limits.bodyBytes, (more) => {
        // Broken off already: nobody would give it back.
        const may = !response.closed && keep(more);
        if (may) bytes += more;
        return may;
      });
      if (body === null || "status" in body) return body;
      const text = body.toString("utf8");
      const isSigned = isValidSlackRequest({
        signingSecret: signingSecret.reveal(),
        body: text,
        headers: { "x-slack-signature": head.signature, "x-slack-request-timestamp": head.atS },
        nowMilliseconds: now(),
      });
      return isSigned ? { form: head.form, text } : { status: 401, why: "its signature is wrong" };
    },
  };
}

const BUSY: Refused = { status: 503, why: "too many requests are open, or hold too much" };

const TOO_LARGE: Refused = { status: 413, why: "its body is too large" };

interface Head {
  readonly form: boolean;
  readonly signature: string;
  /** The time that Slack signed, epoch seconds. */
  readonly atS: number;
}

function headOf(
  { method, url, headers }: IncomingMessage,
  limits: DoorLimits,
  nowMs: number,
): Head | Refused {
  if (url?.split("?", 1)[0] !== HTTP_PATH) return { status: 404, why: "its path is not ours" };
  if (method !== "POST") return { status: 405, why: "it is no POST" };
  const signature = headers["x-slack-signature"];
  const signedAt = headers["x-slack-request-timestamp"];
  // One that is sent twice is joined with commas, and is no signature then.
  if (typeof signature !== "string" || !/^v0=[0-9a-f]{64}$/.test(signature)) {
    return { status: 401, why: "it has no signature of Slack's kind" };
  }
  if (typeof signedAt !== "string" || !/^[0-9]{1,12}$/.test(signedAt)) {
    return { status: 401, why: "it does not say when it was signed" };
  }
  if (Math.abs(Number(signedAt) - nowMs / 1_000) > limits.apartS) {
    return { status: 401, why: "it was not signed now: the clock here is wrong, or it is an old request" };
  }
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    return { status: 415, why: "its body is compressed" };
  }
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded" && type !== "application/json") {
    return { status: 415, why: "its body is neither a form nor JSON" };
  }
  if (Number(headers["content-length"] ?? 0) > limits.bodyBytes) return TOO_LARGE;
  return { form: type !== "application/json", signature, atS: Number(signedAt) };
}

const FIRST_BYTES = 4 * KIB;

/**
 * The body, or why no more of it is read; `null` when it broke off. It is copied into a buffer that grows: a chunk of one
 * byte would else keep an object, and all of the packet that it came in.
 *
 * @param keep whether so many more bytes may be kept.
 */
function bodyOf(
  request: IncomingMessage,
  mostBytes: number,
  keep: (bytes: number) => boolean,
): Promise<Buffer | Refused | null> {
  return new Promise((resolve) => {
    let body: Buffer = Buffer.alloc(0);
    let length = 0;

    function end(outcome: Buffer | Refused | null): void {
      request.off("data", add);
      request.pause();
      resolve(outcome);
    }

    function add(chunk: Buffer): void {
      const needed = length + chunk.length;
      const size = sizeFor(needed);
      if (needed > mostBytes) end(TOO_LARGE);
      else if (!keep(size - body.length)) end(BUSY);
      else {
        if (size > body.length) body = Buffer.concat([body.subarray(0, length)], size);
        chunk.copy(body, length);
        length = needed;
      }
    }

    function sizeFor(needed: number): number {
      if (needed <= body.length) return body.length;
      return Math.min(mostBytes, Math.max(needed, 2 * body.length, FIRST_BYTES));
    }

    request.on("data", add);
    request.once("end", () => end(body.subarray(0, length)));
    request.once("error", () => end(null));
    request.once("close", () => end(null));
  });
}
