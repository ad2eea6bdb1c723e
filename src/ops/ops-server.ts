import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { inWords } from "../base/in-words.js";
import { type Checks, runChecks } from "./checks.js";
import type { Metrics } from "./metrics.js";

export interface OpsServerOptions {
  /** Address to listen on; there is no login, so keep it loopback or private. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly metrics: Pick<Metrics, "registry">;
  /** What has to be in order for `/readyz`, by name. */
  readonly checks: Checks;
  /** What `/readyz` tells beside them, in sentences: it does not keep the process from working. */
  readonly warnings: () => readonly string[];
  /** How long a check may take, in milliseconds. */
  readonly checkLimitMs?: number;
}

export interface OpsServer {
  /** The port it listens on. */
  readonly port: number;
  /** Stops listening; a running answer may finish within a second. */
  close(): Promise<void>;
}

/** The address cannot be listened on. */
export class OpsServerError extends Error {
  override readonly name = "OpsServerError";
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = "application/json; charset=utf-8";

const PATHS = ["/healthz", "/readyz", "/metrics"] as const;

const CLOSE_GRACE_MS = 1_000;

/**
 * Serves `/healthz` (the process lives), `/readyz` (every check passes, else 503 and which do not) and `/metrics`
 * (Prometheus). A server of its own, apart from the one Slack sends to. Throws an OpsServerError.
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => void answer(request, response, options));
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 5_000;
  server.maxRequestsPerSocket = 1_000;
  await listen(server, options);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return { port, close: () => close(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: OpsServerOptions,
): Promise<void> {
  const reads = request.method === "GET" || request.method === "HEAD";
  const page = reads ? await pageOf(request.url ?? "/", options) : refusal(405, "only GET and HEAD");
  if (!reads) response.setHeader("connection", "close").setHeader("allow", "GET, HEAD");
  response.writeHead(page.status, {
    "content-type": page.type,
    "content-length": Buffer.byteLength(page.body),
    "cache-control": "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : page.body);
}

async function pageOf(url: string, options: OpsServerOptions): Promise<Page> {
  switch (url.split("?", 1)[0]) {
    case "/healthz":
      return { status: 200, type: JSON_TYPE, body: '{"alive":true}\n' };
    case "/readyz": {
      const readiness = await runChecks(options.checks, options.checkLimitMs ?? 2_000);
      const warnings = options.warnings();
      const told = warnings.length === 0 ? readiness : { ...readiness, warnings };
      const body = `${JSON.stringify(told)}\n`;
      return { status: readiness.ready ? 200 : 503, type: JSON_TYPE, body };
    }
    case "/metrics":
      return metricsPage(options.metrics);
    default:
      return refusal(404, `no such page; there are ${PATHS.join(", ")}`);
  }
}

async function metricsPage({ registry }: Pick<Metrics, "registry">): Promise<Page> {
  try {
    return { status: 200, type: registry.contentType, body: await registry.metrics() };
  } catch {
    return refusal(500, "the metrics could not be collected");
  }
}

function refusal(status: number, why: string): Page {
  return { status, type: JSON_TYPE, body: `${JSON.stringify({ error: why })}\n` };
}

function listen(server: Server, { host, port }: OpsServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => {
      const text = `Health and metrics cannot be served on ${host} port ${port}: ${inWords(cause)}. Nothing was started. Set OPS_HOST and OPS_PORT.`;
      reject(new OpsServerError(text, { cause }));
    };
    server.once("error", refuse);
    server.listen({ host, port }, () => {
      server.off("error", refuse);
      resolve();
    });
  });
}

/** Scrapers keep their connections open: `close` cuts the idle ones, and those that are busy may finish. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}
