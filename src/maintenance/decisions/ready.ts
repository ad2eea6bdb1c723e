import { z } from "zod";
import { failedLookup } from "../policy/may-approve.js";
import { ownedBy, withOwnersSaying } from "../policy/owners.js";
import { settingOf } from "../policy/policy.js";
import { holdersText, holdsOf, without } from "../record/holds.js";
import { withEvent } from "../record/log.js";
import type { Maintenance } from "../record/record.js";
import { quoted } from "../text/quote.js";
import { type ReplyParts, replyOf } from "../text/reply.js";
import { decisionRow, refused, unchanged } from "./decided.js";

/**
 * An owner says that their frameworks are ready for the Down. The hold that they made as an owner ends with it; one of
 * another owner, also of the same group, and an operator's stay for Release. It approves nothing.
 */
export const ready = decisionRow({
  takes: z.object({ kind: z.literal("ready") }),
  wanted: "say Ready",
  needsWorld: false,
  isOnce: true,
  whyNotPossible: () => null,
  decide(record, _, context) {
    const { person, nowMs, askedAtMs } = context;
    const by = person.user;
    const owned = ownedBy(record, person);
    if (owned.length === 0) {
      const setting = settingOf(record.cluster, "owners");
      const failed = failedLookup(person);
      const reply = {
        tone: "refused",
        text: `Nothing of yours is on the machines of ${record.id}, as far as ${setting} says.${failed}`,
        notDone: "Nothing was changed.",
      } as const;
      const why = `${setting} names nothing of theirs on these machines.${failed}`;
      return refused(record, "ready", reply, why, context);
    }
    const theirs = owned.filter((entry) => entry.said === "hold" && entry.by !== by);
    const newlyReady = owned.filter((entry) => entry.said !== "ready" && !theirs.includes(entry));
    if (newlyReady.length === 0)
      return unchanged(record, theirs.length > 0 ? heldFor(record, theirs) : known(record, owned));
    const own = holdsOf(record).filter((one) => one.by === by && one.as === "owner");
    const released =
      own.length === 0
        ? record
        : withEvent(without(record, own, by, nowMs), nowMs, { kind: "released", by, askedAtMs });
    const of = namesOf(newlyReady);
    const said = withEvent(withOwnersSaying(released, newlyReady, "ready", by, nowMs), nowMs, {
      kind: "owner_ready",
      by,
      of,
    });
    return {
      record: said,
      reply: replyOf({
        tone: "done",
        text: `${record.id}: ${quoted(of.join(", "))} may go. Thank you.${said.held === null ? "" : ` It is still held by ${holdersText(said)}.`}`,
      }),
    };
  },
});

type Owners = Maintenance["owners"];

function known({ id }: Maintenance, owned: Owners): ReplyParts {
  const text = `${id}: it is already known that ${quoted(namesOf(owned).join(", "))} may go. Nothing was changed.`;
  return { tone: "info", text };
}

function heldFor(record: Maintenance, theirs: Owners): ReplyParts {
  const holders = [...new Set(theirs.flatMap(({ by }) => by ?? []))].map((by) => `<@${by}>`).join(", ");
  return {
    tone: "info",
    text: `${record.id}: ${holders} holds it for ${quoted(namesOf(theirs).join(", "))}. Ready takes back only a hold of your own.`,
    notDone: "Nothing was changed.",
    next: `End that hold first with Release or /mesos release ${record.id}.`,
  };
}

function namesOf(owners: Owners): string[] {
  return [...new Set(owners.flatMap(({ of }) => of))];
}
