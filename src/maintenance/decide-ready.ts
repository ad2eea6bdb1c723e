import type { Decided, DecisionContext } from "./decide.js";
import { withoutHoldsOf } from "./decide-hold.js";
import { withEvent } from "./log.js";
import { failedLookup } from "./may-approve.js";
import { ownedBy, saying } from "./owners.js";
import { settingOf } from "./policy-rules-setting.js";
import { quoted } from "./quote.js";
import type { Maintenance } from "./record.js";
import { refused, unchanged } from "./refusals.js";
import { replyOf } from "./reply.js";

/** An owner says that their frameworks are ready for the Down; their own hold ends with it. It approves nothing. */
export function ready(record: Maintenance, context: DecisionContext): Decided {
  const { person, nowMs } = context;
  const owned = ownedBy(record, person);
  if (owned.length === 0) {
    const setting = settingOf(record.cluster, "owners");
    const failed = failedLookup(person);
    return refused(
      record,
      "ready",
      {
        tone: "refused",
        text: `Nothing of yours is on the machines of ${record.id}, as far as ${setting} says.${failed}`,
        notDone: "Nothing was changed.",
      },
      `${setting} names nothing of theirs on these machines.${failed}`,
      context,
    );
  }
  const news = owned.filter((entry) => entry.said !== "ready");
  if (news.length === 0) {
    return unchanged(record, {
      tone: "info",
      text: `${record.id}: it is already known that ${quoted(owned.flatMap(({ of }) => of).join(", "))} may go. Nothing was changed.`,
    });
  }
  const holding = owned.some((entry) => entry.said === "hold");
  const released = holding ? withoutHoldsOf(record, context) : record;
  const of = [...new Set(news.flatMap((entry) => entry.of))];
  return {
    record: withEvent(saying(released, person, "ready", nowMs), nowMs, {
      kind: "owner_ready",
      by: person.user,
      of,
    }),
    reply: replyOf({ tone: "done", text: `${record.id}: ${quoted(of.join(", "))} may go. Thank you.` }),
  };
}
