import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeSlack } from "../slack/fake-slack.js";

const SECRETS = {
  bot: "xoxb-1111111111-ofTheBot",
  app: "xapp-1-2222222222-ofTheApp",
  signing: "0123456789abcdefOfSigning",
  master: "corr3ct-h0rse-ofTheMaster",
  redis: "b4ttery-staple-ofTheRedis",
  become: "of-become-9Kx2",
} as const;

/** As it is, and in the ways in which it travels. */
const FORMS = Object.values(SECRETS).flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64"),
  Buffer.from(`ops:${secret}`).toString("base64"),
]);

describe("a start that fails", () => {
  let folder: string;
  let slack: FakeSlack;
  /** A Slack that takes every token. */
  let kind: FakeSlack;
  /** A server that takes every connection and refuses every word of it, with what was said. */
  let refusing: Server;
  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mmb-starts-"));
    slack = await FakeSlack.start();
    kind = await FakeSlack.start();
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ ok: true, user_id: "U0BOT", team: "Ops", team_id: "T01" });
    kind.always("auth.test", { status: 200, headers, body });
    refusing = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        const said = String(bytes);
        // An answer for each command; Redis repeats what it does not know.
        const refusal = `-WRONGPASS invalid username-password pair: ${said.replace(/[\r\n]+/g, " ")}\r\n`;
        socket.write(refusal.repeat(said.match(/^\*\d/gm)?.length ?? 1));
      });
    });
    refusing.listen(0, "127.0.0.1");
    await once(refusing, "listening");
    await writeFile(
      join(folder, "broken.yaml"),
      `clusters:\n  prod:\n    masters: [m1\n    ${SECRETS.master}: ]\n`,
    );
    await writeFile(
      join(folder, "clusters.yaml"),
      `clusters:
  prod:
    masters: [http://127.0.0.1:1]
    channel: C0123456789
    credentials: { principal: ops, secret_env: PROD_SECRET }
    runbooks: { a: { run: [x], folder: /srv, who: [S01OPS], secret_env: [BECOME] } }
`,
    );
    await writeFile(join(folder, "file"), "");
  });

  afterAll(async () => {
    refusing.close();
    await Promise.all([slack.stop(), kind.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const socketMode = { SLACK_BOT_TOKEN: SECRETS.bot, SLACK_APP_TOKEN: SECRETS.app };

  const httpMode = { SLACK_BOT_TOKEN: SECRETS.bot, SLACK_SIGNING_SECRET: SECRETS.signing };

  /** All of an installation that would start, but for what a test changes. */
  const whole = () => ({
    PATH: process.env.PATH,
    LOG_LEVEL: "debug",
    SLACK_API_URL: `${slack.url}/api/`,
    CLUSTERS_FILE: join(folder, "clusters.yaml"),
    PROD_SECRET: SECRETS.master,
    BECOME: SECRETS.become,
    DATA_DIR: join(folder, "data"),
    OPS_PORT: "0",
    ...socketMode,
  });

  async function start(env: Readonly<Record<string, string | undefined>>) {
    const args = [resolve("dist/main.js"), "--no-env-file"];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...whole(), ...env } });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += String(bytes)));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, said };
  }

  const redis = (at: number) => `redis://ops:${SECRETS.redis}@127.0.0.1:${at}`;

  test.each<[string, RegExp, () => Readonly<Record<string, string | undefined>>]>([
    ["a setting is missing", /SLACK_APP_TOKEN/, () => ({ SLACK_APP_TOKEN: undefined })],
    ["both modes are set", /SLACK_SIGNING_SECRET/, () => ({ SLACK_SIGNING_SECRET: SECRETS.signing })],
    [
      "tokens are in each other's place",
      /SLACK_BOT_TOKEN/,
      () => ({ SLACK_BOT_TOKEN: SECRETS.app, SLACK_APP_TOKEN: SECRETS.bot }),
    ],
    ["the clusters file is broken", /broken\.yaml/, () => ({ CLUSTERS_FILE: join(folder, "broken.yaml") })],
    ["the URL of Redis is no URL", /REDIS_URL/, () => ({ REDIS_URL: `redis://ops:${SECRETS.redis}@[` })],
    ["Redis is away", /not reachable|not answer/, () => ({ REDIS_URL: redis(1) })],
    ["Redis refuses the password", /WRONGPASS/, () => ({ REDIS_URL: redis(portOf(refusing)) })],
    ["the folder of the data is a file", /file/, () => ({ DATA_DIR: join(folder, "file") })],
    ["Slack refuses the token", /invalid_auth|token/i, () => ({})],
    [
      "the port for Slack is taken",
      /port for Slack's requests could not be opened/,
      () => ({
        ...httpMode,
        SLACK_API_URL: `${kind.url}/api/`,
        SLACK_APP_TOKEN: undefined,
        PORT: String(portOf(refusing)),
      }),
    ],
    ["the port for health checks is taken", /OPS_PORT/, () => ({ OPS_PORT: String(portOf(refusing)) })],
  ])("because %s says so, and shows no secret", async (_, words, env) => {
    const { code, said } = await start(env());
    expect(code).not.toBe(0);
    expect(said).toMatch(words);
    for (const form of FORMS) expect(said).not.toContain(form);
  });
});
