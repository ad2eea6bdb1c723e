import { type JsonObject, parseExactJson } from "../../../src/rehearsal/master/exact-json.js";
import type { RehearsalMaster } from "../../../src/rehearsal/master/master.js";

/** An open event stream in JSON; `events` grows until `end()`. */
export async function subscribe(master: RehearsalMaster) {
  const stop = new AbortController();
  const response = await fetch(`${master.url}/api/v1`, {
    method: "POST",
    signal: stop.signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "SUBSCRIBE" }),
  });
  const events: JsonObject[] = [];
  const reading = readRecords(response, (event) => events.push(event)).catch(() => undefined);
  const end = async () => {
    stop.abort();
    await reading;
  };
  return { events, types: () => events.map(({ type }) => type), end };
}

/** RecordIO: a decimal length, a newline, that many bytes. */
async function readRecords(response: Response, take: (event: JsonObject) => void): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of response.body ?? []) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      const length = Number(rest.subarray(0, end).toString());
      if (rest.length < end + 1 + length) break;
      take(Object(parseExactJson(rest.subarray(end + 1, end + 1 + length).toString())));
      rest = rest.subarray(end + 1 + length);
    }
  }
}
