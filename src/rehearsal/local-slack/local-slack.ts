/** Answers what people see and can do in Slack: a Slack on this machine, in which they type and click as they are told. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ownEnvironment, tied } from "../child-process.js";
import { freePort } from "../free-port.js";
import { localSlackAvailable, localSlackBinary } from "./binary.js";
import { clickHome, homeOf } from "./home.js";
import { type Answers, submitModal, topModal } from "./modal.js";
import type { LocalView } from "./page.js";
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

interface Typed {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  /** @defaultValue /mesos */
  readonly command?: string;
}

interface Click {
  readonly channel: string;
  readonly messageTs: string;
  readonly user: string;
  readonly action: string;
  /** @defaultValue the message as it stands now */
  readonly seen?: LocalMessage;
}

/** How to start one; everything has a default. */
export interface LocalSlackOptions {
  readonly workspace?: Workspace;
  /** @defaultValue Socket Mode */
  readonly delivery?: Delivery;
  /** @defaultValue a free one */
  readonly port?: number;
  /** In a process group of its own, so that a Ctrl-C at the terminal does not reach it. @defaultValue false */
  readonly detached?: boolean;
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
    const place = ["--port", String(port), "--base-host", "localhost", "--files-dir", folder];
    const slack = new LocalSlack(binary, ["--config", config, ...place], folder, port, options.detached);
    problem = (await slack.started()) ?? "";
    if (problem === "") return slack;
    await slack.end();
    if (options.port !== undefined) break;
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error(`The local Slack did not start: ${problem}`);
}

/** A running local Slack, and what people do in it. */
export class LocalSlack {
  /** The web page, where one can type and click as any user. */
  readonly url: string;
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  readonly tokens = LOCAL_TOKENS;
  /** Ends the process; `close()` removes its files too. */
  readonly end: () => Promise<void>;
  private readonly child: ChildProcess;
  private output = "";

  constructor(
    binary: string,
    args: readonly string[],
    private readonly folder: string,
    readonly port: number,
    detached = false,
  ) {
    this.url = `http://localhost:${port}`;
    this.apiUrl = `${this.url}/api/`;
    this.child = spawn(binary, args, {
      env: ownEnvironment(),
      detached,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.end = tied(this.child, STOP_TIMEOUT_MS);
    const keep = (said: Buffer | Error) => {
      this.output = (this.output + said.toString()).slice(-2000);
    };
    this.child.stdout?.on("data", keep);
    this.child.stderr?.on("data", keep);
    this.child.once("error", keep);
  }

  /** `null` once it answers, else why it does not. */
  async started(): Promise<string | null> {
    const { child } = this;
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
        return `it ended at once. ${this.output.trim()}`;
      }
      const answer = await fetch(`${this.url}/_control/state`).catch(() => null);
      await answer?.arrayBuffer();
      // Another program on the port could answer as well; ours says so on its output.
      if (answer?.ok && this.output.includes(String(this.port))) return null;
      await sleep(50);
    }
    return `it did not answer within ${START_TIMEOUT_MS} ms`;
  }

  /** Types a slash command, such as `drain web-* 4h`. */
  async command({ command = "/mesos", ...rest }: Typed): Promise<void> {
    await this.control("command", { command, ...rest });
  }

  /**
   * Clicks the button of a message whose action id begins with `action`. Throws if there is no such button (any more).
   * `seen` is the message on a screen that has been offline since: its buttons are clicked as they were.
   */
  async interact({ channel, messageTs, user, action, seen }: Click): Promise<void> {
    const message = seen ?? (await this.messages(channel)).find((one) => one.ts === messageTs);
    if (message === undefined) throw new Error(`There is no message ${messageTs} in ${channel}.`);
    for (const { block_id, elements } of message.blocks) {
      const found = elements?.find((one) => one.type === "button" && one.action_id?.startsWith(action));
      if (found === undefined) continue;
      const { action_id, value, type } = found;
      const pressed = { action_id, block_id, value, type };
      await this.control("interact", { channel, messageTs, user, action: pressed });
      return;
    }
    const shown = message.blocks.flatMap((one) => one.elements ?? []).flatMap((one) => one.action_id ?? []);
    throw new Error(`Message ${messageTs} has no button ${action}; it has: ${shown.join(", ") || "none"}.`);
  }

  /**
   * Submits the modal that a command or a click opened: an answer is typed, or is the text of a choice; without one an input
   * keeps what it proposes. Resolves with its title when it is closed, or another one stands above it. Throws what is said
   * beside the inputs, or that no modal was opened.
   */
  submitModal({ user, answer }: { user: string; answer?: Answers }): Promise<string> {
    return submitModal(this.url, user, answer ?? null);
  }

  /** The modal on top of the screen, which all people share; `null` when none is open. */
  modal(): Promise<LocalView | null> {
    return topModal(this.url);
  }

  /** Opens the bot's Home, which the bot then draws. */
  async openHome(user: string): Promise<void> {
    await this.control("open-home", { user });
  }

  /** The bot's Home as somebody has it on the screen; `null` before it is drawn. */
  home(user: string): Promise<LocalView | null> {
    return homeOf(this.url, user);
  }

  /** Clicks the button of a Home whose action id begins with `action`. */
  clickHome({ user, action }: { user: string; action: string }): Promise<void> {
    return clickHome(this.url, user, action);
  }

  /** Everything said between somebody and the bot alone, oldest first. */
  async directMessages(user: string): Promise<LocalMessage[]> {
    const { channels } = z
      .object({ channels: z.array(z.looseObject({ id: z.string(), name: z.string() })) })
      .parse(JSON.parse(await this.control("state")));
    const found = channels.find(({ name }) => name === `dm-${user}`);
    return found === undefined ? [] : await this.messages(found.id);
  }

  /** Everything in a channel, oldest first: thread replies and ephemeral messages too. */
  async messages(channel: string): Promise<LocalMessage[]> {
    const answer = JSON.parse(await this.control(`messages/${channel}`));
    return z.object({ messages: z.array(slackMessage) }).parse(answer).messages;
  }

  /** Stops the process and removes its files. Safe to call twice. */
  async close(): Promise<void> {
    await this.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async control(path: string, body?: object): Promise<string> {
    const headers = { "content-type": "application/json" };
    const post = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/_control/${path}`, post);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The local Slack answered ${answer.status} to ${path}: ${text}`);
    return text;
  }
}
