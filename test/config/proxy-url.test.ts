import { describe, expect, test } from "vitest";
import { configWarnings } from "../../src/config/warnings.js";
import { configOf, errorOf, LEAST } from "./parse.js";

function proxyOf(env: Readonly<Record<string, string>>) {
  const { slack, secrets } = configOf({ env: { ...LEAST, ...env } });
  const { url, except } = slack?.proxy ?? {};
  return { href: url?.reveal(), except, secrets: secrets.map((secret) => secret.reveal()) };
}

describe("HTTPS_PROXY", () => {
  test.each([
    ["http://proxy.example.com:3128", "http://proxy.example.com:3128"],
    ["proxy.example.com:3128", "http://proxy.example.com:3128"],
    ["HTTP://proxy.example.com/", "http://proxy.example.com:80"],
    ["https://10.0.0.9", "https://10.0.0.9:443"],
    ["http://[fe80::1]:3128", "http://[fe80::1]:3128"],
    ["ops:p%40ss%20word@proxy:3128", "http://ops:p%40ss%20word@proxy:3128"],
  ])("is taken as other programs take it: %s", (written, href) => {
    expect(proxyOf({ HTTPS_PROXY: written }).href).toBe(href);
    expect(new URL(href).pathname).toBe("/");
  });

  test.each([
    ["another kind of proxy", "socks5://hunter2@proxy:1080", /names a SOCKS proxy/],
    ["another scheme", "ftp://ops:hunter2@proxy", /begins with http:\/\/ or https:\/\//],
    ["a user alone", "http://hunter2@proxy:3128", /user without a password/],
    ["a password alone", "http://:hunter2@proxy:3128", /user without a password/],
    ["a / in the password", "http://ops:hun/ter2@proxy:3128", /written with a %/],
    ["an @ in the password", "http://ops:hun@ter2@proxy:3128", /written with a %/],
    ["a % that stands for nothing", "http://ops:hunter2%@proxy:3128", /write it as %25/],
    ["white space", "http://ops:hunter2@proxy :3128", /white space/],
    ["a path", "http://ops:hunter2@proxy:3128/pac", /has more than scheme, login, host/],
    ["no host", "http://ops:hunter2@:3128", /names no host/],
    ["two proxies", "http://ops:hunter2@a,b", /names more than one host/],
    ["a port that is none", "http://ops:hunter2@proxy:0", /has a port that is not/],
    ["nothing but a scheme", "http://", /names no host/],
  ])("with %s is refused with its own sentence, without the password", (_, HTTPS_PROXY, wrong) => {
    const error = errorOf({ env: { ...LEAST, HTTPS_PROXY } });
    expect(error.problems).toEqual([
      expect.objectContaining({ where: "HTTPS_PROXY", what: expect.stringMatching(wrong) }),
    ]);
    expect(error.format()).not.toMatch(/hunter2|hun.ter2/);
  });

  test("is read in small letters as well, and ours in capitals goes first", () => {
    const small = { https_proxy: "http://small:1", no_proxy: "a.example.com" };
    expect(proxyOf(small)).toMatchObject({ href: "http://small:1", except: "a.example.com" });
    const both = proxyOf({ ...small, HTTPS_PROXY: "http://large:2", NO_PROXY: "*" });
    expect(both).toMatchObject({ href: "http://large:2", except: "*" });
    expect(proxyOf({ HTTP_PROXY: "http://other:3" }).href).toBeUndefined();
  });

  test("is a secret as a whole, and so is the password in it, as it is written and as it is", () => {
    const { secrets } = proxyOf({ HTTPS_PROXY: "ops:p%40ss%20word@proxy:3128" });
    expect(secrets).toEqual(expect.arrayContaining(["p%40ss%20word", "p@ss word"]));
    const worker = configOf({
      role: "worker",
      env: { MESOS_MASTERS: "m1", REDIS_URL: "redis://r", HTTPS_PROXY: "ops:p%40ss%20word@proxy:3128" },
    });
    expect(worker.slack).toBeNull();
    expect(worker.secrets.map((secret) => secret.reveal())).toContain("p@ss word");
  });

  test("is warned of where its password goes to the proxy in clear text, and HTTP_PROXY alone is", () => {
    const warningsOf = (env: Readonly<Record<string, string>>) => {
      const all = { ...LEAST, SLACK_CHANNEL: "C0PROD", ...env };
      return configWarnings(configOf({ env: all }), all);
    };
    const clear = warningsOf({ HTTPS_PROXY: "http://ops:hunter2@proxy:3128" });
    expect(clear).toEqual([expect.stringMatching(/^HTTPS_PROXY holds a password .* in clear text/)]);
    expect(clear.join()).not.toContain("hunter2");
    for (const fine of [
      "https://ops:hunter2@proxy",
      "http://proxy:3128",
      "http://ops:hunter2@127.0.0.1:3128",
    ])
      expect(warningsOf({ HTTPS_PROXY: fine })).toEqual([]);
    expect(warningsOf({ HTTP_PROXY: "http://proxy:3128" })).toEqual([
      "HTTP_PROXY is set, but nothing reads it: was HTTPS_PROXY meant?",
    ]);
    expect(warningsOf({ HTTP_PROXY: "http://proxy:3128", HTTPS_PROXY: "http://proxy:3128" })).toEqual([]);
  });
});
