import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { authenticate } from "./access.js";
import { type Exchange, type MasterParts, refuseUnread } from "./exchange.js";
import { answerV0, isV0Path } from "./http-v0.js";
import { answerV1 } from "./http-v1.js";
import { send, sendJson, sendText } from "./responses.js";
import { versionView } from "./views.js";

const V1_PATH = "/api/v1";

const REALM = 'Basic realm="mesos-master-readwrite"';

/** The HTTP side of the master: listens, can be taken away and brought back on the same port. */
export class MasterServer {
  private server: Server | null = null;

  constructor(
    private readonly parts: MasterParts,
    private readonly host: string,
    private port: number,
  ) {}

  /** Rejects if the port cannot be had. */
  async start(): Promise<void> {
    if (this.server !== null) return;
    const server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, this.host, resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Connections are cut at once, whatever hangs in them. */
  async stop(): Promise<void> {
    const server = this.server;
    if (server === null) return;
    this.server = null;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  boundPort(): number {
    return this.port;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch (error) {
      sendText(response, 500, `The rehearsal master failed: ${String(error)}`);
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", "http://master");
    const path = pathname.replace(/\/+$/, "").replace(/^\/master(?=\/)/, "");
    // Anywhere and for anybody: also without credentials and without a leader.
    if (path === "/health") return send(response, 200);
    if (path === "/version") return sendJson(response, versionView(this.parts.self()));
    if (path === "/redirect") return this.redirect(response, "");
    if (path !== V1_PATH && !isV0Path(path)) return sendText(response, 404, "404 Not Found.");

    const caller = authenticate(request.headers.authorization, this.parts.principals);
    if (caller === null) return sendText(response, 401, "401 Unauthorized.", { "www-authenticate": REALM });
    const exchange: Exchange = { request, response, caller, via: path === V1_PATH ? "v1" : "v0" };
    const leading = this.parts.leadership.get();
    if (leading === "no_leader") {
      return refuseUnread(this.parts, exchange, { status: 503, text: "No leader elected" });
    }
    if (leading === "redirecting") {
      // Before the method and the body are looked at.
      this.noteRedirect(exchange);
      return this.redirect(response, `/master${path}${search}`);
    }
    return path === V1_PATH ? answerV1(this.parts, exchange) : answerV0(this.parts, exchange, path);
  }

  private noteRedirect({ caller, via }: Exchange): void {
    const { log, clock } = this.parts;
    log.open({ type: null, via, principal: caller.principal, at: clock() })({ status: 307, outcome: "none" });
  }

  /** Without a scheme, and to the name the leader gives itself, as masters do. */
  private redirect(response: ServerResponse, path: string): void {
    if (this.parts.leadership.get() === "no_leader") {
      sendText(response, 503, "No leader elected");
      return;
    }
    const { hostname, port } = this.parts.self();
    const leader = this.parts.leadership.leaderAddress(`${hostname}:${port}`);
    send(response, 307, { location: `//${leader}${path}` });
  }
}
