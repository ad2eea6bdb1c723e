import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller, RehearsalPrincipal } from "./access.js";
import { perform } from "./api.js";
import type { Call, CallType } from "./call.js";
import type { CallLog } from "./call-log.js";
import type { Fault, Faults } from "./faults.js";
import type { Leadership } from "./leadership.js";
import type { Reply } from "./reply.js";
import { sendText } from "./responses.js";
import type { Stage } from "./stage.js";
import type { Subscribers } from "./subscribers.js";
import type { Self } from "./views.js";

/** What every request is answered with. */
export interface MasterParts {
  readonly stage: Stage;
  readonly subscribers: Subscribers;
  readonly leadership: Leadership;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly principals: readonly RehearsalPrincipal[];
  readonly self: () => Self;
  readonly knows: (type: CallType) => boolean;
  readonly clock: () => number;
}

/** One request from somebody the master has let in. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
  readonly via: "v1" | "v0";
}

/** Notes a call that is answered without being read or carried out. */
export function refuseUnread(
  { log, clock }: MasterParts,
  { response, caller, via }: Exchange,
  { status, text }: { readonly status: number; readonly text: string },
): void {
  log.open({ type: null, via, principal: caller.principal, at: clock() })({
    status,
    text,
    outcome: "refused",
  });
  sendText(response, status, text);
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
  const { stage, faults, log, self, clock } = parts;
  const { caller, response, via } = exchange;
  const note = log.open({ type: call.type, via, principal: caller.principal, at: clock() });

  const act = (): Reply => {
    const { reply, change } = perform(stage.state(), call, caller, self(), stage.now());
    if (change !== null) stage.apply(() => change);
    const text = "text" in reply ? reply.text : null;
    note({ outcome: text === null ? "accepted" : "refused", text });
    return reply;
  };
  const answer = (reply: Reply): void => {
    if (response.destroyed) return;
    note({ status: reply.status });
    tell(reply);
  };
  suffer(faults.take(call.type), response, act, answer);
}

function suffer(
  fault: Fault | null,
  response: ServerResponse,
  act: () => Reply,
  answer: (reply: Reply) => void,
): void {
  switch (fault?.kind) {
    case undefined:
      answer(act());
      return;
    case "hang_before":
      return;
    case "hang_after":
      act();
      return;
    case "reset_before":
      response.socket?.resetAndDestroy();
      return;
    case "reset_after":
      act();
      response.socket?.resetAndDestroy();
      return;
    case "status":
      answer({ status: fault.status, text: fault.text ?? "" });
      return;
    case "delay":
      setTimeout(() => answer(act()), fault.ms).unref();
      return;
    case "hold":
      void fault.until.then(() => answer(act()));
      return;
  }
}
