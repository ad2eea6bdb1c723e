import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller, RehearsalPrincipal } from "./access.js";
import { perform, type Reply } from "./api.js";
import { type Call, type CallType, machinesIn } from "./call.js";
import type { CallLog, ReceivedCall } from "./call-log.js";
import type { Fault, Faults } from "./faults.js";
import type { Leadership } from "./leadership.js";
import type { LiveState } from "./live-state.js";
import { sendText } from "./responses.js";
import { isSpoiling, spoil } from "./spoil.js";
import type { Subscribers } from "./subscribers.js";
import type { Self } from "./views.js";

/** What every request is answered with. */
export interface MasterParts {
  readonly live: LiveState;
  readonly subscribers: Subscribers;
  readonly leadership: Leadership;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly principals: readonly RehearsalPrincipal[];
  readonly unknownCalls: readonly CallType[];
  readonly self: () => Self;
  readonly clock: () => number;
}

/** One request from somebody the master has let in. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly via: "v1" | "v0";
}

/** Adds a call to the log; the function it returns notes what became of it. */
function logCall({ log, clock }: MasterParts, { caller, via }: Exchange, call: Call | null) {
  const machines = call === null ? [] : machinesIn(call);
  return log.open({ type: call?.type ?? null, via, principal: caller.principal, machines, at: clock() });
}

/** Notes a call that is answered without being read or carried out. */
export function logUnread(parts: MasterParts, exchange: Exchange, became: Partial<ReceivedCall>): void {
  logCall(parts, exchange, null)(became);
}

/** Refuses a call without reading it or carrying it out. */
export function refuseUnread(parts: MasterParts, exchange: Exchange, status: number, text: string): void {
  logUnread(parts, exchange, { status, text, outcome: "refused" });
  sendText(exchange.response, status, text);
}

/**
 * Carries out a call and answers it with `tell`, through the fault that was asked for, if any. What took effect and what
 * was answered are noted apart: with a fault they differ.
 */
export function carryOut(
  parts: MasterParts,
  exchange: Exchange,
  call: Call,
  tell: (reply: Reply) => void,
): void {
  const { live, faults, self } = parts;
  const { caller, response } = exchange;
  const note = logCall(parts, exchange, call);

  const act = (): Reply => {
    const { reply, change } = perform(live.state(), call, caller, self(), live.now());
    if (change !== null) live.apply(() => change);
    note("text" in reply ? { outcome: "refused", text: reply.text } : { outcome: "accepted" });
    return reply;
  };
  const answer = (reply: Reply): void => {
    if (response.destroyed) return;
    note({ status: reply.status });
    tell(reply);
  };
  applyFault(faults.take(call.type), response, act, answer);
}

function applyFault(
  fault: Fault | null,
  response: ServerResponse,
  act: () => Reply,
  answer: (reply: Reply) => void,
): void {
  if (fault === null) answer(act());
  else if (isSpoiling(fault.kind)) {
    spoil(response, fault.kind);
    answer(act());
  } else if (fault.kind === "status") answer({ status: fault.status, text: fault.text ?? "" });
  else if (fault.kind === "delay") setTimeout(() => answer(act()), fault.ms).unref();
  else if (fault.kind === "hold") void fault.until.then(() => answer(act()));
  else {
    if (fault.kind.endsWith("_after")) act();
    if (fault.kind.startsWith("reset_")) response.socket?.resetAndDestroy();
  }
  fault?.onHit?.();
}
