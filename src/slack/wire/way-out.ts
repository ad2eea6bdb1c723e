import type { Duplex } from "node:stream";
import type { webApi } from "@slack/bolt";
import { buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool, fetch as undiciFetch } from "undici";
import type { ProxyConfig } from "../../config/config.js";

/** `fetch` as Slack's client asks for it, whose answer can also be read as it comes. */
export type SlackFetch = (
  ...asked: Parameters<webApi.FetchFunction>
) => Promise<SlackAnswer & Awaited<ReturnType<webApi.FetchFunction>>>;

interface SlackAnswer {
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** One a proxy and process, so that all clients share its connections. */
const agents = new WeakMap<ProxyConfig, Dispatcher>();

/** What calls to Slack are made with: straight, or through the proxy. */
export function fetchFor(proxy: ProxyConfig | null): SlackFetch {
  if (proxy === null) return globalThis.fetch;
  const dispatcher = agents.get(proxy) ?? agentOf(proxy);
  agents.set(proxy, dispatcher);
  return async (url, { body, ...init } = {}) =>
    undiciFetch(url, { ...init, ...(await sendable(body, init.headers)), dispatcher });
}

/**
 * The connections of Socket Mode through a proxy. Slack's client ends a socket that has stalled by itself only where it has
 * opened it itself; one that was left open could come back to life, and Slack would send it commands that nobody reads.
 */
export class ProxiedSockets {
  readonly dispatcher: Dispatcher;
  readonly #open = new Set<Duplex>();

  constructor(proxy: ProxyConfig) {
    this.dispatcher = agentOf(proxy, {
      factory: (origin: string | URL, options: Pool.Options) =>
        new Pool(origin, { ...options, connect: this.#kept(options.connect) }),
    });
  }

  /** Ends all that are open. New ones can be opened. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #kept(connect: Pool.Options["connect"]): buildConnector.connector {
    const opened = typeof connect === "function" ? connect : buildConnector(connect ?? {});
    return (options, callback) =>
      opened(options, (error, socket) => {
        if (socket === null || error !== null) return callback(error ?? new Error("no socket"), null);
        this.#open.add(socket);
        socket.once("close", () => this.#open.delete(socket));
        callback(null, socket);
      });
  }
}

/** Only https (and wss) goes through the proxy; all three are said, or the environment would be read for the others. */
function agentOf(proxy: ProxyConfig, more: Pick<EnvHttpProxyAgent.Options, "factory"> = {}): Dispatcher {
  return new EnvHttpProxyAgent({
    httpProxy: "",
    httpsProxy: proxy.url.reveal(),
    noProxy: proxy.except,
    ...more,
  });
}

/** A form of Node's own is none to the library's `fetch`, so it goes as the bytes that it stands for. */
async function sendable(body: string | FormData | undefined, headers: Record<string, string> = {}) {
  if (!(body instanceof FormData)) return body === undefined ? {} : { body };
  const form = new Response(body);
  const type = form.headers.get("content-type") ?? "";
  return { body: await form.arrayBuffer(), headers: { ...headers, "content-type": type } };
}
