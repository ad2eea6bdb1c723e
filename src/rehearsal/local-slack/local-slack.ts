import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { localSlackAvailable, localSlackBinary } from "./binary.js";
import { submitModal } from "./modal.js";
import { configOf, type Delivery, LOCAL_TOKENS, OPS, type Workspace } from "./workspace.js";

const START_TIMEOUT_MS = 20_000;

const STOP_TIMEOUT_MS = 3_000;

const ATTEMPTS = 3;

const button = z.looseObject({
  type: z.string(),
  action_id: z.string().optional(),
  value: z.string().optional(),
});

const block = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  elements: z.array(button).optional(),
});

const slackMessage = z.looseObject({
  ts: z.string(),
  user: z.string().optional(),
  text: z.string().default(""),
  thread_ts: z.string().optional(),
  /** `ephemeral` for what only `ephemeral_to` sees. */
  subtype: z.string().optional(),
  ephemeral_to: z.string().optional(),
  blocks: z.array(block).default([]),
});

/** A message as it stands in a channel of the local Slack. */
export type LocalMessage = z.output<typeof slackMessage>;

const logEntry = z.looseObject({
  direction: z.string(),
  kind: z.string(),
  summary: z.string(),
  detail: z.unknown().optional(),
});

/** One call or event the local Slack has seen. */
export type LocalLogEntry = z.output<typeof logEntry>;

interface Click {
  readonly channel: string;
  readonly messageTs: string;
  readonly user: string;
  readonly action: string;
  /** @defaultValue the message as it stands now */
  readonly seen?: LocalMessage;
}

/** A running local Slack, and what people do in it. */
export interface LocalSlack {
  /** The web page, where one can type and click as any user. */
  readonly url: string;
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  readonly port: number;
  readonly tokens: typeof LOCAL_TOKENS;
  /** Types a slash command, such as `drain web-* 4h`. */
  command(o: { channel: string; user: string; text: string; command?: string }): Promise<void>;
  /**
   * Clicks the button of a message whose action id begins with `action`. Throws if there is no such button (any more).
   * `seen` is the message on a screen that has been offline since: its buttons are clicked as they were.
   */
  interact(o: Click): Promise<void>;
  /**
   * Submits the modal that a click opened: `answer` is typed, or is the text of a choice; without it the input keeps
   * what it proposes. Resolves with its title when it is closed. Throws what is said beside the input, or that no modal
   * was opened.
   */
  submitModal(o: { user: string; answer?: string }): Promise<string>;
  /** Everything in a channel, oldest first: thread replies and ephemeral messages too. */
  messages(channel: string): Promise<LocalMessage[]>;
  log(): Promise<LocalLogEntry[]>;
  /** Stops the process and removes its files. Safe to call twice. */
  close(): Promise<void>;
}

/** How to start one; everything has a default. */
export interface LocalSlackOptions {
  readonly workspace?: Workspace;
  /** @defaultValue Socket Mode */
  readonly delivery?: Delivery;
  /** @defaultValue a free one */
  readonly port?: number;
}

/**
 * Starts the local Slack and resolves when it answers. Throws when its package is not installed or it does not start;
 * the error says which.
 */
export async function startLocalSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const binary = localSlackBinary();
  if (binary === null) throw new Error(`The local Slack cannot be started: ${localSlackAvailable()}.`);
  const folder = await mkdtemp(join(tmpdir(), "mesos-maintenance-bot-slack-"));
  const config = join(folder, "workspace.json");
  await writeFile(config, configOf(options.workspace ?? OPS, options.delivery ?? { kind: "socket" }));
  let problem = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Somebody else may take a free port before the binary does, hence more than one attempt.
    const port = options.port ?? (await freePort());
    const args = [
      "--config",
      config,
      "--port",
      String(port),
      "--base-host",
      "localhost",
      "--files-dir",
      folder,
    ];
    const running = new Running(binary, args, folder, port);
    problem = (await running.started()) ?? "";
    if (problem === "") return running;
    await running.kill();
    if (options.port !== undefined) break;
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error(`The local Slack did not start: ${problem}`);
}

class Running implements LocalSlack {
  readonly url: string;
  readonly apiUrl: string;
  readonly tokens = LOCAL_TOKENS;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = "";
  /** A local Slack must not outlive the program that started it, however that ends. */
  readonly #onExit = () => this.#child.kill("SIGKILL");

  constructor(
    binary: string,
    args: readonly string[],
    readonly folder: string,
    readonly port: number,
  ) {
    this.url = `http://localhost:${port}`;
    this.apiUrl = `${this.url}/api/`;
    this.#child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-2000);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.#exited = once(this.#child, "exit").catch((error: unknown) => {
      this.#output += String(error);
    });
    process.once("exit", this.#onExit);
  }

  /** `null` once it answers, else why it does not. */
  async started(): Promise<string | null> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    let exited = false;
    void this.#exited.then(() => {
      exited = true;
    });
    while (Date.now() < deadline && !exited) {
      const answer = await fetch(`${this.url}/_control/state`).catch(() => null);
      await answer?.arrayBuffer();
      // Another program on the port could answer as well; ours says so on its output.
      if (answer?.ok && this.#output.includes(String(this.port))) return null;
      await sleep(50);
    }
    return exited
      ? `it ended at once. ${this.#output.trim()}`
      : `it did not answer within ${START_TIMEOUT_MS} ms`;
  }

  async command(o: { channel: string; user: string; text: string; command?: string }): Promise<void> {
    await this.#control("command", {
      channel: o.channel,
      user: o.user,
      command: o.command ?? "/mesos",
      text: o.text,
    });
  }

  async interact(o: Click): Promise<void> {
    const message = o.seen ?? (await this.messages(o.channel)).find((one) => one.ts === o.messageTs);
    if (message === undefined) throw new Error(`There is no message ${o.messageTs} in ${o.channel}.`);
    for (const { block_id, elements } of message.blocks) {
      const found = elements?.find((one) => one.type === "button" && one.action_id?.startsWith(o.action));
      if (found === undefined) continue;
      const { action_id, value, type } = found;
      await this.#control("interact", {
        channel: o.channel,
        messageTs: o.messageTs,
        user: o.user,
        action: { action_id, block_id, value, type },
      });
      return;
    }
    const shown = message.blocks.flatMap((one) => one.elements ?? []).flatMap((one) => one.action_id ?? []);
    throw new Error(
      `Message ${o.messageTs} has no button ${o.action}; it has: ${shown.join(", ") || "none"}.`,
    );
  }

  async submitModal(o: { user: string; answer?: string }): Promise<string> {
    return await submitModal(this.url, o.user, o.answer ?? null);
  }

  async messages(channel: string): Promise<LocalMessage[]> {
    const answer = await this.#read(`messages/${channel}`);
    return z.object({ messages: z.array(slackMessage) }).parse(answer).messages;
  }

  async log(): Promise<LocalLogEntry[]> {
    return z.object({ log: z.array(logEntry) }).parse(await this.#read("log")).log;
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    process.removeListener("exit", this.#onExit);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  async #read(path: string): Promise<unknown> {
    const answer = await fetch(`${this.url}/_control/${path}`);
    if (!answer.ok)
      throw new Error(`The local Slack answered ${answer.status} to ${path}: ${await answer.text()}`);
    return answer.json();
  }

  async #control(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.url}/_control/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The local Slack answered ${answer.status} to ${path}: ${text}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("No free port was found.");
  return address.port;
}
