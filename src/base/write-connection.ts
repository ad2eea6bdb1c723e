import type { Socket } from "node:net";
import { buildConnector, Client, type Dispatcher } from "undici";

/** A connection that carries one write and nothing else. */
export interface WriteConnection {
  /** Connects when it is given the call. */
  readonly dispatcher: Dispatcher;
  /** Ends the connection. When it has resolved, this machine sends nothing more of the call. */
  end(): Promise<void>;
}

/** Whether a call may still leave. Asked once, when its connection stands, right before the first byte. */
export type MaySend = () => boolean;

/** The connection stood too late: nothing of the call was sent. */
class WithdrawnError extends Error {
  override readonly name = "WithdrawnError";
}

/** How a write is sent; `connectMs` holds for TCP and again for TLS. */
export interface WriteConnectionOptions {
  readonly connectMs: number;
  /** PEM of the certificates to trust for https, or `null` for the system's. */
  readonly ca: string | null;
  /** What undici allows an answer. */
  readonly limits: Pick<Client.Options, "headersTimeout" | "bodyTimeout">;
  readonly maySend: MaySend;
}

/**
 * A connection that is reset when it ends without a complete answer. After an orderly close the system would go on
 * sending what the master has not confirmed, and a call could arrive long after it was given up (invariants 5, 7).
 */
export function writeConnection(origin: string, options: WriteConnectionOptions): WriteConnection {
  const { connectMs: timeout, ca, limits, maySend } = options;
  const connect = buildConnector({ timeout });
  const secure = buildConnector({ timeout, ...(ca === null ? {} : { ca }) });
  let isAnswered = false;
  let socket: Socket | null = null;
  const client = new Client(origin, {
    ...limits,
    pipelining: 0,
    connect(to, callback) {
      const port = to.port || (to.protocol === "https:" ? "443" : "80");
      // TLS runs over a TCP socket that is ours, because a TLS socket cannot be reset.
      connect({ ...to, port, protocol: "http:" }, (error, tcp) => {
        if (error !== null) return callback(error, null);
        socket = tcp;
        resetUnless(() => isAnswered, socket);
        if (to.protocol === "https:") secure({ ...to, port, httpSocket: socket }, callback);
        else callback(null, socket);
      });
    },
  });
  const watch: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (call, handler) => {
    const onRequestStart = handler.onRequestStart?.bind(handler);
    const onResponseEnd = handler.onResponseEnd?.bind(handler);
    // undici writes the call in the same turn right after this, and nothing if this throws.
    handler.onRequestStart = (...start) => {
      if (!maySend()) throw new WithdrawnError();
      onRequestStart?.(...start);
    };
    // undici closes the connection right after this, before whoever waits for the answer has its turn.
    handler.onResponseEnd = (...end) => {
      isAnswered = true;
      onResponseEnd?.(...end);
    };
    return dispatch(call, handler);
  };
  return {
    dispatcher: client.compose(watch),
    async end() {
      await client.destroy();
      socket?.destroy();
    },
  };
}

/** Makes every end of the socket a reset, whoever destroys it and for whatever error, unless `isDone`. */
function resetUnless(isDone: () => boolean, socket: Socket): void {
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    // A reset destroys the socket as well, but knows nothing of the error.
    socket.destroy = () => destroy(error);
    return isDone() ? destroy(error) : socket.resetAndDestroy();
  };
}
