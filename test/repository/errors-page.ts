import { CONFIG_EXIT_CODE } from "../../src/config/config-error.js";
import {
  EMBEDDED_REFUSALS,
  ENDED,
  OTHER_EMBEDDED_REFUSAL,
} from "../../src/engine/store/embedded/embedded-errors.js";
import { OTHER_REFUSAL, REDIS_REFUSALS } from "../../src/engine/store/redis/redis-errors.js";
import { CERTIFICATE_TROUBLES } from "../../src/engine/store/redis/redis-tls.js";
import { WIRE_TROUBLES } from "../../src/engine/store/redis/redis-wire.js";
import type { StoreErrorCode } from "../../src/engine/store/store-error.js";
import { TROUBLES } from "../../src/maintenance/record/troubles.js";
import { BY_ITSELF, goingOn } from "../../src/maintenance/text/go-on.js";
import { MARATHON_ERRORS } from "../../src/marathon/errors.js";
import { ERROR_TABLE, type ErrorRow, type When } from "../../src/mesos/errors/table.js";
import { SLACK_FAILURES } from "../../src/slack/wire/errors.js";

/** A failure of the store as people meet it; `what` with `<…>` for what varies. */
export interface StoreRow {
  readonly code: StoreErrorCode;
  readonly what: string;
  readonly notDone: string;
  readonly next: string;
}

const NOT_OPENED = "The store was not opened.";

const NOT_QUEUED = "Nothing was queued.";

const BY_CODE: Readonly<Record<StoreErrorCode, readonly Omit<StoreRow, "code">[]>> = {
  unreachable: [
    {
      what: "Redis at <address> is not reachable.",
      notDone: NOT_QUEUED,
      next: "Start it, or check REDIS_URL and the network; the bot connects again by itself.",
    },
  ],
  no_answer: [
    {
      what: "Redis or the embedded store did not answer in time, or the connection broke before it did.",
      notDone: "Whether the request was stored is not known.",
      next: "Look at the status before asking for it again.",
    },
  ],
  refused: [
    ...[...REDIS_REFUSALS, { ...OTHER_REFUSAL, words: ["any other word"] }].map(({ words, is, next }) => ({
      what: `Redis at <address> refuses: ${words.join(", ")} (${is}).`,
      notDone: NOT_QUEUED,
      next,
    })),
    ...CERTIFICATE_TROUBLES.map(({ codes, what, next }) => ({
      what: `The certificate of Redis, or of a sentinel, at <address> ${what} (${codes.join(", ")}).`,
      notDone: NOT_OPENED,
      next,
    })),
    ...WIRE_TROUBLES.map(({ what, next }) => ({ what, notDone: NOT_OPENED, next })),
    ...[...EMBEDDED_REFUSALS, OTHER_EMBEDDED_REFUSAL].map(({ what, next }) => ({
      what: `The embedded store in <folder> ${what}.`,
      notDone: NOT_QUEUED,
      next,
    })),
    {
      what: `The embedded store in <folder> ${ENDED.what}: it <one of these>.`,
      notDone: NOT_QUEUED,
      next: ENDED.next,
    },
    {
      what: "Redis at <address> is a replica and takes no writes.",
      notDone: NOT_OPENED,
      next: "Point REDIS_URL to the master, or use Sentinel so that the bot finds it.",
    },
    {
      what: "The Redis URL <what is wrong with it>.",
      notDone: "Nothing was connected.",
      next: "Write it as redis://user:password@host:6379/0, or rediss:// for TLS; special characters percent-encoded.",
    },
    {
      what: "What answers at <address> is no Redis that the bot can use: <its words>.",
      notDone: NOT_OPENED,
      next: "Look whether REDIS_URL names the Redis that is meant, and at the rights of its user.",
    },
  ],
  wrong_eviction_policy: [
    {
      what: "Redis at <address> deletes keys when its memory is full, and maintenances with them.",
      notDone: NOT_OPENED,
      next: "Set `maxmemory-policy noeviction` in its configuration; with a hosted Redis, in its parameter group.",
    },
  ],
  too_old: [
    {
      what: "Redis at <address> is older than BullMQ needs.",
      notDone: NOT_OPENED,
      next: "Upgrade it, or unset REDIS_URL to use the embedded store.",
    },
  ],
  in_use: [
    {
      what: "The embedded store in <folder> is in use by another process.",
      notDone: "It takes one process only, so this one did not open it and changed nothing.",
      next: "Stop the other process, give this one another DATA_DIR, or set REDIS_URL to run several.",
    },
  ],
  folder: [
    {
      what: "The embedded store cannot make or use its folder <folder>.",
      notDone: "It was not opened.",
      next: "Set DATA_DIR to a folder that this user may write to, or set REDIS_URL.",
    },
    {
      what: "The embedded database in <folder> does not open: no room is left on the disk.",
      notDone: "Nothing was read or changed.",
      next: "Free 100 MB there and start again: nothing that is stored is lost.",
    },
    {
      what: "The embedded store cannot lock <folder>.",
      notDone: "It was not opened.",
      next: "Set DATA_DIR to a short path on a local disk that this user may write to, or set REDIS_URL.",
    },
  ],
  damaged: [
    {
      what: "The embedded database in <folder> does not open.",
      notDone: "Nothing was read or changed.",
      next: "Check free space and rights; else put back a copy of the folder, or move it away to start empty.",
    },
  ],
  closed: [
    {
      what: "The queue's store is closed.",
      notDone: "No queue or worker was opened.",
      next: "This is a fault of the program: it asked for one while shutting down.",
    },
  ],
};

/** Every failure of the store: each code has a row, which the compiler sees to. */
export const STORE_ROWS: readonly StoreRow[] = Object.entries(BY_CODE).flatMap(([code, rows]) =>
  rows.map((row) => ({ code: code as StoreErrorCode, ...row })),
);

/** A next step as a maintenance tells it. */
const step = (next: string) => goingOn(next, BY_ITSELF);

/** docs/errors.md, from the tables that the program's own sentences come from. */
export function errorsPage(): string {
  const rows = ERROR_TABLE;
  const said = rows.filter(({ when }) => when.by === "text");
  const answered = rows.filter(({ when }) => when.by === "status");
  const failed = rows.filter(({ when }) => when.by === "transport");
  const concluded = rows.filter(({ when }) => when.by === "conclusion");
  return [
    "# Errors",
    "",
    "<!-- Made from the tables in src/: `npx vitest run test/repository/errors-page.test.ts -u` writes it again. -->",
    "",
    "Search this page for words of the message, or for the code that stands in the log and the metrics. `{master}`, `{machine}` and the",
    "like are filled in.",
    "",
    "While something fails the maintenance stays as it is and is looked at again; nothing has to be typed for that. `/mesos status` shows",
    "what is in its way. A question, a command or a click that fails is not repeated: ask, or decide, again.",
    "",
    "## What a master says",
    "",
    "The words are those of Mesos 1.12. The master refused the call, so it changed nothing.",
    "",
    ...tableOf(
      ["Code", "The master says", "What it means", "What to do"],
      said.map((row) => [code(row.code), words(row.when), row.what, step(row.next)]),
    ),
    "",
    "## What a master answers without words",
    "",
    "Below 500 the call was not carried out. From 500 on a proxy may have answered: the master's state is read before anything else.",
    "",
    ...tableOf(
      ["Code", "Status", "What it means", "What to do"],
      answered.map((row) => [code(row.code), words(row.when), row.what, step(row.next)]),
    ),
    "",
    "## What goes wrong on the way to a master",
    "",
    "A call that did not leave has changed nothing. One that may have arrived is never sent again blindly: its outcome is",
    "what the master's state shows.",
    "",
    ...tableOf(
      ["Code", "What happened", "Was the call carried out?", "What to do"],
      failed.map((row) => [code(row.code), row.what, arrived(row), step(row.next)]),
    ),
    "",
    "## What the bot concludes",
    "",
    "Nothing is written while one of these lasts.",
    "",
    ...tableOf(
      ["Code", "What happened", "What to do"],
      concluded.map((row) => [code(row.code), row.what, step(row.next)]),
    ),
    "",
    "## What keeps a maintenance from going on",
    "",
    "Found by the bot itself in what the master shows; told in the thread and on the card while it lasts.",
    "",
    ...tableOf(
      ["Code", "What happened", "What was not done", "What to do"],
      Object.entries(TROUBLES).map(([name, { what, notDone, next }]) => [
        code(name),
        what,
        notDone,
        step(next),
      ]),
    ),
    "",
    "## What goes wrong with a Marathon",
    "",
    "It keeps [moving tasks](marathon.md) from going on, and nothing else: no task is killed while one of these lasts, and it goes on by",
    "itself. `{marathon}` is its address.",
    "",
    ...tableOf(
      ["Code", "What happened", "What to do"],
      Object.entries(MARATHON_ERRORS).map(([name, { what, next }]) => [code(name), what, next]),
    ),
    "",
    "## Slack",
    "",
    "Work on the masters goes on without Slack. What could not be shown is shown later, unless the table says otherwise.",
    "",
    ...tableOf(
      ["Code", "What happened", "What was not done", "What to do"],
      Object.entries(SLACK_FAILURES).map(([name, { what, next, permanent }]) => [
        code(name),
        what,
        permanent ? "It was not sent; the same again would fail again." : "It is not sent yet.",
        next,
      ]),
    ),
    "",
    "## The queue",
    "",
    "[queue.md](queue.md) tells how to set it up.",
    "",
    ...tableOf(
      ["Code", "What happened", "What was not done", "What to do"],
      STORE_ROWS.map((row) => [code(row.code), row.what, row.notDone, row.next]),
    ),
    "",
    "## The configuration",
    "",
    "Everything wrong with it is printed at the start as one table: where, what is wrong, an example. Nothing is started, and",
    `the process exits with code ${CONFIG_EXIT_CODE}. [configuration.md](configuration.md) describes every setting.`,
    "",
    "## `internal`",
    "",
    "The bot ran into an error of its own. The thread says what was not done; it is tried again by itself. If that message",
    "stays, look into the worker's log, and report it with the log of that moment.",
    "",
  ].join("\n");
}

function words(when: When): string {
  switch (when.by) {
    case "text":
      return `${code(when.text)}${when.status === 400 ? "" : ` (${when.status})`}`;
    case "status":
      return when.status === "other" ? "any other" : String(when.status);
    default:
      return "";
  }
}

function arrived({ when }: ErrorRow): string {
  return when.by === "transport" && when.sent === "no"
    ? "No: it did not reach the master."
    : "Not known: the master's state tells.";
}

function code(text: string): string {
  return `\`${text}\``;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)];
}
