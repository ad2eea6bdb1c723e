import { parseArgs } from "node:util";

/** What the rehearsal was asked to do. */
export interface PracticeOptions {
  /** The master's; 0 takes a free one. */
  readonly port: number;
  /** Address that the master listens on. */
  readonly host: string;
  /** Of the machines and frameworks; `null`: those of the demo. */
  readonly file: string | null;
  /** Start a local Slack beside it. */
  readonly slack: boolean;
}

export const PRACTICE_HELP = `Usage: npm run rehearsal -- [--port PORT] [--host ADDRESS] [--file FILE] [--slack]

A Mesos master that behaves like the real one, alone on a port: to practise with your own
bot, in your own Slack, without a Mesos. Ctrl-C ends it, and all that was done in it.

  --port PORT     to listen on; 0 takes a free one (default: 5050)
  --host ADDRESS  to listen on (default: 127.0.0.1, for a bot on this machine)
  --file FILE     machines and frameworks, as in config/rehearsal.example.yaml
                  (default: those of npm run demo)
  --slack         a local Slack beside it, for practising without a Slack too
`;

/** Throws an Error with a sentence for arguments that are not understood. */
export function parsePracticeOptions(args: readonly string[]): PracticeOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: "string", default: "5050" },
      host: { type: "string", default: "127.0.0.1" },
      file: { type: "string" },
      slack: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new Error("--port is a whole number from 0 to 65535. Nothing was started.");
  return { port, host: values.host, file: values.file ?? null, slack: values.slack };
}
