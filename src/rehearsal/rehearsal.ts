/** Answers how to practise: `npm run rehearsal` is a master alone on a port, for a bot that is started beside it. */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { CONFIG_EXIT_CODE, ConfigError } from "../config/config-error.js";
import { counted } from "../maintenance/text/list.js";
import { localSlackAvailable } from "./local-slack/binary.js";
import { type LocalSlack, startLocalSlack } from "./local-slack/local-slack.js";
import { OPS } from "./local-slack/workspace.js";
import { type RehearsalMaster, startRehearsalMaster } from "./master/master.js";
import type { RehearsalOptions } from "./master/options.js";
import { sampleCluster } from "./master/sample.js";
import { PRACTICE_HELP, parsePracticeOptions } from "./practice/options.js";
import { readPracticeCluster } from "./practice/read-cluster.js";

/** So soon it is told what the master was asked to do. */
const TELL_EVERY_MS = 500;

/** Resolves when it was interrupted and everything has ended. */
async function rehearse(args: readonly string[]): Promise<void> {
  const options = parsePracticeOptions(args);
  if (options === "help") return say(PRACTICE_HELP);
  const cluster = options.file === null ? sampleCluster() : readPracticeCluster(options.file);
  if (options.slack && localSlackAvailable() !== true)
    throw new Error(`There is no local Slack: ${localSlackAvailable()}. Nothing was started.`);
  const stopped = interrupted();
  const master = await started(cluster, options.host, options.port);
  let slack: LocalSlack | null = null;
  try {
    // A Ctrl-C is for this process alone: it ends the local Slack itself.
    if (options.slack) slack = await startLocalSlack({ detached: true });
    say(greeting(master, cluster, slack));
    await tellWrites(master, stopped);
  } finally {
    await slack?.close();
    await master.close();
  }
}

async function started(cluster: RehearsalOptions, host: string, port: number): Promise<RehearsalMaster> {
  try {
    return await startRehearsalMaster({ ...cluster, host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EADDRNOTAVAIL" && code !== "EACCES") throw error;
    throw new Error(
      `The master cannot listen on ${host}:${port} (${message}). Give it another --port or --host.`,
    );
  }
}

function greeting(master: RehearsalMaster, cluster: RehearsalOptions, slack: LocalSlack | null): string {
  const size = `${counted(cluster.agents.length, "agent")} and ${counted(cluster.frameworks.length, "framework")}`;
  // All interfaces are no address to call.
  const url = master.url.replace(/\/\/(?:0\.0\.0\.0|\[?::\]?):/, `//${hostname()}:`);
  const settings = [`MESOS_MASTERS=${url}`];
  if (slack !== null) {
    const { botToken, appToken } = slack.tokens;
    settings.push(
      `SLACK_BOT_TOKEN=${botToken}`,
      `SLACK_APP_TOKEN=${appToken}`,
      `SLACK_API_URL=${slack.apiUrl}`,
      "SLACK_MARKUP=plain",
      `SLACK_CHANNEL=${OPS.channels[0]?.id ?? ""}`,
    );
  }
  const where =
    slack === null
      ? "Keep the Slack settings that you have, start the bot (npm start), and type /mesos hosts all."
      : `Start the bot (npm start), open ${slack.url} and type /mesos hosts all, as alice or bob.`;
  return [
    `A master with ${size} listens on ${master.url}. It behaves like Mesos; nothing real is behind it.`,
    "",
    "Into .env of the bot that is to practise:",
    "",
    ...settings,
    "",
    where,
    "What changes something at the master is told here. Ctrl-C ends everything.",
    "",
    "",
  ].join("\n");
}

/** One line for each call that changes something, until interrupted. */
async function tellWrites(master: RehearsalMaster, stopped: Promise<void>): Promise<void> {
  for (let isOver = false; !isOver; ) {
    isOver = await Promise.race([stopped.then(() => true), sleep(TELL_EVERY_MS, false)]);
    const calls = master.calls();
    master.clearCalls();
    for (const { type, at, outcome, text } of calls) {
      if (type === null || type.startsWith("GET_") || type === "SUBSCRIBE") continue;
      const time = new Date(at).toTimeString().slice(0, 8);
      say(`${time}  ${type}  ${outcome}${text === null ? "" : `: ${text}`}\n`);
    }
  }
}

/** Resolves at a Ctrl-C or a termination; pressed again it changes nothing. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}

function say(text: string): void {
  process.stdout.write(text);
}

rehearse(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    const isMistake = error instanceof ConfigError;
    const text = isMistake
      ? error.format("docs/rehearsal.md")
      : error instanceof Error
        ? error.message
        : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(isMistake ? CONFIG_EXIT_CODE : 1);
  },
);
