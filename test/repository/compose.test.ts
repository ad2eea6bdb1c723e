import { readFileSync } from "node:fs";
import { CORE_SCHEMA, load, mergeTag } from "js-yaml";
import { describe, expect, test } from "vitest";
import { VARIABLE_NAMES } from "../../src/config/environment-schema.js";

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly env_file?: unknown;
  readonly profiles?: readonly string[];
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { services } = load(read("docker-compose.yml"), { schema: CORE_SCHEMA.withTags(mergeTag) }) as {
  services: Readonly<Record<string, Service>>;
};

function service(name: string): Service {
  const found = services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const SLACK = ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"];

const BOT_ONLY = [
  "SLACK_API_URL",
  "SLACK_MARKUP",
  "SLACK_TEAMS",
  "HTTPS_PROXY",
  "NO_PROXY",
  "PORT",
  "COMMANDS_PER_MINUTE",
];

const MESOS = ["MESOS_PRINCIPAL", "MESOS_SECRET"];

describe("docker-compose.yml", () => {
  test.each([
    ["bot", SLACK, MESOS],
    ["worker", MESOS, SLACK],
  ])("gives the %s its own secrets and not the other side's", (name, own, others) => {
    const { environment, env_file: file, command } = service(name);
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(own));
    for (const secret of others) expect(environment).not.toHaveProperty(secret);
    // A file would hand over everything that is in it.
    expect(file).toBeUndefined();
    expect(command).toEqual(["--role", name]);
  });

  test("gives both sides the same queue and the same clusters", () => {
    const shared = (name: string) =>
      Object.entries(service(name).environment).filter(([key]) => ![...SLACK, ...MESOS].includes(key));
    const ofBot = Object.fromEntries(shared("bot").filter(([key]) => !BOT_ONLY.includes(key)));
    expect(ofBot).toEqual(Object.fromEntries(shared("worker")));
    expect(ofBot).toMatchObject({ REDIS_URL: "redis://redis:6379", HISTORY_DAYS: expect.any(String) });
  });

  test.each(["bot", "worker"])(
    "sets only variables that the program reads, each from its own name: %s",
    (name) => {
      for (const [key, value] of Object.entries(service(name).environment)) {
        expect(VARIABLE_NAMES).toContain(key);
        if (key !== "REDIS_URL") expect(value).toMatch(new RegExp(`^\\$\\{${key}:?-[^}]*\\}$`));
      }
    },
  );

  test("knows a master where none is set: the one of its profile", () => {
    const [, host] = /-http:\/\/([a-z-]+):5050\}$/.exec(service("bot").environment.MESOS_MASTERS ?? "") ?? [];
    expect(service(host ?? "").profiles).toEqual(["mesos"]);
  });

  test("publishes ports on the loopback only, and each side's health on one of its own", () => {
    const ports = Object.values(services).flatMap((one) => one.ports ?? []);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(service("bot").ports).toContain("127.0.0.1:9464:9464");
    expect(service("worker").ports).toContain("127.0.0.1:9465:9464");
  });

  test("mounts the configuration, which is not in the image", () => {
    for (const name of ["bot", "worker"]) expect(service(name).volumes).toContain("./config:/app/config:ro");
    expect(read("Dockerfile")).not.toMatch(/^COPY .*(?<!ts)config\b(?!\.)/m);
    expect(read(".dockerignore").split("\n")).toContain("config");
  });
});

test("the image's health check asks where the program listens", () => {
  expect(read("Dockerfile")).toMatch(/^ENV .*OPS_PORT=9464/m);
  expect(read("Dockerfile")).toMatch(/^EXPOSE 9464$/m);
});
