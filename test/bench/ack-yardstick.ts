import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Queue } from "bullmq";
import { tell } from "./child.js";

/**
 * The least that acknowledging a command with a queue behind it can be: a bare HTTP handler that adds one job and
 * answers. No signature, no Slack library, no commands.
 */
const redis = new URL(process.argv[2] ?? "");

const queue = new Queue("yardstick", { connection: { host: redis.hostname, port: Number(redis.port) } });
await queue.waitUntilReady();

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  await queue.add("command", { body });
  response.writeHead(200).end();
});
server.listen(0, "127.0.0.1", () => tell({ port: (server.address() as AddressInfo).port }));
