import { describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.js";
import { createLogger } from "../../src/ops/logger.js";

const SECRET = "hunter2Hunter2";

/** A logger and the lines it has written. */
function recorded(level = "info") {
  const lines: string[] = [];
  const log = createLogger({
    level,
    name: "worker",
    destination: { write: (line) => void lines.push(line) },
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "null") as Record<string, unknown> };
}

test("a line is one JSON object with level, time, name and message", () => {
  const { log, last } = recorded();
  log.warn({ batch: "b1" }, "the window is over");
  expect(last()).toMatchObject({ level: "warn", name: "worker", batch: "b1", msg: "the window is over" });
  expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test("lines below the level are left out", () => {
  const { log, lines } = recorded("error");
  log.info("quiet");
  expect(lines).toEqual([]);
});

describe("no secret is logged", () => {
  const request = { headers: { Authorization: `Bearer xoxb-${SECRET}` }, auth: { deep: { token: SECRET } } };
  test.each([
    ["by its key", { token: SECRET }],
    ["in an object", { slack: { botToken: SECRET, signingSecret: SECRET } }],
    ["further down", { a: { b: { password: SECRET } } }],
    ["a response URL", { body: { response_url: `http://localhost/${SECRET}` } }],
    ["a header", { request: { headers: { authorization: `Basic ${SECRET}` } } }],
    ["a token under any key", { body: { text: `my token is xoxb-${SECRET}` } }],
    ["a Redis URL", { store: `redis://u:${SECRET}@r` }],
    ["an error's request", { err: Object.assign(new Error("failed"), { original: { config: request } }) }],
    ["an error's message", { err: new Error(`cannot reach redis://:${SECRET}@r`) }],
    ["an error's cause", { err: new Error("failed", { cause: new Error(`xapp-${SECRET}`) }) }],
  ])("a secret is masked: %s", (_, fields) => {
    const { log, lines, last } = recorded();
    log.error(fields, "something failed");
    expect(lines.join()).not.toContain(SECRET);
    expect(last()).toMatchObject({ level: "error" });
  });

  test("a secret of the configuration is masked by its value, however it is written", () => {
    const value = 'kn0wn"secret';
    new Secret(value);
    const { log, lines, last } = recorded();
    const login = Buffer.from(`ops:${value}`).toString("base64");
    log.error({ err: new Error(`${value} ${login}`), a: { b: [value] }, n: 1 }, `with ${value}`);
    expect(last()).toMatchObject({ msg: "with [secret]", a: { b: ["[secret]"] }, n: 1 });
    for (const part of ["kn0wn", login]) expect(lines.join()).not.toContain(part);
  });

  test("a child logger shows no secret either", () => {
    const { log, lines } = recorded();
    log.child({ token: SECRET }).info(`xoxb-${SECRET}`);
    expect(lines.join()).not.toContain(SECRET);
  });
});

test("an error is logged with its type, code, stack and causes", () => {
  const { log, last } = recorded();
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  log.error({ err: new TypeError("no master", { cause }) }, "tick failed");
  expect(last().err).toMatchObject({
    type: "TypeError",
    message: "no master",
    stack: expect.stringContaining("logger.test"),
    cause: { message: "refused", code: "ECONNREFUSED" },
  });
});

test("an error that is its own cause ends somewhere", () => {
  const { log, lines } = recorded();
  const error = new Error("round");
  error.cause = error;
  log.error({ err: error }, "failed");
  expect(lines).toHaveLength(1);
});
