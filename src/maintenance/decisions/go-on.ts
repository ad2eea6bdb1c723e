import { z } from "zod";
import { pauseRule } from "../pausing/table.js";
import { isAmong, type Person, type Policy, settingOf } from "../policy/policy.js";
import { placeOf } from "../record/batch.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { aboutTurn, whyNotOnTurn } from "./about-turn.js";
import { type Decided, type DecisionContext, decisionRow, refused, unchanged } from "./decided.js";
import { doneBefore } from "./done-before.js";
import { beingCancelled, onceReleased } from "./replies.js";

/**
 * Goes on with the batch that a rule has stopped, in spite of what it saw: the same sight does not stop that batch again.
 * It approves nothing.
 */
export const goOn = decisionRow({
  /**
   * What a button shows, and so what it is about: `sinceMs` of a pause, or `noticedAtMs` of a record that nobody had looked
   * after. A command means what stood when it was typed.
   */
  takes: z.object({
    kind: z.literal("go_on"),
    ...aboutTurn,
    sinceMs: z.number().int().optional(),
    noticedAtMs: z.number().int().optional(),
  }),
  wanted: "go on with the batches",
  needsWorld: false,
  isOnce: false,
  whyNotPossible(record, { batch, sinceMs, noticedAtMs }) {
    if (record.unwatched !== null) {
      const isMeant =
        sinceMs === undefined &&
        (noticedAtMs ?? record.unwatched.noticedAtMs) === record.unwatched.noticedAtMs;
      return beingCancelled(record) ?? (isMeant ? null : unwatchedSince(record));
    }
    const since = noticedAtMs === undefined ? sinceMs : null;
    return whyNotOnTurn(record, batch) ?? notPaused(record) ?? pausedAnew(record, since);
  },
  alreadyDone(record, { sinceMs }, context) {
    if (doneBefore(record, "watched_again", context) !== null) return watchedReply(record);
    const before = sinceMs === undefined ? doneBefore(record, "went_on", context) : null;
    if (before === null) return null;
    return { tone: "done", text: `${record.id} went on with ${placeOf(record, before.batch)}.` };
  },
  decide(record, { sinceMs, noticedAtMs }, context) {
    const { person, policy, nowMs, askedAtMs } = context;
    const { paused, unwatched } = record;
    // Typed before it was noticed, and carried out after it: nobody has seen what is told of it (invariant 13).
    if (unwatched !== null && noticedAtMs === undefined && askedAtMs < unwatched.noticedAtMs)
      return unchanged(record, unwatchedSince(record));
    if (unwatched !== null) return watchedAgain(record, context);
    // The same of a pause that came after it was typed.
    if (paused !== null && sinceMs === undefined && askedAtMs < paused.sinceMs)
      return unchanged(record, typedBefore(record.id, paused.saw));
    if (paused === null)
      return { record, reply: replyOf({ tone: "info", text: `${record.id} is not paused.` }) };
    if (!mayGoOn(record, person, policy)) {
      const approvers = settingOf(record.cluster, "approvers");
      const who = `the requester, approvers (${approvers}) and admins (${settingOf(record.cluster, "admins")})`;
      const text = `${record.id} is paused: ${quoted(paused.saw)}. Who may go on: ${who}.`;
      const reply = { tone: "refused", text, notDone: "It stays paused." } as const;
      return refused(record, "go_on", reply, `who may go on: ${who}.`, context);
    }
    const { rule, batch, saw, about, isOver } = paused;
    const by = person.user;
    const inSpite = isOver ? "; what stopped it is over" : ` in spite of it: ${quoted(saw)}`;
    const reply = replyOf({
      tone: "done",
      text: `${record.id} goes on with ${placeOf(record, batch)}${onceReleased(record)}${inSpite}.`,
    });
    const event = { kind: "went_on", batch, rule, by, askedAtMs } as const;
    const going = withEvent({ ...record, paused: null }, nowMs, event);
    // What was over by then was not accepted: should it come again, it stops the batch again.
    if (isOver) return { record: going, reply };
    const found = pauseRule(rule);
    const known = { ...going, wentOn: [...record.wentOn, { rule, batch, saw, about, by }] };
    const goneOn = found?.looksAt === "batches_before" ? found.goOn?.(known) : undefined;
    return { record: goneOn ?? known, reply };
  },
});

/** A person has seen what the world says now. */
function watchedAgain(record: Maintenance, context: DecisionContext): Decided {
  const { person, policy, nowMs, askedAtMs } = context;
  const by = person.user;
  if (!mayGoOn(record, person, policy)) {
    const approvers = settingOf(record.cluster, "approvers");
    const who = `the requester, approvers (${approvers}) and admins (${settingOf(record.cluster, "admins")})`;
    const text = `${record.id} waits because nobody had looked after it for long. Who may go on: ${who}.`;
    const reply = { tone: "refused", text, notDone: "It waits." } as const;
    return refused(record, "go_on", reply, `who may go on: ${who}.`, context);
  }
  const event = { kind: "watched_again", by, askedAtMs } as const;
  const next = withEvent({ ...record, unwatched: null }, nowMs, event);
  return { record: next, reply: replyOf(watchedReply(next)) };
}

function watchedReply(record: Maintenance): ReplyParts {
  return {
    tone: "done",
    text: `${record.id} goes on${onceReleased(record)}, from what the master shows now.`,
  };
}

function notPaused({ id, paused, held }: Maintenance): ReplyParts | null {
  if (paused?.asksAlone) {
    return {
      tone: "info",
      text: `${id}: ${quoted(paused.saw)}. It is asked about alone; to approve it is to go on.`,
      next: `Approve or deny the question in the thread. If none stands, ask with /mesos down ${id}.`,
    };
  }
  if (paused !== null) return null;
  const next =
    held === null
      ? `See how it stands with /mesos status ${id}.`
      : `It is held: release it with the button or /mesos release ${id}.`;
  return { tone: "info", text: `${id} is not paused.`, next };
}

/** It was meant for something else: that nobody had looked after the record is not what they have seen. */
function unwatchedSince({ id }: Maintenance): ReplyParts {
  return {
    tone: "info",
    text: `${id} waits for another reason by now: nobody had looked after it for long, so it may not be as its record says.`,
    notDone: "Nothing was changed.",
    next: "Look at the card, which shows what the master says now, and press Go on there.",
  };
}

/** Bot and worker have clocks of their own, so it may also be that these differ. */
function typedBefore(id: string, saw: string): ReplyParts {
  return {
    tone: "info",
    text: `${id} was paused only after that was typed, by the clocks of bot and worker: ${quoted(saw)}.`,
    notDone: "Nothing was changed.",
    next: "Look at the card, which shows it, and press Go on there if it may go on all the same.",
  };
}

/** Another pause, or about something else, than the one that was shown: nobody has seen what they would go on with. */
function pausedAnew({ id, paused }: Maintenance, sinceMs: number | undefined | null): ReplyParts | null {
  if (sinceMs === undefined || paused === null || paused.sinceMs === sinceMs) return null;
  return {
    tone: "info",
    text: `${id} is paused for another reason by now: ${quoted(paused.saw)}.`,
    notDone: "Nothing was changed.",
    next: "Look at the card, which shows it, and press Go on there if it may go on all the same.",
  };
}

function mayGoOn(record: Maintenance, person: Person, { admins, approvers }: Policy): boolean {
  if (person.user === record.requester || isAmong(person, admins)) return true;
  return approvers.length === 0 || isAmong(person, approvers);
}
