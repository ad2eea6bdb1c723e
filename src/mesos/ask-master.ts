import { ByteBudget } from "../base/answer.js";
import { GET_MASTER } from "./calls.js";
import { type Endpoint, redirectTarget } from "./endpoint.js";
import { decodeAnswer, type MesosError, refusal } from "./errors/errors.js";
import { type LeaderInfo, readMaster } from "./read/read-replies.js";
import { asMesosError, isSuccess, type Transport } from "./transport.js";

/** The leading master and what it said of itself when it was last asked. */
export interface Leader extends LeaderInfo {
  readonly endpoint: Endpoint;
}

/** What a master answers when it is asked whether it leads. */
export type MasterAnswer =
  | { readonly kind: "leads"; readonly leader: Leader }
  /** `target` is `null` where the address cannot be read. */
  | { readonly kind: "redirects"; readonly target: Endpoint | null }
  | { readonly kind: "fails"; readonly error: MesosError };

/** What a master says of itself is some KiB, and several are asked at once. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/** Asks one master whether it leads, on a new connection. Never throws. */
export async function askMaster(
  from: Endpoint,
  { cluster, transport }: { readonly cluster: string; readonly transport: Transport },
  signal?: AbortSignal,
): Promise<MasterAnswer> {
  const blanks = { cluster, master: from.name };
  try {
    const budget = new ByteBudget(LARGEST_ANSWER_BYTES);
    const how = signal === undefined ? { fresh: true, budget } : { fresh: true, budget, signal };
    const { status, location, body, isCut } = await transport.post(from, GET_MASTER.bytes, how);
    if (status === 307) {
      return { kind: "redirects", target: redirectTarget(location ?? "", from) };
    }
    if (!isSuccess(status)) {
      return { kind: "fails", error: refusal(status, body.toString("utf8"), blanks, isCut) };
    }
    return { kind: "leads", leader: { endpoint: from, ...decodeAnswer(() => readMaster(body), blanks) } };
  } catch (error) {
    return { kind: "fails", error: asMesosError(error, cluster, from) };
  }
}
