import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** RFC 6455: what is appended to the client's key for the handshake. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const TEXT = 1;

const CLOSE = 8;

const PING = 9;

const PONG = 10;

/** The server's side of one WebSocket: text frames under 64 KiB, pings answered, close answered. */
export class FakeSocket {
  readonly received: unknown[] = [];
  closed = false;
  #buffer = Buffer.alloc(0);

  constructor(
    request: IncomingMessage,
    private readonly stream: Duplex,
  ) {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}${GUID}`)
      .digest("base64");
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    stream.on("data", (chunk: Buffer) => this.#read(chunk));
    stream.on("close", () => {
      this.closed = true;
    });
    stream.on("error", () => {});
  }

  send(message: object): void {
    this.#write(TEXT, Buffer.from(JSON.stringify(message)));
  }

  /** Messages that arrive together, in one packet. */
  sendTogether(messages: readonly object[]): void {
    this.stream.cork();
    for (const message of messages) this.send(message);
    this.stream.uncork();
  }

  /** Cuts the line without a goodbye. */
  destroy(): void {
    this.stream.destroy();
  }

  #write(opcode: number, payload: Buffer): void {
    const length = payload.length;
    const head =
      length < 126
        ? Buffer.from([0x80 | opcode, length])
        : Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
    if (!this.stream.destroyed) this.stream.write(Buffer.concat([head, payload]));
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (let frame = this.#frame(); frame !== null; frame = this.#frame()) {
      if (frame.opcode === TEXT) this.received.push(JSON.parse(frame.payload.toString()));
      if (frame.opcode === PING) this.#write(PONG, frame.payload);
      if (frame.opcode === CLOSE) {
        this.#write(CLOSE, frame.payload);
        this.stream.end();
      }
    }
  }

  #frame(): { opcode: number; payload: Buffer } | null {
    const buffer = this.#buffer;
    if (buffer.length < 2) return null;
    const short = buffer.readUInt8(1) & 127;
    const start = (short === 126 ? 4 : 2) + 4;
    if (buffer.length < start) return null;
    const length = short === 126 ? buffer.readUInt16BE(2) : short;
    if (buffer.length < start + length) return null;
    const mask = buffer.subarray(start - 4, start);
    const payload = Buffer.from(
      buffer.subarray(start, start + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
    );
    this.#buffer = buffer.subarray(start + length);
    return { opcode: buffer.readUInt8(0) & 15, payload };
  }
}
