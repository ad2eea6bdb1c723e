import { type Reply, replyOf } from "../../maintenance/text/reply.js";

/** The id names no maintenance of any cluster. */
export function noSuchMaintenance(id: string): Reply {
  return replyOf({
    tone: "refused",
    text: `There is no maintenance ${id}.`,
    notDone: "Nothing was done.",
    next: "See the open ones with /mesos status, and the others with /mesos history.",
  });
}
