import { existsSync } from "node:fs";
import { inWords } from "./base/in-words.js";
import { scrub } from "./base/scrub.js";
import { VERSION } from "./base/version.js";
import { check } from "./check/check.js";
import { reportOf } from "./check/report.js";
import { readCommandLine, USAGE, USAGE_EXIT_CODE, UsageError } from "./config/command-line.js";
import type { Config } from "./config/config.js";
import { CONFIG_EXIT_CODE, ConfigError } from "./config/config-error.js";
import { loadConfig } from "./config/parse-config.js";
import { configWarnings } from "./config/warnings.js";
import { createBotSide } from "./engine/bot-side.js";
import { SYSTEM_CLOCK } from "./engine/clock.js";
import { type OtherClock, watchClockDifferences } from "./engine/clock-differences.js";
import { watchLanes } from "./engine/lane-watch.js";
import { OtherInstallationError } from "./engine/lanes/served.js";
import { workerMeters } from "./engine/meters.js";
import { openStore } from "./engine/store/open-store.js";
import { StoreError } from "./engine/store/store-error.js";
import { createWorkerSide } from "./engine/worker-side.js";
import { createLogger, type Logger } from "./ops/logger.js";
import { createMetrics } from "./ops/metrics.js";
import { OpsServerError, startOpsServer } from "./ops/ops-server.js";
import { Shutdown } from "./ops/shutdown.js";
import { run } from "./runbooks/run.js";
import { PortError } from "./slack/connection/http-connection.js";
import { SlackFailure } from "./slack/wire/errors.js";

const HELP = `${USAGE}

Runs mesos-maintenance-bot: the side Slack talks to (bot), the side that talks to
Mesos masters (worker), or both in one process (all, the default).

  --role ROLE      bot, worker or all
  --check          look whether that side could do its work here, and end: a line for each
                   thing, with what to do; exit code 1 when something is to be mended
  --take-over      queues that serve other masters serve ours from now on
  --no-env-file    leave the file .env alone: settings come from the environment only
  -h, --help       this text
  -v, --version    the version

Settings come from the environment and from .env in this folder; docs/configuration.md
lists them. To look first, without Slack, Redis or Mesos: npm run demo
`;

/** The composition root: the only file that knows every room. Starts what the role needs, and orders its end. */
async function main(): Promise<void> {
  const asked = readCommandLine(process.argv.slice(2), process.env);
  if (asked.kind === "help") return say(HELP);
  if (asked.kind === "version") return say(`${VERSION}\n`);
  if (asked.envFile && existsSync(".env")) process.loadEnvFile(".env");

  const config = loadConfig(asked.role);
  if (asked.kind === "check") return await lookOnly(config);
  const log = createLogger({ level: config.logLevel, name: "mesos-maintenance-bot" });
  for (const warning of configWarnings(config, process.env)) log.warn(warning);
  const shutdown = new Shutdown({ process, log });
  shutdown.listen();
  process.on("uncaughtException", (error) => endBecause(error, shutdown, log));
  process.on("unhandledRejection", (error) => endBecause(error, shutdown, log));
  try {
    await start(config, asked, log, shutdown);
  } catch (error) {
    const { text, code } = explain(error);
    log.error({ err: error }, "the start failed");
    complain(text);
    // What has started already is running jobs: it ends in order.
    await shutdown.run("the start failed", code);
  }
}

/** What `--check` does: nothing is started, and the process ends when everything has been looked at. */
async function lookOnly(config: Config): Promise<void> {
  const { text, code } = reportOf(await check(config, process.env));
  say(text);
  process.exitCode = code;
}

async function start(
  config: Config,
  { takeOver }: { readonly takeOver: boolean },
  log: Logger,
  shutdown: Shutdown,
): Promise<void> {
  const metrics = createMetrics();
  const store = await openStore(config.store, log);
  shutdown.add("close the store", () => store.close());
  const checks: Record<string, () => Promise<true | string> | true | string> = {
    queue: () => store.tryWrite(),
  };
  const clocks: OtherClock[] = [{ name: "the queue's store", aheadMs: store.clockAheadMs }];
  const differences = watchClockDifferences(clocks, SYSTEM_CLOCK, log);
  shutdown.add("stop comparing clocks", () => differences.stop());
  const ops = await startOpsServer({ ...config.ops, metrics, checks, warnings: differences.warnings });
  shutdown.add("close health and metrics", () => ops.close());

  if (config.role !== "bot") {
    const worker = createWorkerSide({
      store,
      clusters: config.clusters,
      historyMs: config.historyMs,
      secrets: config.secrets,
      logger: log,
      meters: workerMeters(metrics),
      startProgram: run,
      takeOver,
    });
    shutdown.add("stop the worker", () => worker.stop(), 15_000);
    checks.worker = () => worker.ready();
    clocks.push(...worker.clocks);
    await worker.start();
  }
  if (config.slack !== null && config.role !== "worker") {
    const bot = createBotSide({
      store,
      slack: config.slack,
      clusters: config.clusters,
      historyMs: config.historyMs,
      commandsPerMinute: config.commandsPerMinute,
      logger: log,
      takeOver,
      onAck: (_kind, ms) => metrics.commandAckSeconds.observe(ms / 1000),
      onCommand: (verb, outcome) => metrics.commands.inc({ verb, outcome }),
      onSlackCall: (method, outcome) => metrics.slackCalls.inc({ method, outcome }),
      onShown: (ms) => metrics.cardSeconds.observe(ms / 1000),
    });
    shutdown.add("stop the bot", () => bot.stop());
    checks.slack = () => bot.ready();
    await bot.start();
  }
  const lanes = watchLanes({
    store,
    logger: log,
    clock: SYSTEM_CLOCK,
    onLook: (lane, seconds) => metrics.laneStill.set({ lane }, seconds),
    end: (why) => {
      log.fatal(
        { why },
        "this process cannot work though a new one could; ending so that a clean process can go on",
      );
      void shutdown.run("this process cannot work", 1);
    },
  });
  shutdown.add("stop watching the lanes", () => lanes.stop());
  checks.lanes = () => lanes.ready();
  log.info(
    {
      role: config.role,
      version: VERSION,
      store: store.kind,
      clusters: config.clusters.map((cluster) => cluster.name),
      ops: `${config.ops.host}:${ops.port}`,
      startedInMs: Math.round(process.uptime() * 1000),
    },
    "ready",
  );
}

/** Every effect can be repeated (invariant 7), so an unexpected state ends the process and the next one starts clean. */
function endBecause(error: unknown, shutdown: Shutdown, log: Logger): void {
  log.fatal({ err: error }, "unexpected error; ending so that a clean process can go on");
  void shutdown.run("unexpected error", 1);
}

function say(text: string): void {
  process.stdout.write(scrub(text));
}

function complain(text: string): void {
  process.stderr.write(`${scrub(text)}\n`);
}

/** What ends the start, in words: no stack for what a person can mend. */
function explain(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof UsageError) return { text: error.message, code: USAGE_EXIT_CODE };
  if (error instanceof ConfigError) return { text: error.format(), code: CONFIG_EXIT_CODE };
  if (error instanceof OtherInstallationError) return { text: error.message, code: CONFIG_EXIT_CODE };
  if (error instanceof SlackFailure && error.permanent)
    return { text: error.message, code: CONFIG_EXIT_CODE };
  if (error instanceof StoreError) {
    const later = error.code === "unreachable" || error.code === "no_answer";
    const next = later ? "Start it again when the store answers." : error.next;
    return { text: `${error.what} Nothing was started. ${next}`, code: 1 };
  }
  if (error instanceof OpsServerError || error instanceof PortError || error instanceof SlackFailure)
    return { text: error.message, code: 1 };
  return {
    text: `The bot could not be started: ${inWords(error)}. What had started was ended again. Mend that, or report it with the log.`,
    code: 1,
  };
}

main().catch((error: unknown) => {
  const { text, code } = explain(error);
  complain(text);
  process.exit(code);
});
