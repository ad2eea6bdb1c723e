import { ESCAPES, escapeTo, literal, Mrkdwn, someone, user } from "./mrkdwn.js";
import { moment } from "./when.js";

/** Stands for a bracket that `quoted` took away until the mentions of a sentence are found: it must not begin one. */
const TAKEN_AWAY = "\ue000lt;";

const IN_SENTENCES = { ...ESCAPES, "‹": TAKEN_AWAY };

/**
 * Like `free`, for our own sentences: what they write as `<@U…>` is shown as that person, and as `<!date^…>` as that moment
 * (maintenance/text/tokens.ts). What people wrote in them was `quoted` when the sentence was made (maintenance/text/quote.ts),
 * so nobody else is mentioned. A user group, `<!subteam^S…>`, and a channel, `<#C…>`, are shown by name only where nobody else
 * reads (`to: "one"`): in a channel the group would be notified as a whole. A direct message, `<#D…>`, has no name that others
 * could read. Nothing else becomes markup.
 */
export function sentence(raw: string, max: number, to: "channel" | "one" = "channel"): Mrkdwn {
  const people = /&lt;@([UW][A-Z0-9]{2,30})&gt;/g;
  const groups = /&lt;!subteam\^(S[A-Z0-9]{2,30})&gt;/g;
  const channels = /&lt;#([CG][A-Z0-9]{2,30})&gt;/g;
  const direct = /&lt;#D[A-Z0-9]{2,30}&gt;/g;
  const moments = /&lt;!date\^(-?\d{1,20})&gt;/g;
  return new Mrkdwn(
    escapeTo(literal(raw), max, IN_SENTENCES)
      .replace(people, (_, id: string) => user(id).text)
      .replace(groups, (_, id: string) => (to === "one" ? someone(id).text : `the group ${id}`))
      .replace(channels, (_, id: string) => (to === "one" ? `<#${id}>` : `the channel ${id}`))
      .replace(direct, "a direct message")
      .replace(moments, (_, ms: string) => moment(Number(ms)).text)
      .replaceAll(TAKEN_AWAY, "&lt;"),
  );
}
