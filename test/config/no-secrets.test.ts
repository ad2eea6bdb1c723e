import fc from "fast-check";
import { expect, test } from "vitest";
import { runs } from "../support/fast-check.js";
import { parse, withClusters } from "./parse.js";

const GOOD = `clusters:
  prod:
    masters: [https://m1, https://m2]
    credentials: { principal: bot, secret_env: PROD_SECRET }
    channel: C0PROD
    approvers: [U01ALICE, S01OPS]
    caps: { machines_per_maintenance: 20% }
    calendar:
      - { days: mon-fri, from: "22:00", to: "06:00", time_zone: Europe/Berlin }
    owners:
      - { match: "kafka*", owners: [S01KAFKA] }
    frameworks:
      - { name: m, family: marathon, marathon: { url: "https://m", user: bot, password_env: M_PASSWORD } }
    runbooks:
      kernel:
        run: [sync]
        folder: /srv
        who: [S01OPS]
        secret_env: [BECOME]
  test: &test
    masters: zk://z1:2181/mesos
`;

const env = { PROD_SECRET: "of-the-master", M_PASSWORD: "of-marathon", BECOME: "of-become" };

/** Never a part of our own words, and no name of a cluster or a setting. */
const secret = fc
  .string({ unit: fc.constantFrom(..."QZXq7%/+=_:&*#!'\"[]{}, ".split("")), minLength: 8 })
  .map((text) => `Zq7${text.trim()}Xj9`);

const AROUND: readonly ((secret: string) => string)[] = [
  (text) => text,
  (text) => `password: ${text}`,
  (text) => `    ${text}: x`,
  (text) => `    secret: '${text}`,
  (text) => `    masters: [http://bot:${text}@m3]`,
  (text) => `    masters: zk://bot:${text}@z1`,
  (text) => `    credentials: { principal: "${text}", secret_env: "${text}" }`,
  (text) => `    tls: { ca_file: "${text}" }`,
  (text) => `    inventory: "${text}"`,
  (text) => `    runbooks: { "${text}": { run: [x] } }`,
  (text) => `    runbooks: { a: { run: ["${text}"], where: "${text}" } }`,
  (text) => `  "${text}": { masters: [] }`,
  (text) => `  prod: ["${text}"]`,
  (text) => `*${text}`,
  (text) => `!${text} x`,
  (text) => `? [${text}] : x`,
  (text) => `<<: ${text}`,
];

test("no problem of a clusters file repeats a secret, wherever in it that stands (invariant 10)", () => {
  let told = 0;
  fc.assert(
    fc.property(fc.constantFrom(...AROUND), secret, fc.nat(), fc.boolean(), (around, text, place, isLine) => {
      const at = place % (GOOD.length + 1);
      const start = isLine ? GOOD.lastIndexOf("\n", at - 1) + 1 : at;
      const piece = isLine ? `${around(text)}\n` : around(text);
      const result = parse(withClusters(GOOD.slice(0, start) + piece + GOOD.slice(start), { env }));
      if (result.ok) return;
      told += 1;
      expect(result.error.format() + result.error.message).not.toMatch(/Zq7|Xj9/);
      expect(JSON.stringify(result.error.problems)).not.toMatch(/Zq7|Xj9/);
    }),
    { numRuns: runs(1_000) },
  );
  expect(told).toBeGreaterThan(500);
});

test("what stands in the place of a runbook's name is repeated neither by its problem nor by the example", () => {
  const result = parse(
    withClusters('clusters: { prod: { masters: [m1], runbooks: { "Zq7 Xj9": { run: [x] } } } }', {}),
  );
  if (result.ok) throw new Error("It was accepted.");
  expect(result.error.format()).toMatch(/<name>: \{ run: /);
  expect(result.error.format()).not.toMatch(/Zq7|Xj9/);
});
