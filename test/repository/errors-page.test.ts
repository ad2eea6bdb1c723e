import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { TROUBLES } from "../../src/maintenance/record/troubles.js";
import { ERROR_TABLE } from "../../src/mesos/errors/table.js";
import { SLACK_FAILURES } from "../../src/slack/wire/errors.js";
import { errorsPage, STORE_ROWS } from "./errors-page.js";

const page = errorsPage();

const STORE = "src/engine/store";

const storeSources = readdirSync(STORE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(STORE, file), "utf8"))
  .join("\n");

test("docs/errors.md is what the tables in src/ say (after a change: -u)", async () => {
  await expect(page).toMatchFileSnapshot("../../docs/errors.md");
});

describe("the page of errors", () => {
  test.each([...ERROR_TABLE.map(({ code }) => code), ...Object.keys(SLACK_FAILURES)])("has %s", (code) => {
    expect(page).toContain(`| \`${code}\` |`);
  });

  test.each(ERROR_TABLE)("$code: says what happened and what to do, in whole sentences", ({ what, next }) => {
    expect(what).toMatch(/^[A-Z{].*\.$/);
    expect(next).toMatch(/^\S.*\.$/);
  });

  test("names only commands that exist", async () => {
    const { VERBS } = await import("../../src/commands/verbs.js");
    const named = [...page.matchAll(/\/mesos ([\w-]+)/g)].map(([, verb]) => verb);
    expect(named.length).toBeGreaterThan(5);
    expect(VERBS.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });
});

describe("the troubles of a maintenance on the page", () => {
  test.each(Object.entries(TROUBLES))(
    "%s says what happened, what was not done and what to do",
    (code, row) => {
      expect(page).toContain(`| \`${code}\` |`);
      expect(`${row.what}|${row.notDone}|${row.next}`).toMatch(
        /^[A-Z{][^|]*[.}]\|[A-Z][^|]*\.\|[A-Z/{][^|]*[.}]$/,
      );
    },
  );

  test("no trouble is written by hand elsewhere: code, what and next stand together only in the tables", () => {
    const files = readdirSync("src/maintenance", { recursive: true, encoding: "utf8" });
    const byHand = files
      .filter((file) => file.endsWith(".ts") && !file.endsWith("record/troubles.ts"))
      .filter((file) => /\bcode: "[a-z_]+"/.test(readFileSync(join("src/maintenance", file), "utf8")));
    expect(byHand).toEqual([]);
  });
});

describe("the queue's errors on the page", () => {
  test.each(STORE_ROWS)("$code: $next", ({ code, notDone, next }) => {
    expect(storeSources).toContain(`"${notDone}"`);
    expect(storeSources).toContain(`"${next}"`);
    expect(storeSources).toContain(`"${code}"`);
  });

  test("are all that the store can say", () => {
    const sentences = [
      ...storeSources.matchAll(/^\s*(?:notDone|next): "(.+)",$/gm),
      ...storeSources.matchAll(/^\s*\[\/.+\/, "(.+)"\],$/gm),
    ].map(([, text]) => text);
    expect(sentences.length).toBeGreaterThan(10);
    for (const sentence of sentences) expect(page).toContain(sentence);
  });
});
