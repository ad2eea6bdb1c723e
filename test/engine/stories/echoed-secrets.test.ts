import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.js";
import { useEngine } from "../support/engine.js";

const PRINCIPAL = "maintenance-bot";

const SECRET = "corr3ct-h0rse";

const LOGIN = Buffer.from(`${PRINCIPAL}:${SECRET}`).toString("base64");

/** What a proxy that shows the request it refuses puts on its page, before and after what is cut. */
const PAGES: readonly (readonly [string, string])[] = [
  ["the header", `denied: authorization: Basic ${LOGIN}`],
  ["the header inside of JSON", JSON.stringify({ headers: { Authorization: [`Basic ${LOGIN}`] } })],
  ["the login alone", `token ${LOGIN} refused`],
  ["the secret", `user ${PRINCIPAL} with ${SECRET} refused`],
  ["the header where it is cut", `${"x".repeat(990)} ${LOGIN}`],
  ["the secret where it is cut", `${"x".repeat(993)} ${SECRET}`],
];

describe("a master that shows our login to us", () => {
  const engine = useEngine();

  test.each(PAGES)("%s is neither told nor stored", async (_, page) => {
    new Secret(SECRET);
    const cluster = await engine().cluster();
    cluster.master.fault("UPDATE_MAINTENANCE_SCHEDULE", {
      kind: "status",
      status: 403,
      text: page,
      times: 1,
    });
    const maintenance = await cluster.drain("web-01 2h");
    const told = await maintenance.thread(/lacks the right to do this/);
    const shown = JSON.stringify([told, maintenance.texts(), maintenance.card()?.text]);
    const record = JSON.stringify(await cluster.records.find(maintenance.id), (_key, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    for (const text of [shown, record]) {
      expect(text).toContain("lacks the right to do this");
      for (const part of pieces(SECRET, LOGIN)) expect(text).not.toContain(part);
    }
  });
});

/** Each secret, and what would be left of it by a cut. */
function pieces(...secrets: readonly string[]): readonly string[] {
  return secrets.flatMap((secret) => [secret, secret.slice(0, 6), secret.slice(-8)]);
}
