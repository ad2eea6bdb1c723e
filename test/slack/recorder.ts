import type { Reply } from "../../src/maintenance/text/reply.js";
import type { ClickInput, CommandInput, SlackHandlers } from "../../src/slack/hear/handlers.js";

/** Handlers that keep what they were called with and answer with what the test has set. */
export class Recorder implements SlackHandlers {
  readonly commands: CommandInput[] = [];
  readonly clicks: ClickInput[] = [];
  answer: () => Promise<Reply | null> = async () => null;

  command(input: CommandInput): Promise<Reply | null> {
    this.commands.push(input);
    return this.answer();
  }

  click(input: ClickInput): Promise<Reply | null> {
    this.clicks.push(input);
    return this.answer();
  }
}
