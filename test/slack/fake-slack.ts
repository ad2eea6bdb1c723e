import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Secret } from "../../src/base/secret.js";
import type { SlackConfig } from "../../src/config/config.js";
import { refusal, viewRefusal } from "./block-rules.js";
import { FakeSocket } from "./connection/fake-socket.js";

export const BOT_TOKEN = "xoxb-fake-0123456789";

export const APP_TOKEN = "xapp-fake-0123456789";

/** The fake gives its messages numbers from 1 on. */
const NO_MESSAGE = "1.000000";

export const SIGNING_SECRET = "fake-signing-secret";

/** What the fake answers instead of its usual answer, once. */
export type Answer =
  | { readonly error: string; readonly more?: object }
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | "hang";

export interface Call {
  readonly method: string;
  readonly args: Record<string, unknown>;
}

/**
 * A small Slack for what the local Slack is too kind for: wrong tokens, missing scopes, rate limits, the limits of
 * blocks, slow or broken answers, Slack's routine `disconnect` of sockets, acknowledgements that must arrive, user
 * groups, triggers that open one modal only.
 */
export class FakeSlack {
  readonly calls: Call[] = [];
  /** What was sent to response URLs. */
  readonly responses: Record<string, unknown>[] = [];
  readonly sockets: FakeSocket[] = [];
  /** Members of user groups by group id. */
  readonly groups = new Map<string, readonly string[]>();
  /** Handles of user groups by group id. */
  readonly groupNames = new Map<string, string>();
  /** What `users.info` tells of people, by user id. */
  readonly people = new Map<string, object>();
  /** Whether people of whom it knows nothing more are members. */
  hasEverybody = false;
  /** What the bot token may do, if it is told; `null`: this Slack does not tell. */
  scopes: readonly string[] | null = null;
  /** Channels that there are for the bot, by id, and whether it is a member; `null`: every channel is there. */
  channels: ReadonlyMap<string, boolean> | null = null;
  /** Bodies of files that were uploaded. */
  readonly files: string[] = [];
  readonly fileBytes: Buffer[] = [];
  /** Messages that were posted, with their numbers. */
  readonly posted: { readonly ts: string; readonly args: Record<string, unknown> }[] = [];
  readonly #exchanged = new Set<unknown>();
  #next: { method: string; answer: Answer }[] = [];
  #always = new Map<string, Answer>();
  #ts = 0;

  private constructor(
    private readonly server: Server,
    private readonly isTls: boolean,
  ) {}

  /** @param tls key and certificate in PEM for one that is spoken to over TLS */
  static async start(port = 0, tls?: { readonly key: string; readonly cert: string }): Promise<FakeSlack> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    const slack = new FakeSlack(server, tls !== undefined);
    server.on("request", (request, response) => void slack.#serve(request, response));
    server.on("upgrade", (request, stream) => {
      const socket = new FakeSocket(request, stream);
      slack.sockets.push(socket);
      socket.send({ type: "hello", num_connections: 1 });
    });
    return slack;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.isTls ? "https" : "http"}://127.0.0.1:${this.port}`;
  }

  responseUrl(): string {
    return `${this.url}/response/1`;
  }

  settings(mode: "socket" | "http" = "http"): SlackConfig {
    return this.settingsAt(this.port, mode);
  }

  /** Settings for a fake that is to come (back) on a port. */
  settingsAt(port: number, mode: "socket" | "http" = "http"): SlackConfig {
    return {
      botToken: new Secret(BOT_TOKEN),
      apiUrl: `${this.isTls ? "https" : "http"}://127.0.0.1:${port}/api/`,
      markup: "slack",
      teams: [],
      proxy: null,
      mode:
        mode === "socket"
          ? { kind: "socket", appToken: new Secret(APP_TOKEN) }
          : { kind: "http", signingSecret: new Secret(SIGNING_SECRET), host: "127.0.0.1", port: 0 },
    };
  }

  /** The next call of a method (or `response_url`) is answered so. */
  once(method: string, answer: Answer): void {
    this.#next.push({ method, answer });
  }

  always(method: string, answer: Answer | null): void {
    if (answer === null) this.#always.delete(method);
    else this.#always.set(method, answer);
  }

  callsOf(method: string): Record<string, unknown>[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.args);
  }

  /** The newest socket that is open. */
  socket(): FakeSocket | undefined {
    return this.sockets.filter((socket) => !socket.closed).at(-1);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    const raw = bytes.toString("utf8");
    const path = request.url ?? "";
    if (path.startsWith("/upload/")) {
      this.calls.push({ method: "upload", args: { body: raw } });
      const planned = this.#planned("upload");
      if (planned !== undefined && planned !== "hang" && "status" in planned) {
        response.writeHead(planned.status).end();
        return;
      }
      this.files.push(raw);
      this.fileBytes.push(bytes);
      response.end("OK");
      return;
    }
    const method = path.startsWith("/response/") ? "response_url" : path.replace("/api/", "");
    const args = argsOf(request, raw);
    const answer = this.#answerTo(method, args, request);
    if (method === "response_url") this.responses.push(args);
    else this.calls.push({ method, args });
    if (answer === "hang") return;
    if ("status" in answer) {
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? "");
      return;
    }
    const body = "error" in answer ? { ok: false, error: answer.error, ...answer.more } : answer;
    const told = this.scopes === null ? {} : { "x-oauth-scopes": this.scopes.join(",") };
    response.writeHead(200, { "content-type": "application/json", ...told }).end(JSON.stringify(body));
  }

  #planned(method: string): Answer | undefined {
    const index = this.#next.findIndex((one) => one.method === method);
    return index >= 0 ? this.#next.splice(index, 1)[0]?.answer : this.#always.get(method);
  }

  #answerTo(method: string, args: Record<string, unknown>, request: IncomingMessage): Answer | { ok: true } {
    const planned = this.#planned(method);
    if (planned !== undefined) return planned;
    if (method !== "response_url") {
      const wanted = method === "apps.connections.open" ? APP_TOKEN : BOT_TOKEN;
      if (request.headers.authorization !== `Bearer ${wanted}`) return { error: "invalid_auth" };
    }
    const refused = refusal((args.blocks ?? []) as unknown[]);
    if (refused !== null) {
      const [error = ""] = refused.split(":", 1);
      return { error, more: { response_metadata: { messages: [`[ERROR] ${refused}`] } } };
    }
    switch (method) {
      case "auth.test":
        return {
          ok: true,
          user_id: "U0BOT",
          bot_id: "B0BOT",
          team: "Ops",
          team_id: "T01",
          url: this.url,
        } as { ok: true };
      case "apps.connections.open":
        return { ok: true, url: `${this.url.replace("http", "ws")}/socket?ticket=secret-ticket` } as {
          ok: true;
        };
      case "usergroups.users.list": {
        const users = this.groups.get(String(args.usergroup));
        return users === undefined ? { error: "no_such_subteam" } : ({ ok: true, users } as { ok: true });
      }
      case "usergroups.list":
        return { ok: true, usergroups: [...this.groupNames].map(([id, handle]) => ({ id, handle })) } as {
          ok: true;
        };
      case "users.info": {
        const id = String(args.user);
        const user = this.people.get(id) ?? (this.hasEverybody ? {} : undefined);
        return user === undefined
          ? { error: "user_not_found" }
          : ({ ok: true, user: { id, ...user } } as { ok: true });
      }
      case "views.open": {
        if (this.#exchanged.has(args.trigger_id)) return { error: "exchanged_trigger_id" };
        this.#exchanged.add(args.trigger_id);
        const wrong = viewRefusal(args.view);
        if (wrong !== null)
          return { error: "invalid_arguments", more: { response_metadata: { messages: [wrong] } } };
        return { ok: true, view: args.view } as { ok: true };
      }
      case "conversations.info": {
        if (!this.scopes?.includes("channels:read")) return { error: "missing_scope" };
        const channel = { id: args.channel, is_member: this.channels?.get(String(args.channel)) ?? true };
        return { ok: true, channel } as { ok: true };
      }
      case "views.update":
      case "views.publish": {
        const wrong = viewRefusal(args.view);
        if (wrong !== null)
          return { error: "invalid_arguments", more: { response_metadata: { messages: [wrong] } } };
        return { ok: true, view: args.view } as { ok: true };
      }
      case "chat.getPermalink": {
        if (this.channels?.has(String(args.channel)) === false) return { error: "channel_not_found" };
        if (args.message_ts === NO_MESSAGE) return { error: "message_not_found" };
        const at = `${args.channel}/p${String(args.message_ts).replace(".", "")}`;
        return { ok: true, permalink: `https://ops.slack.com/archives/${at}` } as { ok: true };
      }
      case "files.getUploadURLExternal":
        if (Number(args.length) === 0) return { error: "invalid_arguments" };
        return { ok: true, upload_url: `${this.url}/upload/1`, file_id: "F1" } as { ok: true };
      case "files.completeUploadExternal":
        // Slack: `input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$`, so no person's id; ids of tests are shorter.
        if (!/^[CGDZ][A-Z0-9]+$/.test(String(args.channel_id))) return { error: "invalid_arguments" };
        return { ok: true, files: [{ id: "F1" }] } as { ok: true };
      default: {
        this.#ts += 1;
        const ts = `1.${String(this.#ts).padStart(6, "0")}`;
        if (method === "chat.postMessage") this.posted.push({ ts, args });
        return {
          ok: true,
          ts,
          // A person's id stands for their direct messages, which have an id of their own.
          channel: String(args.channel).replace(/^U/, "D"),
        } as { ok: true };
      }
    }
  }
}

/** Slack's client sends forms whose structured values are JSON; response URLs get JSON. */
function argsOf(request: IncomingMessage, raw: string): Record<string, unknown> {
  if (request.headers["content-type"]?.startsWith("application/json"))
    return JSON.parse(raw) as Record<string, unknown>;
  const entries = [...new URLSearchParams(raw)].map(([key, value]) => [
    key,
    key === "blocks" || key === "view" || key === "files" ? JSON.parse(value) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
