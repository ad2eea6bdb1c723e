import { readFile } from "node:fs/promises";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { noteSecret } from "../../../src/base/known-secrets.js";
import { Secret } from "../../../src/base/secret.js";
import type { SlackConfig } from "../../../src/config/config.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import { createSlackApp } from "../../../src/slack/app.js";
import { createSocketConnection } from "../../../src/slack/connection/socket-connection.js";
import { createMessenger } from "../../../src/slack/say/messenger.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { createAuthority, opensslAvailable } from "../../support/certificates.js";
import { type ConnectProxy, startConnectProxy } from "../../support/connect-proxy.js";
import { suiteFor } from "../../support/require.js";
import { FakeSlack } from "../fake-slack.js";
import { keepingLogger } from "../fixtures.js";
import { Recorder } from "../recorder.js";
import { until } from "../until.js";

const LOGIN = "ops:pass word/9";

const WRITTEN_LOGIN = "ops:pass%20word%2F9";

suiteFor(
  "Slack behind an HTTP proxy",
  opensslAvailable,
)(() => {
  let tls: { key: string; cert: string };
  let slack: FakeSlack;
  let proxy: ConnectProxy;
  let logger: ReturnType<typeof keepingLogger>;

  beforeAll(async () => {
    const authority = await createAuthority();
    const { key, cert } = await authority.certificate(["IP:127.0.0.1"]);
    tls = { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
    await authority.dispose();
  });

  beforeEach(async () => {
    // The authority is not the system's; whether it is checked is shown with a process of its own (test/e2e/proxy.test.ts).
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    slack = await FakeSlack.start(0, tls);
    proxy = await startConnectProxy(LOGIN);
    logger = keepingLogger();
  });

  afterEach(async () => {
    await slack.stop();
    await proxy.stop();
    vi.unstubAllEnvs();
  });

  function settings(login = WRITTEN_LOGIN, except = ""): SlackConfig {
    const url = new Secret(`http://${login}@127.0.0.1:${proxy.port}`);
    return { ...slack.settings("socket"), proxy: { url, except } };
  }

  test("calls, files and answers to commands go through the proxy, each whole", async () => {
    const messenger = createMessenger({ settings: settings(), logger });
    await messenger.post("C01OPS", null, { text: "Hello.", blocks: [] });
    await messenger.upload("C01OPS", null, { name: "a.csv", title: "A", text: "host\nweb-01\n" });
    await messenger.reply(
      {
        responseUrl: slack.responseUrl(),
        channel: "C01OPS",
        user: "U01ALICE",
        thread: null,
        command: "/mesos",
      },
      replyOf({ tone: "done", text: "Done." }),
    );
    expect(slack.callsOf("chat.postMessage")).toHaveLength(1);
    expect(slack.files.join("")).toContain("host\nweb-01\n");
    expect(slack.responses).toHaveLength(1);
    const way = `127.0.0.1:${slack.port}`;
    expect(new Set(proxy.asked)).toEqual(new Set([way]));
    expect(proxy.misled).toEqual([]);
  });

  test("NO_PROXY names hosts that are called straight", async () => {
    const messenger = createMessenger({ settings: settings(WRITTEN_LOGIN, "slack.com,127.0.0.1"), logger });
    await messenger.post("C01OPS", null, { text: "Hello.", blocks: [] });
    expect(slack.callsOf("chat.postMessage")).toHaveLength(1);
    expect(proxy.asked).toEqual([]);
  });

  test("what stands in the environment for other programs counts only where the settings say it", async () => {
    vi.stubEnv("https_proxy", `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv("NO_PROXY", "*");
    await createMessenger({ settings: slack.settings(), logger }).whoAmI();
    expect(proxy.asked).toEqual([]);
    await createMessenger({ settings: settings(), logger }).whoAmI();
    expect(proxy.asked).toHaveLength(1);
  });

  test("a proxy that refuses the login is told of, without the password", async () => {
    noteSecret("wrong-one");
    const messenger = createMessenger({ settings: settings("ops:wrong-one"), logger });
    const error = await messenger.post("C01OPS", null, { text: "Hello.", blocks: [] }).catch((e) => e);
    expect(error).toBeInstanceOf(SlackFailure);
    expect(error).toMatchObject({ code: "proxy_refused", permanent: false });
    expect(error.message).toMatch(/proxy did not let.*HTTP 407.*HTTPS_PROXY/s);
    expect(JSON.stringify([error.message, logger.lines])).not.toContain("wrong-one");
    expect(slack.calls).toEqual([]);
  });

  test("a command comes and is answered over a socket through the proxy", async () => {
    const handlers = new Recorder();
    const app = createSlackApp({ settings: settings(), handlers, logger });
    await app.start();
    slack.socket()?.send({
      type: "slash_commands",
      envelope_id: "e1",
      accepts_response_payload: true,
      payload: {
        command: "/mesos",
        text: "status",
        user_id: "U01ALICE",
        channel_id: "C01OPS",
        team_id: "T01",
        trigger_id: "t1",
        response_url: slack.responseUrl(),
      },
    });
    await until(() => handlers.commands.length === 1);
    await app.stop();
    expect(proxy.asked.length).toBeGreaterThan(1);
    expect(proxy.misled).toEqual([]);
  });

  test("a socket that has stalled behind the proxy is ended, not left open beside the next one", async () => {
    const { mode, ...rest } = settings();
    if (mode.kind !== "socket") throw new Error("no Socket Mode");
    const connection = createSocketConnection({ ...rest, mode }, mode, logger);
    await connection.start();
    const stalled = slack.socket();
    proxy.silence();
    await connection.stop();
    await until(() => stalled?.closed === true);
    expect(connection.ready()).not.toBe(true);
  });
});
