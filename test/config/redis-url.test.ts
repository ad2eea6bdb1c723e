import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRedisUrl } from "../../src/config/redis-url.js";
import { runs } from "../support/fast-check.js";
import { errorOf, LEAST, problemsOf } from "./parse.js";

const ENCODED =
  /^REDIS_URL: has a letter in its user or password that has to be written with a %: \/ is %2F,/;

describe("what is wrong with REDIS_URL is told of the right part, without the password", () => {
  test.each([
    ["a % in the password", "redis://:hunter%2@h", /^REDIS_URL: has a % in its user or password .* %25$/],
    ["a %, and letters behind it", "redis://:hunter%zz@h", /^REDIS_URL: has a % in its user or password/],
    ["a % that is no text", "redis://:hunter%ff@h", /^REDIS_URL: has a % in its user or password/],
    ["a / in the password", "redis://:hun/ter2@h", ENCODED],
    ["a / behind digits, which looks like a port", "redis://bot:6379/hunter2@h", ENCODED],
    ["a ? in the password", "redis://:hun?ter2@h", ENCODED],
    ["a ? behind digits, which looks like a query", "redis://bot:6379?hunter2@h", ENCODED],
    ["a # in the password", "redis://:hun#ter2@h", ENCODED],
    ["an @ in the password", "redis://:hun@ter2@h", ENCODED],
    ["an @ and a /, which look like a host", "redis://:hun@ter/2@h", ENCODED],
    ["a [ in the password", "redis://:hun[ter2@h", ENCODED],
    ["a backslash in the password", "redis://:hun\\ter2@h", ENCODED],
    ["a space in the password", "redis://:hun ter2@h", /^REDIS_URL: has white space in it/],
    ["a port that is no number", "redis://:hunter2@h:x", /^REDIS_URL: has a port that is not/],
    ["a port that is too high", "redis://:hunter2@h:65536", /^REDIS_URL: has a port that is not/],
    ["port 0", "redis://:hunter2@h:0", /^REDIS_URL: has a port that is not/],
    ["a database that is no number", "redis://:hunter2@h/prod", /^REDIS_URL: has a database that is not/],
    ["a database that no Redis has", "redis://:hunter2@h/12345678901", /^REDIS_URL: has a database/],
    ["two databases", "redis://:hunter2@h/1/2", /^REDIS_URL: has a database/],
    ["settings behind the host", "redis://:hunter2@h/0?ssl=true", /^REDIS_URL: has more than a database/],
    ["no host", "redis://:hunter2@", /^REDIS_URL: names no host/],
    ["a password alone", "redis://:hunter2", /^REDIS_URL: names no host/],
    ["several hosts", "redis://:hunter2@h1,h2", /^REDIS_URL: names more than one host/],
    [
      "an IPv6 address without brackets",
      "redis://:hunter2@fe80::1",
      /^REDIS_URL: has an IPv6 address without/,
    ],
    ["brackets around a name", "redis://:hunter2@[h]", /^REDIS_URL: has a host that is neither/],
    ["a host with a %", "redis://:hunter2@h%41", /^REDIS_URL: has a host that is neither/],
    ["another scheme", "http://:hunter2@h", /^REDIS_URL: is not a Redis URL/],
    ["no scheme", ":hunter2@h:6379", /^REDIS_URL: is not a Redis URL/],
  ])("%s", (_, REDIS_URL, what) => {
    const problems = problemsOf({ env: { ...LEAST, REDIS_URL } });
    expect(problems).toEqual([expect.stringMatching(what)]);
    expect(problems.join()).not.toMatch(/hun|ter2/);
  });
});

test.each([
  ["redis://h", { tls: false, username: null, password: null, host: "h", port: 6_379, database: 0 }],
  ["REDISS://h:1/", { tls: true, host: "h", port: 1, database: 0 }],
  ["redis://bot:p@10.0.0.1:6380/15", { username: "bot", password: "p", host: "10.0.0.1", database: 15 }],
  ["redis://:pa%25%2F%3F%23%40%5B%5D@h", { username: null, password: "pa%/?#@[]" }],
  ["redis://:a:b,c;d+e&f=ü~^|@h", { password: "a:b,c;d+e&f=ü~^|" }],
  ["redis://bot@h", { username: "bot", password: null }],
  ["redis://[::1]:7", { host: "::1", port: 7 }],
  ["redis://my_redis.svc.local", { host: "my_redis.svc.local" }],
])("what stands in %s is read as it is meant", (text, read) => {
  expect(readRedisUrl(text)).toMatchObject(read);
});

/** Letters that no sentence of ours has beside each other. */
const SECRET = "qZ9qZ8qZ7";

test("whatever stands in REDIS_URL, it is read or refused with a row of the table, and no part of its password is shown", () => {
  const odd = fc.constantFrom(..."%/?#@[]\\:, \t\"'<>^|{}`ü€&=+~;$!*()", "%zz", "%ff", "%00", "%40");
  const password = fc
    .tuple(fc.array(odd, { maxLength: 3 }), fc.array(odd, { maxLength: 3 }), fc.array(odd, { maxLength: 3 }))
    .map(([before, between, after]) =>
      [...before, SECRET, ...between, SECRET.toLowerCase(), ...after].join(""),
    );
  const some = (...texts: string[]) => fc.constantFrom("", ...texts);
  const url = fc
    .record({
      scheme: fc.constantFrom("redis://", "rediss://", "REDIS://", "redis:", "redis:/", "http://", ""),
      user: fc.oneof(fc.constant(""), fc.string({ maxLength: 3 }), odd),
      password,
      host: fc.oneof(fc.constantFrom("h", "127.0.0.1", "[::1]", "::1", "", "a,b", "[", "h%"), odd),
      port: some(":", ":6379", ":0", ":65536", ":x", ":1:2"),
      database: some("/", "/0", "/16", "/x", "/1/2", "/-1"),
      rest: some("?", "#", "?a=b", "#@", "@"),
    })
    .map((part) =>
      [part.scheme, part.user, ":", part.password, "@", part.host, part.port, part.database, part.rest].join(
        "",
      ),
    );
  fc.assert(
    fc.property(url, (REDIS_URL) => {
      const read = readRedisUrl(REDIS_URL.trim());
      if (!("wrong" in read)) {
        expect(read.host.toLowerCase()).not.toContain(SECRET.toLowerCase());
        return;
      }
      const error = errorOf({ env: { ...LEAST, REDIS_URL } });
      expect(error.problems).toEqual([
        { where: "REDIS_URL", what: read.wrong, example: "REDIS_URL=redis://127.0.0.1:6379" },
      ]);
      expect(`${error.format()}${error.message}`.toLowerCase()).not.toContain(SECRET.toLowerCase());
    }),
    { numRuns: runs(2_000) },
  );
});
