import { z } from "zod";
import { isAmong, type Person, type Policy, settingOf } from "../policy/policy.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { placeOf } from "../rolling/turn.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { decisionRow, refused } from "./decided.js";

/**
 * Goes on with the batch that a rule has stopped, in spite of what it saw: the same sight does not stop that batch again.
 * It approves nothing.
 */
export const goOn = decisionRow({
  takes: z.object({ kind: z.literal("go_on"), ...aboutTurn }),
  wanted: "go on with the batches",
  needsWorld: false,
  isOnce: false,
  whyNotPossible: (record, { batch }) => whyNotOnTurn(record, batch) ?? notPaused(record),
  decide(record, _, context) {
    const { person, policy, nowMs } = context;
    const { paused } = record;
    if (paused === null)
      return { record, reply: replyOf({ tone: "info", text: `${record.id} is not paused.` }) };
    if (!mayGoOn(record, person, policy)) {
      const approvers = settingOf(record.cluster, "approvers");
      const who = `the requester, approvers (${approvers}) and admins (${settingOf(record.cluster, "admins")})`;
      const text = `${record.id} is paused: ${quoted(paused.saw)}. Who may go on: ${who}.`;
      const reply = { tone: "refused", text, notDone: "It stays paused." } as const;
      return refused(record, "go_on", reply, `who may go on: ${who}.`, context);
    }
    const { rule, batch, saw } = paused;
    const by = person.user;
    const known = { ...record, paused: null, wentOn: [...record.wentOn, { rule, batch, saw, by }] };
    return {
      record: withEvent(known, nowMs, { kind: "went_on", batch, rule, by }),
      reply: replyOf({
        tone: "done",
        text: `${record.id} goes on with ${placeOf(record, batch)} in spite of it: ${quoted(saw)}.`,
      }),
    };
  },
});

function notPaused({ id, paused }: Maintenance): ReplyParts | null {
  if (paused !== null) return null;
  return { tone: "info", text: `${id} is not paused.`, next: `See how it stands with /mesos status ${id}.` };
}

function mayGoOn(record: Maintenance, person: Person, { admins, approvers }: Policy): boolean {
  if (person.user === record.requester || isAmong(person, admins)) return true;
  return approvers.length === 0 || isAmong(person, approvers);
}
