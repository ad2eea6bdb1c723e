import type { Socket } from "node:net";

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** The head of a request by hand: what a well-behaved client would never send. */
export function head(headers: Headers, first = "POST /slack/events HTTP/1.1"): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`),
  );
  return [first, "host: bot", ...lines, "", ""].join("\r\n");
}

/** The status that is answered; 0 when the connection is closed without a word. */
export async function answerOn(socket: Socket): Promise<number> {
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes("\r\n\r\n")) break;
  }
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
}
