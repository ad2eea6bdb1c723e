import type { types } from "@slack/bolt";
import { z } from "zod";
import { commandName } from "../../../maintenance/text/command.js";
import type { Reader } from "../../../maintenance/text/reader.js";
import type { Reply } from "../../../maintenance/text/reply.js";
import { LIMITS } from "../../wire/limits.js";
import { type Block, context, plainObject, section } from "../blocks.js";
import { fixedLine } from "../fixed-text.js";
import { mrk } from "../mrkdwn.js";
import { renderReply } from "../reply.js";
import { inForm } from "./inputs.js";

/** How the submission of a preview is known. */
export const PREVIEW = "drain_preview";

/** What a dialog carries of the command or the click that opened it: where the person is answered. */
export const askedAt = z.object({
  channel: z.string(),
  responseUrl: z.string().nullable(),
  command: commandName,
});

export type AskedAt = z.output<typeof askedAt>;

/** What the form carries to its submission. */
export const formMetadata = askedAt.extend({
  /** Of the person, as far as it was known when the form was opened: a submission has no time to ask for it. */
  timeZone: z.string().nullable().default(null),
});

export type FormMetadata = z.output<typeof formMetadata>;

/** What a preview carries to its submission: a line that anybody could type. */
export const previewMetadata = askedAt.extend({ line: z.string() });

/** What a preview is of, and the id that we gave its dialog. */
interface Previewed {
  readonly id: string;
  readonly line: string;
}

/** The dialog above the form as long as the dry run of its line is under way. It cannot be drained. */
export function renderAwaited(at: AskedAt, preview: Previewed): types.ModalView {
  return dialog(at, preview, [
    section(mrk`⏳ The cluster is being looked at. What matches and what would go away appears here.`),
    typed(at, preview),
  ]);
}

/**
 * The same once the dry run has answered: what the drain would do, and its line. It means that one line, so what is drained
 * is what was shown; to change it people go back to the form. What would be refused cannot be drained.
 */
export function renderPreview(
  at: AskedAt,
  preview: Previewed,
  answer: Reply,
  reader: Reader,
): types.ModalView {
  const canDrain = answer.tone === "info" || answer.tone === "done";
  const blocks = [
    ...(canDrain ? renderReply({ ...answer, next: null }, reader).blocks : refused(answer, reader)),
    context(
      canDrain
        ? mrk`Drain sends this line, as if you had typed it:`
        : mrk`Nothing can be drained as it stands. Change it in the form, or copy this line and change that:`,
    ),
    typed(at, preview),
  ];
  const view = dialog(at, preview, blocks);
  return canDrain ? { ...view, submit: plainObject("Drain", LIMITS.modalButton) } : view;
}

/** Why it would be refused and what to do stand alone, before what it would be: the last line of a dry run that is refused. */
function refused(answer: Reply, reader: Reader): Block[] {
  const next = answer.next === null ? null : inForm(answer.next);
  const texts = answer.text.split("\n");
  const what = texts.length > 1 && answer.tone === "refused" ? texts.pop() : undefined;
  if (what === undefined) return renderReply({ ...answer, next }, reader).blocks;
  const why = { ...answer, text: texts.join("\n"), next, notDone: null, table: null };
  const rest = { ...answer, tone: "info" as const, text: what, next: null, line: null };
  return [...renderReply(why, reader).blocks, ...renderReply(rest, reader).blocks];
}

function typed({ command }: AskedAt, { line }: Previewed): Block {
  return fixedLine(`${command} ${line}`);
}

function dialog(
  { channel, responseUrl, command }: AskedAt,
  { id, line }: Previewed,
  blocks: Block[],
): types.ModalView {
  const carried: z.input<typeof previewMetadata> = { channel, responseUrl, command, line };
  return {
    type: "modal",
    callback_id: PREVIEW,
    external_id: id,
    private_metadata: JSON.stringify(carried),
    title: plainObject("What would go away", LIMITS.modalTitle),
    close: plainObject("Back", LIMITS.modalButton),
    blocks,
  };
}
