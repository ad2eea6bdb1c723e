import { connect, type Socket } from "node:net";
import { inWords } from "../../base/in-words.js";
import type { HostPort } from "../../config/config.js";
import { Frames, type JuteReader, JuteWriter } from "./jute.js";
import { type ZooKeeperCode, ZooKeeperError } from "./zookeeper-error.js";

// Numbers of calls and errors as in ZooKeeper's `ZooDefs.java` and `KeeperException.java`.

/** As Mesos' own detector asks for; the server may set another within its bounds. */
const SESSION_MS = 10_000;

const CALLS = { getData: 4, getChildren: 8, ping: 11, auth: 100, closeSession: -11 } as const;

/** Numbers of what belongs to no call with an answer of its own. */
const XIDS = { watch: -1, ping: -2, auth: -4 } as const;

const NOT_ZOOKEEPER = "something else than ZooKeeper answers there";

const REFUSALS: ReadonlyMap<number, readonly [ZooKeeperCode, string]> = new Map([
  [-101, ["no_node", "there is no such node"]],
  [-102, ["no_auth", "the login has no right to read it"]],
  [-115, ["refused", "it does not take the login"]],
]);

/** How a session is opened. */
export interface SessionOptions {
  readonly server: HostPort;
  /** `user:secret` for a digest; `null` for no login. */
  readonly auth: string | null;
  /** A path that was watched has changed. It is watched no more. */
  readonly onChange: () => void;
  /** The session is over, and why; not called when the signal ended it. */
  readonly onEnd: (why: ZooKeeperError) => void;
  /** Ends the session, or its opening. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly resolve: (answer: JuteReader) => void;
  readonly reject: (why: ZooKeeperError) => void;
}

/**
 * A session on one server, and no more than it takes to find a master. It is never resumed on another connection, so that
 * nothing can expire. Silence of the server for two thirds of the session's time ends it: nothing else tells of a server
 * that hangs, or of a path that swallows everything.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #socket: Socket;
  readonly #frames = new Frames();
  readonly #waiting = new Map<number, Waiting>();
  readonly #opening: Promise<void>;
  #opened: () => void = () => undefined;
  #refused: (why: ZooKeeperError) => void = () => undefined;
  #state: "opening" | "open" | "over" = "opening";
  #sessionMs = SESSION_MS;
  #xid = 0;
  #silence: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#opening = new Promise((resolve, reject) => {
      this.#opened = resolve;
      this.#refused = reject;
    });
    this.#socket = connect(options.server);
    this.#socket.setNoDelay(true);
    this.#socket.on("connect", () => this.#greet());
    this.#socket.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#socket.on("error", (error) => this.#fail("away", inWords(error)));
    this.#socket.on("close", () => this.#fail("away", "the connection was closed"));
    options.signal.addEventListener("abort", this.#leave, { once: true });
    this.#awaitWord();
  }

  /**
   * Connects, opens a session and logs in. A wrong secret is not noticed here: only a node that may not be read says so.
   *
   * @throws ZooKeeperError
   */
  static async open(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    await session.#opening;
    return session;
  }

  /** Names of the nodes below a path, which is watched from then on. Throws ZooKeeperError. */
  async children(path: string): Promise<readonly string[]> {
    const answer = await this.call(CALLS.getChildren, (request) => request.text(path).bool(true));
    return this.#read(() => answer.texts());
  }

  /** What a node holds. Throws ZooKeeperError. */
  async data(path: string): Promise<Buffer> {
    const answer = await this.call(CALLS.getData, (request) => request.text(path).bool(false));
    return this.#read(() => answer.bytes());
  }

  /** Any call, by its number; its answer after the header. Throws ZooKeeperError. */
  call(kind: number, write: (request: JuteWriter) => void): Promise<JuteReader> {
    return new Promise((resolve, reject) => {
      if (this.#state === "over") {
        reject(this.#error("away", "the session is over"));
        return;
      }
      this.#xid += 1;
      this.#waiting.set(this.#xid, { resolve, reject });
      this.#send(this.#xid, kind, write);
    });
  }

  /** What an answer holds; one that is shorter than it says ends the session. */
  #read<T>(contents: () => T): T {
    try {
      return contents();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#fail("not_zookeeper", NOT_ZOOKEEPER);
      throw this.#error("not_zookeeper", NOT_ZOOKEEPER);
    }
  }

  #greet(): void {
    const request = new JuteWriter()
      .int(0)
      .long(0n)
      .int(SESSION_MS)
      .long(0n)
      .bytes(new Uint8Array(16))
      .bool(false);
    this.#socket.write(request.frame());
  }

  #send(xid: number, kind: number, write: (request: JuteWriter) => void): void {
    const request = new JuteWriter().int(xid).int(kind);
    write(request);
    this.#socket.write(request.frame());
  }

  #hear(chunk: Buffer): void {
    this.#awaitWord();
    try {
      for (const frame of this.#frames.add(chunk)) {
        if (this.#state === "opening") this.#hearGreeting(frame);
        else if (this.#state === "open") this.#hearAnswer(frame);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#fail("not_zookeeper", NOT_ZOOKEEPER);
    }
  }

  #hearGreeting(greeting: JuteReader): void {
    greeting.int();
    const sessionMs = greeting.int();
    if (sessionMs <= 0) {
      this.#fail("refused", "it does not open a session");
      return;
    }
    this.#state = "open";
    this.#sessionMs = sessionMs;
    this.#awaitWord();
    this.#ping = setInterval(() => this.#send(XIDS.ping, CALLS.ping, () => undefined), sessionMs / 3);
    const { auth } = this.#options;
    if (auth !== null)
      this.#send(XIDS.auth, CALLS.auth, (request) => request.int(0).text("digest").text(auth));
    this.#opened();
  }

  #hearAnswer(answer: JuteReader): void {
    const xid = answer.int();
    answer.long();
    const status = answer.int();
    if (xid === XIDS.watch) {
      this.#options.onChange();
      return;
    }
    const waiting = this.#waiting.get(xid);
    this.#waiting.delete(xid);
    if (status === 0) {
      waiting?.resolve(answer);
      return;
    }
    const [code, what] = REFUSALS.get(status) ?? (["failed", `it answers with error ${status}`] as const);
    if (xid === XIDS.auth) this.#fail(code, what);
    else waiting?.reject(this.#error(code, what));
  }

  #awaitWord(): void {
    clearTimeout(this.#silence);
    if (this.#state === "over") return;
    this.#silence = setTimeout(() => this.#fail("away", "it does not answer"), (this.#sessionMs * 2) / 3);
  }

  /** Without being told, the server would keep the session for its whole time. */
  readonly #leave = (): void => {
    if (this.#state === "open") this.#send(0, CALLS.closeSession, () => undefined);
    this.#finish(this.#error("away", "the session was closed"));
    this.#socket.end();
    this.#socket.unref();
  };

  #fail(code: ZooKeeperCode, what: string): void {
    const wasOpen = this.#state === "open";
    if (this.#state === "over") return;
    const why = this.#error(code, what);
    this.#finish(why);
    this.#socket.destroy();
    if (wasOpen) this.#options.onEnd(why);
  }

  #finish(why: ZooKeeperError): void {
    this.#state = "over";
    clearTimeout(this.#silence);
    clearInterval(this.#ping);
    this.#options.signal.removeEventListener("abort", this.#leave);
    this.#refused(why);
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }

  #error(code: ZooKeeperCode, what: string): ZooKeeperError {
    const { host, port } = this.#options.server;
    return new ZooKeeperError(code, `${host}:${port}`, what);
  }
}
