/** Answers what the bot does: `npm run demo` plays one maintenance with the real program, on this machine alone. */
import { install } from "./demo/installation.js";
import { DEMO_HELP, parseDemoOptions } from "./demo/options.js";
import { play } from "./demo/play.js";
import { playRolling } from "./demo/play-rolling.js";
import type { Narrator } from "./demo/stage.js";
import { startTranscript } from "./demo/transcript.js";
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
  const { slack, channel } = installation;
  try {
    if (stopped.yes()) return 130;
    say(`Slack  ${slack.url}\nMaster ${installation.masterUrl}\n\n`);
    const transcript = startTranscript(slack, channel, (text) => say(`${text}\n`));
    let problem: unknown = null;
    try {
      const narrator: Narrator = {
        does: async (who, what) => {
          await transcript.flush();
          say(`\n▶ ${who}: ${what}\n`);
        },
        seen: async (what) => {
          await transcript.flush();
          say(`  ✓ at the master: ${what}\n`);
        },
      };
      const playing = options.rolling
        ? playRolling(installation, narrator)
        : play(installation, options, narrator);
      await Promise.race([playing, stopped.promise]);
    } catch (error) {
      problem = error;
    }
    // Interrupted: what is being taken down answers no more, and that is no news.
    if (stopped.yes()) return 130;
    await transcript.close();
    if (problem !== null) {
      say(`\n✗ ${problem instanceof Error ? problem.message : String(problem)}\n`);
      if (!process.env.LOG_LEVEL) say("The program's log: LOG_LEVEL=debug npm run demo\n");
      return 1;
    }
    say("\n✓ Every step was seen in Slack and at the master.\n");
    if (options.exit) return 0;
    say(
      `\nGo on by hand at ${slack.url} (as alice or bob, in #ops): try /mesos help.\n` +
        "This local Slack shows times and tables raw; Slack itself does not. Ctrl-C ends everything.\n",
    );
    await stopped.promise;
    return 0;
  } finally {
    say("\nCleaning up …\n");
    await installation.dispose();
  }
}

/** Ctrl-C or a termination: everything is taken down in order, however often it is pressed. */
function interrupted() {
  let happened = false;
  const promise = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
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
