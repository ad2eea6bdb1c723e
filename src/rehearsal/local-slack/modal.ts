import { WebSocket } from "undici";
import { z } from "zod";

/** How long a modal may take to appear, and to close after it was submitted. */
const PATIENCE_MS = 8_000;

const choice = z.looseObject({ text: z.looseObject({ text: z.string() }), value: z.string() });

const view = z.looseObject({
  id: z.string(),
  title: z.looseObject({ text: z.string() }),
  blocks: z.array(
    z.looseObject({
      type: z.string(),
      block_id: z.string().optional(),
      element: z
        .looseObject({
          type: z.string(),
          action_id: z.string(),
          options: z.array(choice).default([]),
          initial_option: choice.optional(),
          initial_value: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

type View = z.output<typeof view>;

/** What the page's socket tells about modals: those that are open, or what is wrong with an input. */
const pageMessage = z.looseObject({
  state: z.looseObject({ modalStack: z.array(view) }).optional(),
  stack: z.array(view).optional(),
  errors: z.record(z.string(), z.string()).optional(),
});

/**
 * Fills the one input of the modal that is open, or about to be, and submits it, over the socket of the local Slack's
 * page: its driver has no endpoint for modals. All people there share one screen, so one modal is open at a time.
 * `answer` is typed, or is the text of a choice; without one the input keeps what it proposes. Resolves with the title
 * once the bot has closed the modal; throws what the bot says beside the input, or that nothing happened.
 */
export async function submitModal(url: string, user: string, answer: string | null): Promise<string> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ui`);
  let submitted: View | null = null;
  /** The title of the modal once it is closed. */
  function hear({ state, stack = state?.modalStack, errors }: z.output<typeof pageMessage>): string | null {
    if (errors !== undefined) throw new Error(Object.values(errors).join(" "));
    const top = stack?.at(-1);
    if (submitted !== null) {
      const { id, title } = submitted;
      return stack === undefined || stack.some((one) => one.id === id) ? null : title.text;
    }
    if (top === undefined) return null;
    submitted = top;
    socket.send(JSON.stringify({ t: "view_submit", user, values: valuesOf(top, answer) }));
    return null;
  }
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => {
        const what = submitted === null ? "No modal was opened" : `${submitted.title.text} was not closed`;
        reject(new Error(`${what} within ${PATIENCE_MS} ms.`));
      }, PATIENCE_MS);
      socket.addEventListener("message", ({ data }) => {
        try {
          const title = hear(pageMessage.parse(JSON.parse(String(data))));
          if (title !== null) resolve(title);
        } catch (error) {
          reject(error as Error);
        }
      });
      socket.addEventListener("error", () =>
        reject(new Error("The page of the local Slack could not be reached.")),
      );
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** The page's form: what is typed or chosen per input, what each proposes where nothing is. */
function valuesOf(shown: View, answer: string | null): object {
  const values: Record<string, object> = {};
  for (const { type, block_id: block, element } of shown.blocks) {
    if (type !== "input" || block === undefined || element === undefined) continue;
    values[block] = { [element.action_id]: inputOf(element, answer) };
  }
  return values;
}

function inputOf(element: NonNullable<View["blocks"][number]["element"]>, answer: string | null): object {
  if (element.type === "plain_text_input") {
    return { type: element.type, value: answer ?? element.initial_value ?? null };
  }
  const chosen =
    answer === null ? element.initial_option : element.options.find((one) => one.text.text === answer);
  if (answer !== null && chosen === undefined) {
    const texts = element.options.map((one) => one.text.text).join(", ");
    throw new Error(`There is no choice "${answer}"; there are: ${texts || "none"}.`);
  }
  return { type: element.type, selected_option: chosen ?? null };
}
