/** Answers what the bot does: `npm run demo` plays one maintenance with the real program, on this machine alone. */
import type { StoreConfig } from "../config/config.js";
import type { Machine } from "../maintenance/cluster/machine.js";
import { giveBack } from "./demo/give-back.js";
import { type Installation, install } from "./demo/installation.js";
import { DEMO_HELP, type DemoOptions, parseDemoOptions } from "./demo/options.js";
import { machinesToDrain } from "./demo/own-machines.js";
import { play } from "./demo/play.js";
import { playRolling } from "./demo/play-rolling.js";
import type { Narrator } from "./demo/stage.js";
import { stillAway } from "./demo/still-away.js";
import { startTranscript, type Transcript } from "./demo/transcript.js";
import { localSlackAvailable } from "./local-slack/binary.js";

/** Resolves with the exit code. */
async function demo(args: readonly string[]): Promise<number> {
  const options = parseDemoOptions(args);
  if (options === "help") {
    say(DEMO_HELP);
    return 0;
  }
  const available = localSlackAvailable();
  if (available !== true) {
    say(`The demo cannot be played: ${available}. Nothing was started.\n`);
    return 1;
  }
  say(
    "Starting a local Slack, the bot, the worker" +
      (options.master === null ? " and a rehearsal master" : "") +
      " …\n",
  );
  const stopped = interrupted();
  const installation = await install(options);
  let queue: "remove" | "keep" = "remove";
  try {
    if (stopped.yes()) return 130;
    const { slack, channel, master, masterUrl } = installation;
    say(`Slack  ${slack.url}\nMaster ${masterUrl}\n\n`);
    const machines = machinesToDrain(options.hosts, await master.snapshot());
    const transcript = startTranscript(slack, channel, (text) => say(`${text}\n`));
    if (options.master !== null) queue = "keep";
    const code = await playOn(installation, options, machines, transcript, stopped);
    if (options.master !== null) {
      say("\nGiving back what is still out of service …\n");
      await giveBack(installation);
    }
    await transcript.close();
    if (options.master === null) return code;
    await installation.stopProgram();
    const away = await stillAway(installation, machines);
    if (away === null) {
      queue = "remove";
      return code;
    }
    say(`\n${away}\n\nThe records of the maintenances are kept: ${placeOf(installation.store)}\n`);
    return code || 1;
  } finally {
    say("\nCleaning up …\n");
    await installation.dispose(queue);
  }
}

/** Plays, and stays open for going on by hand if that is wanted. Resolves with the exit code. */
async function playOn(
  installation: Installation,
  options: DemoOptions,
  machines: readonly Machine[],
  transcript: Transcript,
  stopped: ReturnType<typeof interrupted>,
): Promise<number> {
  const narrator: Narrator = {
    does: async (who, what) => {
      // Whoever was interrupted does nothing any more.
      if (stopped.yes()) throw new Error("It was interrupted.");
      await transcript.flush();
      say(`\n▶ ${who}: ${what}\n`);
    },
    seen: async (what) => {
      await transcript.flush();
      say(`  ✓ at the master: ${what}\n`);
    },
  };
  try {
    const playing = options.rolling
      ? playRolling(installation, narrator)
      : play(installation, options, machines, narrator);
    await Promise.race([playing, stopped.promise]);
    if (stopped.yes()) return 130;
    await transcript.flush();
  } catch (error) {
    if (stopped.yes()) return 130;
    say(`\n✗ ${error instanceof Error ? error.message : String(error)}\n`);
    if (!process.env.LOG_LEVEL) say("The program's log: LOG_LEVEL=debug npm run demo\n");
    return 1;
  }
  say("\n✓ Every step was seen in Slack and at the master.\n");
  if (options.exit) return 0;
  say(
    `\nGo on by hand at ${installation.slack.url} (as alice or bob, in #ops): try /mesos help.\n` +
      "This local Slack shows times in UTC; Slack itself shows each reader's own. Ctrl-C ends everything.\n",
  );
  await stopped.promise;
  return 0;
}

function placeOf(store: StoreConfig): string {
  return store.kind === "embedded"
    ? `DATA_DIR=${store.dataDir}`
    : `keys of REDIS_PREFIX=${store.prefix} on your Redis`;
}

/** Ctrl-C or a termination: everything is taken down in order, however often it is pressed. */
function interrupted() {
  let happened = false;
  const promise = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (!happened) say("\nStopping …\n");
        happened = true;
        resolve();
      });
    }
  });
  return { promise, yes: () => happened };
}

function say(text: string): void {
  process.stdout.write(text);
}

demo(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
