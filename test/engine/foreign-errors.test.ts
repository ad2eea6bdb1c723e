import { getSystemErrorMap } from "node:util";
import { webApi } from "@slack/bolt";
import { ErrorCode as BullErrorCode, UnrecoverableError } from "bullmq";
import { ReplyError } from "ioredis";
import { load } from "js-yaml";
import protobuf from "protobufjs/minimal.js";
import { errors as undiciErrors } from "undici";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { inWords } from "../../src/base/in-words.js";
import { createHome } from "../../src/engine/bot/home.js";
import type { Records } from "../../src/engine/lanes/records.js";
import { replyFrom, troubleFrom } from "../../src/engine/lanes/troubles.js";
import { damaged, folderTrouble } from "../../src/engine/store/embedded/embedded-database.js";
import { embeddedError } from "../../src/engine/store/embedded/embedded-errors.js";
import { redisError, refusedOtherwise } from "../../src/engine/store/redis/redis-errors.js";
import { StoreError } from "../../src/engine/store/store-error.js";
import type { Reply } from "../../src/maintenance/text/reply.js";
import { runChecks } from "../../src/ops/checks.js";
import { answer, type Kind } from "../../src/slack/hear/answer.js";
import { anonymousReaders } from "../../src/slack/people/readers.js";
import { keepLog } from "./store/places.js";

/** What `throwing` throws. */
function thrownBy(throwing: () => unknown): unknown {
  try {
    throwing();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Redis' error words, as its source has them (`src/server.c` and `src/cluster.c` of Redis 8). */
const REDIS_SAYS: readonly string[] = [
  "WRONGTYPE Operation against a key holding the wrong kind of value",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
  "NOSCRIPT No matching script. Please use EVAL.",
  "NOAUTH Authentication required.",
  "WRONGPASS invalid username-password pair or user is disabled.",
  "NOPERM User bot has no permissions to run the 'evalsha' command",
  "LOADING Redis is loading the dataset in memory",
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
  "UNKILLABLE Sorry the script already executed write commands against the dataset.",
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  "NOREPLICAS Not enough good replicas to write.",
  "EXECABORT Transaction discarded because of previous errors.",
  "CLUSTERDOWN The cluster is down",
  "CROSSSLOT Keys in request don't hash to the same slot",
  "MOVED 3999 127.0.0.1:6381",
  "ASK 3999 127.0.0.1:6381",
  "TRYAGAIN Multiple keys request during rehashing of slot",
  "BUSYKEY Target key name already exists.",
  "NOGOODSLAVE No suitable replica to promote",
  "INPROG Failover already in progress",
  "NOPROTO unsupported protocol version",
  "ERR unknown command 'evalsha', with args beginning with: 'a' 'b'",
  "ERR value is not an integer or out of range",
  "ERR Error running script (call to f_ab12): @user_script:1: -WRONGTYPE Operation against a key holding the wrong kind of value",
  "ERR user_script:960: attempt to index local 'jobAttributes' (a boolean value) script: 9044d4, on @user_script:960.",
];

const replies: readonly unknown[] = REDIS_SAYS.map((text) => new ReplyError(text));

/** SQLSTATEs of every class that PostgreSQL has for a failed statement (its appendix A). */
const SQLSTATES = [
  "08006",
  "0A000",
  "21000",
  "22001",
  "22003",
  "22023",
  "22P02",
  "23502",
  "23503",
  "23505",
  "23514",
  "25001",
  "25P02",
  "26000",
  "28000",
  "2BP01",
  "34000",
  "3D000",
  "3F000",
  "40001",
  "40P01",
  "42501",
  "42601",
  "42703",
  "42883",
  "42P01",
  "53000",
  "53100",
  "53200",
  "53300",
  "53400",
  "54000",
  "54001",
  "55000",
  "55006",
  "55P03",
  "57014",
  "57P01",
  "57P03",
  "58000",
  "58030",
  "58P01",
  "F0000",
  "P0001",
  "XX000",
  "XX001",
  "XX002",
];

const pgErrors = SQLSTATES.map((code) =>
  Object.assign(new Error(`relation "job" of ${code} at character 12`), {
    code,
    severity: "ERROR",
    position: "12",
  }),
);

const systemErrors = [...getSystemErrorMap().values()].map(([code, text]) =>
  Object.assign(new Error(`${code}: ${text}, listen ${code} :::3000`), {
    code,
    syscall: "listen",
    errno: -1,
  }),
);

/** All of undici's constructors, so that one that comes with an upgrade is among them. */
const undici = Object.entries(undiciErrors).map(([name, Kind]) => {
  const make = Kind as unknown as new (...args: unknown[]) => Error;
  const args: Record<string, unknown[]> = {
    ResponseError: ["bad", 500, { headers: {}, body: {} }],
    RequestRetryError: ["bad", 500, { headers: {}, data: {} }],
    SecureProxyConnectionError: [new Error("cause"), "bad", {}],
  };
  return new make(...(args[name] ?? [`${name} raw text {"a":1}`]));
});

const bull = [
  ...Object.entries(BullErrorCode)
    .filter(([, code]) => typeof code === "number")
    .map(([name, code]) =>
      Object.assign(new Error(`Missing lock for job m-1. moveToFinished ${name}`), { code }),
    ),
  new UnrecoverableError("No job of the control lane is called undefined."),
];

const slack: readonly unknown[] = [
  webApi.WebAPIRequestError,
  webApi.WebAPIHTTPError,
  webApi.WebAPIPlatformError,
  webApi.WebAPIRateLimitedError,
].map((Kind) =>
  Object.assign(Object.create(Kind.prototype) as Error, { message: "An API error occurred: fatal_error {}" }),
);

const libraries: readonly unknown[] = [
  thrownBy(() => z.object({ id: z.string() }).parse({ id: 1 })),
  thrownBy(() => (5 as unknown as string).replace("a", "b")),
  thrownBy(() => (undefined as unknown as { a: string }).a),
  thrownBy(() => JSON.parse("{broken")),
  thrownBy(() => load("a: [")),
  thrownBy(() => protobuf.Reader.create(Uint8Array.of(10, 200)).string()),
  thrownBy(() => BigInt("x")),
  new RangeError("Maximum call stack size exceeded"),
  new AggregateError([systemErrors[0], new Error("raw")], ""),
  new DOMException("The operation was aborted due to timeout", "TimeoutError"),
  new Error(""),
  'just a text with {"json":true}',
  undefined,
  null,
  { code: "weird thing\n    at foo (bar.js:1:2)", message: "raw" },
];

const KINDS: readonly { readonly of: string; readonly errors: readonly unknown[] }[] = [
  { of: "ioredis", errors: replies },
  { of: "PGlite", errors: pgErrors },
  { of: "the system", errors: systemErrors },
  { of: "undici", errors: undici },
  { of: "BullMQ", errors: bull },
  { of: "Slack's client", errors: slack },
  { of: "other libraries, and our own faults", errors: libraries },
];

const ALL = KINDS.flatMap(({ errors }) => errors);

const messageOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "message" in error ? String(error.message) : String(error);

/** A text for people: sentences, and nothing that a library wrote. */
function expectSentence(text: string, from: unknown): void {
  const about = `${text}\nfrom ${messageOf(from).slice(0, 80)}`;
  expect(/[.:)]$/.test(text.trim()), about).toBe(true);
  expect(text, about).not.toMatch(
    /\{"|\[\{|\n\s+at |undefined|\[object|user_script|\bNaN\b|is not a function/,
  );
  const raw = messageOf(from);
  if (raw.length > 12) expect(text.includes(raw), about).toBe(false);
}

const wordsOf = ({ text, said, notDone, next }: Reply): readonly string[] =>
  [text, said, notDone, next].filter((part) => part !== null);

function expectReply(reply: Reply, from: unknown): void {
  for (const part of wordsOf(reply)) expectSentence(part, from);
  expect(reply.notDone, messageOf(from)).toMatch(/\w/);
  expect(reply.next, messageOf(from)).toMatch(/\w/);
}

describe.for(KINDS)("an error of $of is a sentence at every door", ({ errors }) => {
  test.for(["command", "click", "modal"] as const)("of a %s", async (kind: Kind) => {
    for (const error of errors) {
      const told: Reply[] = [];
      const logged: unknown[] = [];
      const tell = async (reply: Reply) => void told.push(reply);
      await answer(
        kind,
        () => Promise.reject(error),
        tell,
        (one) => logged.push(one),
      );
      expect(told).toHaveLength(1);
      for (const reply of told) expectReply(reply, error);
      expect(logged).toEqual([error]);
    }
  });

  test("of a question, and of a job that was given up", () => {
    for (const error of errors) expectReply(replyFrom(error, "Your question is not answered."), error);
  });

  test("of a tick, in the thread", () => {
    for (const error of errors) {
      const trouble = troubleFrom(error, "This step was not finished.");
      for (const text of [trouble.what, trouble.notDone, trouble.next]) expectSentence(text, error);
    }
  });

  test("of a Home, which is drawn with why it is empty", async () => {
    for (const error of errors) {
      const drawn: string[] = [];
      const records = { open: () => Promise.reject(error) } as unknown as Records;
      const log = keepLog();
      const home = createHome({
        messenger: {
          permalink: async () => "",
          publish: async (_, view) => void drawn.push(JSON.stringify(view)),
        },
        readers: anonymousReaders(Date.now),
        clusters: [],
        records: new Map([["prod", records]]),
        threads: { getJob: async () => undefined },
        personOf: async (user) => ({ user, standing: "member", groups: [], lookupFailed: false }),
        version: "0.0.0",
        logger: log,
        now: Date.now,
      });
      await home("U01ALICE", null);
      expect(drawn).toHaveLength(1);
      expect(drawn[0]).toMatch(/Next:/);
      const raw = messageOf(error);
      if (raw.length > 12) expect(drawn[0]).not.toContain(JSON.stringify(raw).slice(1, -1));
      expect(log.lines).toHaveLength(1);
    }
  });

  test("of a check behind /readyz", async () => {
    for (const error of errors) {
      const { checks } = await runChecks({ queue: () => Promise.reject(error) }, 1_000);
      expectSentence(`${checks.queue}.`, error);
    }
  });

  test("of the embedded store's folder", () => {
    for (const error of errors) {
      for (const { message } of [folderTrouble("It cannot be made", error), damaged("/data", error)])
        expectSentence(message, error);
    }
  });

  test("of the start: a clause without its own text", () => {
    for (const error of errors) expectSentence(`The bot could not be started: ${inWords(error)}.`, error);
  });
});

test.for(REDIS_SAYS)(
  "what Redis answers is told by its word, with what it means and what to do: %s",
  (text) => {
    const error = refusedOtherwise(redisError(new ReplyError(text), "redis-1:6379"), "redis-1:6379");
    if (!(error instanceof StoreError)) throw new Error(`${text} was not explained`);
    expectSentence(error.what, new Error(text));
    expect(error.what).toMatch(/^Redis at redis-1:6379 refuses: [A-Z][\w ]+ \(.+\)\.$/);
    expect(error.next).toMatch(/\w/);
    expect((error.cause as Error).message).toContain(text.split(",")[0]);
  },
);

test.for(SQLSTATES)("what PGlite answers is told by its SQLSTATE, with what to do: %s", (code) => {
  const error = embeddedError(pgErrors[SQLSTATES.indexOf(code)], "/data");
  if (!(error instanceof StoreError)) throw new Error(`${code} was not explained`);
  expectSentence(error.what, pgErrors[SQLSTATES.indexOf(code)]);
  expect(error.what).toContain(`(${code})`);
});

test("every code of the system that a person can do something about has words of its own", () => {
  const told = [
    "EADDRINUSE",
    "EACCES",
    "EMFILE",
    "ENOSPC",
    "ECONNRESET",
    "ECONNREFUSED",
    "ENOENT",
    "EROFS",
    "ENOTFOUND",
    "ETIMEDOUT",
  ];
  for (const code of told)
    expect(inWords(Object.assign(new Error("raw"), { code }))).not.toMatch(/does not know/);
  expect(ALL.length).toBeGreaterThan(200);
});
