import { WebSocket } from "undici";
import { z } from "zod";

/** How long something may take to appear on the page. */
const PATIENCE_MS = 8_000;

const choice = z.looseObject({ text: z.looseObject({ text: z.string() }), value: z.string() });

const texts = z.looseObject({ text: z.string() });

const element = z.looseObject({
  type: z.string(),
  action_id: z.string().optional(),
  value: z.string().optional(),
  options: z.array(choice).default([]),
  initial_option: choice.optional(),
  initial_value: z.string().optional(),
});

const view = z.looseObject({
  id: z.string(),
  title: texts.optional(),
  submit: texts.optional(),
  blocks: z.array(
    z.looseObject({
      type: z.string(),
      block_id: z.string().optional(),
      element: element.optional(),
      elements: z.array(element).optional(),
      text: texts.optional(),
    }),
  ),
});

/** A modal, or a Home, as the local Slack shows it. */
export type LocalView = z.output<typeof view>;

/** What the page's socket tells about views: the modals that are open, Homes by person and app, what is wrong with inputs. */
const pageMessage = z.looseObject({
  state: z
    .looseObject({
      modalStack: z.array(view),
      homeViews: z.record(z.string(), z.record(z.string(), view)),
    })
    .optional(),
  stack: z.array(view).optional(),
  errors: z.record(z.string(), z.string()).optional(),
});

/** One thing that the page was told. */
export interface Told {
  /** The modals that are open, the topmost last; absent where nothing was told of them. */
  readonly stack?: readonly LocalView[] | undefined;
  /** The Homes as they are when the page is opened, by person. */
  readonly homes?: Readonly<Record<string, LocalView | undefined>> | undefined;
  /** What is wrong with inputs, by their blocks. */
  readonly errors?: Readonly<Record<string, string>> | undefined;
}

/**
 * Listens on the socket of the local Slack's page, whose driver has no endpoint for views, until `hear` returns something
 * else than `null`. `send` does what people do on the page. Throws what `hear` throws, and `missing()` when the time is up.
 */
export async function onPage<T>(
  url: string,
  hear: (told: Told, send: (done: object) => void) => T | null,
  missing: () => string,
): Promise<T> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ui`);
  const send = (done: object) => socket.send(JSON.stringify(done));
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${missing()} within ${PATIENCE_MS} ms.`)), PATIENCE_MS);
      socket.addEventListener("message", ({ data }) => {
        try {
          const heard = hear(toldBy(pageMessage.parse(JSON.parse(String(data)))), send);
          if (heard !== null) resolve(heard);
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

function toldBy({ state, stack = state?.modalStack, errors }: z.output<typeof pageMessage>): Told {
  const homes =
    state === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(state.homeViews).map(([user, byApp]) => [user, Object.values(byApp)[0]]),
        );
  return { stack, homes, errors };
}
