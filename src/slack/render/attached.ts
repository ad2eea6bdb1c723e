import { named } from "../../maintenance/text/command.js";
import type { Reply } from "../../maintenance/text/reply.js";
import { message, type SlackMessage, section } from "./blocks.js";
import { mrk } from "./mrkdwn.js";
import { sentence } from "./sentence.js";

/**
 * Stands in a person's direct messages above the files that belong to an answer, which itself was shown elsewhere.
 *
 * @param command what they call the command.
 */
export function renderAttached(reply: Reply, command: string): SlackMessage {
  return message([
    section(mrk`📎 *You asked, and this is all of it.* ${sentence(named(reply.text, command), 500, "one")}`),
  ]);
}
