import { type LocalView, onPage } from "./page.js";

type Element = NonNullable<LocalView["blocks"][number]["element"]>;

/** What somebody fills in: one text for the one input there is, or texts by the ids of inputs. */
export type Answers = string | Readonly<Record<string, string>> | null;

/**
 * Fills the modal that is open, or about to be, and submits it. All people of the local Slack share one screen, so there is
 * one topmost modal at a time. A text is typed, or is that of a choice; an input without one keeps what it proposes.
 * Resolves with the title once another modal, or none, has taken its place; throws what the bot says beside the inputs, or
 * that nothing happened.
 */
export async function submitModal(url: string, user: string, answers: Answers): Promise<string> {
  let submitted: LocalView | null = null;
  return await onPage(
    url,
    ({ stack, errors }, send) => {
      if (errors !== undefined) throw new Error(Object.values(errors).join(" "));
      const top = stack?.at(-1);
      if (submitted !== null) {
        return stack === undefined || top?.id === submitted.id ? null : titleOf(submitted);
      }
      // One that cannot be submitted yet is still being filled.
      if (top?.submit === undefined) return null;
      submitted = top;
      send({ t: "view_submit", user, values: valuesOf(top, answers) });
      return null;
    },
    () => (submitted === null ? "No modal was opened" : `${titleOf(submitted)} was not closed`),
  );
}

/** The modal on top of the screen; `null` when none is open. */
export async function topModal(url: string): Promise<LocalView | null> {
  const { top } = await onPage(
    url,
    ({ stack }) => (stack === undefined ? null : { top: stack.at(-1) ?? null }),
    () => "The page did not say which modals are open",
  );
  return top;
}

function titleOf({ title }: LocalView): string {
  return title?.text ?? "";
}

/** The page's form: what is typed or chosen per input, what each proposes where nothing is. */
function valuesOf(shown: LocalView, answers: Answers): object {
  const values: Record<string, object> = {};
  for (const { type, block_id: block, element } of shown.blocks) {
    if (type !== "input" || block === undefined || element?.action_id === undefined) continue;
    const answer = typeof answers === "string" ? answers : (answers?.[block] ?? null);
    values[block] = { [element.action_id]: inputOf(element, answer) };
  }
  return values;
}

function inputOf(element: Element, answer: string | null): object {
  if (element.type === "plain_text_input") {
    return { type: element.type, value: answer ?? element.initial_value ?? null };
  }
  if (element.type === "datetimepicker") {
    return { type: element.type, selected_date_time: answer === null ? null : Date.parse(answer) / 1_000 };
  }
  const chosen =
    answer === null ? element.initial_option : element.options.find((one) => one.text.text === answer);
  if (answer !== null && chosen === undefined) {
    const texts = element.options.map((one) => one.text.text).join(", ");
    throw new Error(`There is no choice "${answer}"; there are: ${texts || "none"}.`);
  }
  return { type: element.type, selected_option: chosen ?? null };
}
