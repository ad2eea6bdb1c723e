import { approvalOf } from "../record/batch.js";
import type { Maintenance } from "../record/record.js";
import type { ReplyParts } from "../text/reply.js";
import type { DecisionContext } from "./decided.js";
import { alreadySettled, beingCancelled, nothingToDo } from "./replies.js";

/** Which question a button or a command answers. */
interface About {
  readonly batch: string;
  readonly approval: string;
}

/** What the answers to a question, a yes and a no, have in common: only an open one can be answered, once. */
export const onOpenQuestion = {
  whyNotPossible(record: Maintenance, about: About): ReplyParts | null {
    const approval = approvalOf(record, about);
    if (approval === null) return nothingToDo(record);
    return alreadySettled(record, approval) ?? beingCancelled(record);
  },
  alreadyDone(record: Maintenance, about: About, { person }: DecisionContext): ReplyParts | null {
    const approval = approvalOf(record, about);
    return approval === null ? null : alreadySettled(record, approval, person.user);
  },
};
