import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hideKnown, isHideable, LEAST_SECRET, MASK } from "../../src/base/known-secrets.js";
import { scrub, scrubJson } from "../../src/base/scrub.js";
import { Secret } from "../../src/base/secret.js";
import { runs } from "../support/fast-check.js";

const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");

const PASSWORD = 'q/7Zp"ä<&\\x+% w';

new Secret(PASSWORD);
new Secret("hunter2Hunter2");
new Secret("48151623");
new Secret("-----BEGIN KEY-----\nMIIabcdef\n-----END KEY-----\n");

describe("a secret that the process knows is hidden, however it is written", () => {
  const asJson = JSON.stringify(PASSWORD).slice(1, -1);
  test.each<[string, string]>([
    ["as it is", PASSWORD],
    ["inside of JSON", asJson],
    ["inside of JSON that stands inside of JSON", JSON.stringify(asJson).slice(1, -1)],
    ["inside of JSON with escaped slashes", asJson.replaceAll("/", "\\/")],
    ["inside of JSON that is plain ASCII", asJson.replace("ä", "\\u00e4")],
    ["inside of HTML", PASSWORD.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")],
    ["inside of an address", encodeURIComponent(PASSWORD)],
    ["inside of a form", encodeURIComponent(PASSWORD).replace("%20", "+")],
    [
      "inside of an address with small digits",
      encodeURIComponent(PASSWORD).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ["in base64", base64(PASSWORD)],
    ["as a login", base64(`maintenance-bot:${PASSWORD}`)],
    ["as a login with a shorter user", base64(`ops:${PASSWORD}`)],
    ["as a login with another user", base64(`root:${PASSWORD}`)],
    ["in the base64 of addresses", Buffer.from(`u:${PASSWORD}`).toString("base64url")],
    ["in base64 inside of an address", encodeURIComponent(base64(PASSWORD))],
    ["in base64 inside of JSON with escaped slashes", base64(PASSWORD).replaceAll("/", "\\/")],
    ["a line of a key", "MIIabcdef"],
  ])("%s", (_, written) => {
    expect(scrub(`before ${written} after`)).toBe(`before ${MASK} after`);
  });

  test("wherever it stands, whatever surrounds it and whoever logs in with it", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii", minLength: LEAST_SECRET }),
        text,
        text,
        (secret, a, b) => {
          fc.pre(isHideable(secret) && secret.trim() === secret);
          new Secret(secret);
          const login = base64(`${a.replaceAll(":", "")}:${secret}`);
          const said = scrub(
            `${a} ${secret} ${login} ${encodeURIComponent(secret)} ${JSON.stringify(secret)} ${b}`,
          );
          expect(said.split(MASK).join("")).not.toContain(secret);
          expect(said).not.toContain(login);
        },
      ),
      { numRuns: runs(50) },
    );
  });
});

test("a line of JSON stays JSON, also where a secret looks like its marks or its numbers", () => {
  new Secret('","b":"');
  const line = {
    a: "",
    b: "x",
    time: 481516234,
    port: 48151623,
    list: [1, "48151623"],
    [PASSWORD]: PASSWORD,
  };
  const clean = scrubJson(`${JSON.stringify(line)}\n`);
  expect(clean).not.toContain("48151623");
  expect(JSON.parse(clean)).toEqual({
    a: "",
    b: "x",
    time: `${MASK}4`,
    port: MASK,
    list: [1, MASK],
    [MASK]: MASK,
  });
});

test("hiding twice changes nothing more", () => {
  const once = scrub(`hunter2Hunter2 ${base64("u:hunter2Hunter2")}`);
  expect(scrub(once)).toBe(once);
});

test.each(["ab", "12345", "", "secret"])(
  "%j would be met in the middle of words, and is not hidden by its value",
  (text) => {
    new Secret(text);
    expect(isHideable(text)).toBe(false);
    expect(hideKnown(`an absent ${text} secretary 123456`)).toBe(`an absent ${text} secretary 123456`);
  },
);

test("each search goes over a text once, however often a secret stands in it", () => {
  const token = base64("maintenance-bot:hunter2Hunter2");
  const text = `${"A".repeat(1_000_000)} ${`${token} `.repeat(20_000)}`;
  expect(scrub(text)).toBe(`${"A".repeat(1_000_000)} ${`${MASK} `.repeat(20_000)}`);
});
