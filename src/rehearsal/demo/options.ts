import { parseArgs } from "node:util";

/** What the demo was asked to do. */
export interface DemoOptions {
  /** End after the played part instead of staying open for going on by hand. */
  readonly exit: boolean;
  /** A real master to play against instead of the rehearsal one. */
  readonly master: string | null;
  /** The queue on this Redis instead of the embedded store. */
  readonly redis: string | null;
  /** A drain of twelve machines in three batches instead of a short one. */
  readonly rolling: boolean;
  /** Which machines the drain is for. */
  readonly hosts: string;
}

export const DEMO_HELP = `Usage: npm run demo -- [--exit] [--rolling] [--redis URL] [--master URL [--hosts PATTERN]]

Plays one maintenance from the command to "up": a local Slack, the real bot and
worker, and a master that behaves like Mesos. Nothing to install or to configure.

  --exit          end after the played part; exit code 0 only if every step was
                  seen both in Slack and at the master
  --rolling       play a drain of twelve machines in three batches, one rack after
                  another, instead of the short one
  --redis URL     keep the queue on this Redis, under keys of its own that are removed
                  at the end (default: the embedded store, in a folder that goes too)
  --master URL    play against this real master: it takes the machines of --hosts DOWN
                  and up again, without asking anybody. When it fails, or at Ctrl-C, it
                  gives them back. MESOS_PRINCIPAL and MESOS_SECRET are its login
  --hosts PATTERN machines to drain; needed with --master (else web-0[1-3])
`;

/** Throws an Error with a sentence for arguments that are not understood. */
export function parseDemoOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      exit: { type: "boolean", default: false },
      rolling: { type: "boolean", default: false },
      master: { type: "string" },
      redis: { type: "string" },
      hosts: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  if (values.master !== undefined && values.hosts === undefined) {
    throw new Error(
      "--master plays against real machines and takes them DOWN: name them with --hosts, such as --hosts web-01. Nothing was started.",
    );
  }
  if (values.rolling && values.master !== undefined) {
    throw new Error("--rolling plays on the rehearsal master only. Nothing was started.");
  }
  return {
    exit: values.exit,
    rolling: values.rolling,
    master: values.master ?? null,
    redis: values.redis ?? null,
    hosts: values.hosts ?? "web-0[1-3]",
  };
}
