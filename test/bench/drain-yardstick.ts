import { Client } from "undici";
import { tell } from "./child.js";

/** Calls to make, bytes in base64, in this order. */
export interface BareCalls {
  readonly url: string;
  readonly calls: readonly string[];
}

const HEADERS = { "content-type": "application/x-protobuf", accept: "application/x-protobuf" };

let client: Client | null = null;

process.on("message", async ({ url, calls }: BareCalls) => {
  client ??= new Client(url);
  const bodies = calls.map((call) => Buffer.from(call, "base64"));
  const start = performance.now();
  for (const body of bodies) {
    const answer = await client.request({ path: "/api/v1", method: "POST", headers: HEADERS, body });
    await answer.body.arrayBuffer();
    if (answer.statusCode !== 200) throw new Error(`The master answered ${answer.statusCode}.`);
  }
  tell({ ms: performance.now() - start });
});
tell({});
