import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Env } from "../../src/config/environment.js";
import { environmentSchema, VARIABLE_NAMES } from "../../src/config/environment-schema.js";
import { parseConfig } from "../../src/config/parse-config.js";
import { repositoryFile, withTables } from "./documents.js";
import { clusterDocs, environmentDocs } from "./tables.js";

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

describe("the schema documents itself", () => {
  test.each([...environmentDocs(), ...clusterDocs()])("$name has a description and an example", (doc) => {
    expect(doc.description).toMatch(/^\S.*\.$/);
    expect(doc.example).not.toBe("");
    expect(`${doc.description}${doc.example}`).not.toContain("|");
  });
});

describe("the documents follow the schema (after a change: npx vitest run test/config -u)", () => {
  test("docs/configuration.md has both tables", async () => {
    const text = repositoryFile("docs/configuration.md");
    expect(text).toContain("<!-- configuration -->");
    expect(text).toContain("<!-- clusters -->");
    await expect(withTables(text)).toMatchFileSnapshot(pathOf("docs/configuration.md"));
  });

  test("README.md shows the settings that a newcomer sets, and names no setting that does not exist", async () => {
    const text = repositoryFile("README.md");
    expect(text).toContain("<!-- first settings -->");
    await expect(withTables(text)).toMatchFileSnapshot(pathOf("README.md"));
    const named = [...text.matchAll(/`([A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(VARIABLE_NAMES).toEqual(expect.arrayContaining(named));
  });
});

describe(".env.example", () => {
  const lines = repositoryFile(".env.example").matchAll(/^#?([A-Z][A-Z_]*)=(.*)$/gm);
  const shown = [...lines].map(([, name = "", value = ""]) => ({ name, value }));

  test(".env.example names every variable once, and no other", () => {
    expect(shown.map(({ name }) => name).toSorted()).toEqual([...VARIABLE_NAMES].toSorted());
  });

  test.each(shown)("$name has a value that is right, and its default if it has one", ({ name, value }) => {
    expect(environmentSchema.safeParse({ [name]: value.replace("…", "1") }).error).toBeUndefined();
    const fallback = environmentDocs().find((doc) => doc.name === name)?.fallback ?? null;
    if (fallback !== null) expect(value).toBe(fallback);
  });
});

describe("config/clusters.example.yaml", () => {
  const text = repositoryFile("config/clusters.example.yaml");
  const check = (yaml: string, files: Readonly<Record<string, string>>, env: Env) => {
    const read: Readonly<Record<string, string>> = { ...files, "config/clusters.yaml": yaml };
    return parseConfig({
      role: "worker",
      env: { CLUSTERS_FILE: "config/clusters.yaml", REDIS_URL: "redis://r", ...env },
      readFile: (path) => {
        const text = read[path];
        if (text === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
        return text;
      },
    });
  };

  test("the example works when it is copied, with no other file and no variable", () => {
    expect(check(text, {}, {})).toMatchObject({ ok: true });
  });

  test("the example works with its commented lines as well, where their files and variables are", () => {
    const whole = text.replace(/^( +)# (?=(?: *)[a-z_]+:(?: |$)(?!\/))/gm, "$1");
    expect(whole).toContain("\n    inventory: ");
    const files = {
      "config/ca/mesos.pem": repositoryFile("test/mesos/support/tls/master.pem"),
      "config/ca/marathon.pem": repositoryFile("test/mesos/support/tls/master.pem"),
      "config/inventory/prod.ini": "[web]\n",
    };
    const secrets = {
      PROD_MESOS_SECRET: "s",
      EDGE_ZOOKEEPER_AUTH: "bot:s",
      ANSIBLE_BECOME_PASSWORD: "s",
      PROD_MARATHON_PASSWORD: "s",
      JOBS_MARATHON_TOKEN: "s",
    };
    expect(check(whole, files, secrets)).toMatchObject({ ok: true });
  });

  test.each(clusterDocs())(
    "the example shows $name, with its default if it has one",
    ({ name, fallback }) => {
      const key = name.split(".").at(-1) ?? name;
      const value = new RegExp(`^ +(?:- |# +)?${key}:(.*)$`, "m").exec(text)?.[1];
      expect(value).toBeDefined();
      if (fallback !== null && fallback !== "[]") expect(value?.trim()).toBe(fallback);
    },
  );
});
