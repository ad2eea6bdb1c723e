import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import { APP_TOKEN, BOT_TOKEN, FakeSlack } from "../slack/fake-slack.js";
import { until } from "../slack/until.js";
import { type Authority, createAuthority, opensslAvailable } from "../support/certificates.js";
import { type ConnectProxy, startConnectProxy } from "../support/connect-proxy.js";
import { type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";

suiteFor(
  "the program where Slack is behind an HTTP proxy",
  opensslAvailable === true ? localSlackAvailable() : opensslAvailable,
)(() => {
  let authority: Authority;
  let slack: FakeSlack;
  let proxy: ConnectProxy;
  let bot: Installation;

  beforeEach(async () => {
    authority = await createAuthority();
    const { key, cert } = await authority.certificate(["IP:127.0.0.1"]);
    slack = await FakeSlack.start(0, {
      key: await readFile(key, "utf8"),
      cert: await readFile(cert, "utf8"),
    });
    slack.hasEverybody = true;
    proxy = await startConnectProxy("ops:a password");
    bot = await install({
      store: "embedded",
      env: {
        SLACK_API_URL: `${slack.url}/api/`,
        SLACK_BOT_TOKEN: BOT_TOKEN,
        SLACK_APP_TOKEN: APP_TOKEN,
        https_proxy: `ops:a%20password@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: authority.file,
      },
    });
  });

  afterEach(async () => {
    await bot.dispose();
    await slack.stop();
    await proxy.stop();
    await authority.dispose();
  });

  test("a drain is typed, answered and shown through the proxy; the master is called without it; log and metrics hold no secret", async () => {
    await bot.start();
    slack.socket()?.send({
      type: "slash_commands",
      envelope_id: "e1",
      accepts_response_payload: true,
      payload: {
        command: "/mesos",
        text: "drain web-01 2h",
        user_id: "U01ALICE",
        channel_id: "C01OPS",
        team_id: "T01",
        trigger_id: "t1",
        response_url: slack.responseUrl(),
      },
    });
    await until(() => slack.callsOf("chat.postMessage").length > 0 && slack.responses.length > 0);
    await until(() => bot.master.calls().some(({ type }) => type === "UPDATE_MAINTENANCE_SCHEDULE"));
    expect(new Set(proxy.asked)).toEqual(new Set([`127.0.0.1:${slack.port}`]));
    expect(proxy.misled).toEqual([]);
    const [program] = bot.programs();
    const metrics = await (await fetch(`http://127.0.0.1:${program?.opsPort}/metrics`)).text();
    expect(metrics).toContain("mesos_bot_info");
    for (const shown of [metrics, program?.log() ?? ""])
      expect(shown).not.toMatch(/a(?: |%20)password|xoxb-|xapp-|secret-ticket/);
  });

  test("--check tells of an authority that this machine does not know", async () => {
    const { NODE_EXTRA_CA_CERTS: _, ...env } = bot.env;
    const child = spawn(process.execPath, [resolve("dist/main.js"), "--check", "--no-env-file"], {
      env: { PATH: process.env.PATH, ...env },
    });
    const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
    expect(said).toMatch(/^mend +Slack: bot token .*certificate/m);
    expect(said).not.toMatch(/a(?: |%20)password/);
    expect(slack.calls).toEqual([]);
  });
});
