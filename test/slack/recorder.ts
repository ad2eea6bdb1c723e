import { createForm, type FormCluster } from "../../src/engine/bot/form.js";
import type { Reply } from "../../src/maintenance/text/reply.js";
import type { ClickInput, CommandInput, SlackHandlers } from "../../src/slack/hear/handlers.js";

export const CLUSTER: FormCluster = {
  name: "prod",
  channel: "C01OPS",
  defaultDurationMs: 2 * 3_600_000,
  maxDurationMs: 24 * 3_600_000,
  runbooks: [],
};

/** Handlers that keep what they were called with and answer with what the test has set. */
export class Recorder implements SlackHandlers {
  readonly commands: CommandInput[] = [];
  readonly clicks: ClickInput[] = [];
  readonly homes: { readonly user: string; readonly answer: Reply | null }[] = [];
  readonly formChoices: SlackHandlers["formChoices"];
  readonly lineOf: SlackHandlers["lineOf"];
  answer: () => Promise<Reply | null> = async () => null;

  /** @param clusters what the form offers. */
  constructor(clusters: readonly FormCluster[] = [CLUSTER]) {
    const form = createForm(clusters, Date.now, {
      of: async () => ({ name: "alice", timeZone: "Europe/Berlin" }),
    });
    this.formChoices = form.formChoices;
    this.lineOf = form.lineOf;
  }

  once(_trigger: string, run: () => Promise<Reply | null>): Promise<Reply | null> {
    return run();
  }

  async home(user: string, answer: Reply | null): Promise<void> {
    this.homes.push({ user, answer });
  }

  command(input: CommandInput): Promise<Reply | null> {
    this.commands.push(input);
    return this.answer();
  }

  click(input: ClickInput): Promise<Reply | null> {
    this.clicks.push(input);
    return this.answer();
  }
}
