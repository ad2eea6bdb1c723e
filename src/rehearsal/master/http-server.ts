import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { authenticate } from "./access.js";
import { type Exchange, logUnread, type MasterParts, refuseUnread } from "./exchange.js";
import { answerV0, isV0Path } from "./http-v0.js";
import { answerV1 } from "./http-v1.js";
import { send, sendJson, sendText } from "./responses.js";
import { summaryView, versionView } from "./views.js";

const V1_PATH = "/api/v1";

const SUMMARY_PATH = "/state-summary";

const REALM = 'Basic realm="mesos-master-readwrite"';

/** The web interface of a real master is all of JavaScript, so the paths after # never get here. */
const WEB_UI =
  "This is a rehearsal master. At this address a real one shows its web interface with the agent or the task.\n";

const NO_LEADER = "No leader elected";

/** The HTTP side of the master: listens, can be taken away and brought back on the same port. */
export class MasterServer {
  private server: Server | null = null;

  constructor(
    private readonly parts: MasterParts,
    private readonly host: string,
    /** 0 until a free one is taken. */
    public port: number,
  ) {}

  /** Rejects if the port cannot be had. */
  async start(): Promise<void> {
    if (this.server !== null) return;
    const server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) =>
        sendText(response, 500, `The rehearsal master failed: ${String(error)}`),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, this.host, resolve);
    });
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Connections are cut at once, whatever hangs in them. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", "http://master");
    const path = pathname.replace(/\/+$/, "").replace(/^\/master(?=\/)/, "");
    // These three are answered without credentials and without a leader.
    if (path === "/health") return send(response, 200);
    if (path === "/version") return sendJson(response, versionView(this.parts.self()));
    if (path === "/redirect") return this.redirect(response, "");
    if (path === "") return sendText(response, 200, WEB_UI);
    if (path !== V1_PATH && path !== SUMMARY_PATH && !isV0Path(path)) {
      return sendText(response, 404, "404 Not Found.");
    }

    const caller = authenticate(request.headers.authorization, this.parts.principals);
    if (caller === null) return sendText(response, 401, "401 Unauthorized.", { "www-authenticate": REALM });
    const exchange: Exchange = { request, response, caller, via: path === V1_PATH ? "v1" : "v0" };
    const leading = this.parts.leadership.get();
    if (leading === "no_leader") return refuseUnread(this.parts, exchange, 503, NO_LEADER);
    if (leading === "redirecting") {
      // A master redirects before it looks at the method and the body.
      logUnread(this.parts, exchange, { status: 307 });
      return this.redirect(response, `/master${path}${search}`);
    }
    if (path === SUMMARY_PATH) return sendJson(response, summaryView(this.parts.live.state()));
    return path === V1_PATH ? answerV1(this.parts, exchange) : answerV0(this.parts, exchange, path);
  }

  /** Without a scheme, and to the name the leader gives itself, as masters do. */
  private redirect(response: ServerResponse, path: string): void {
    const { leadership, self } = this.parts;
    const { hostname, port } = self();
    const leader = leadership.leaderAddress(`${hostname}:${port}`);
    if (leadership.get() === "no_leader") sendText(response, 503, NO_LEADER);
    else send(response, 307, { location: `//${leader}${path}` });
  }
}
