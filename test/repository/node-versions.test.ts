import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const majorOf = (version: string) => Number(/\d+/.exec(version)?.[0]);

const manifest = JSON.parse(read("package.json")) as {
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** The oldest Node that the bot runs on, such as `20.18.1`. package.json decides; everything else follows. */
const oldest = manifest.engines.node.replace(">=", "");

/** The Node that the bot is developed and shipped with. .nvmrc decides. */
const shipped = Number(read(".nvmrc"));

const workflow = load(read(".github/workflows/ci.yml")) as {
  readonly jobs: { readonly test: { readonly strategy: { readonly matrix: { readonly node: number[] } } } };
};

describe("the Node versions of the repository", () => {
  const tested = workflow.jobs.test.strategy.matrix.node;

  test("CI begins with the oldest Node that package.json allows", () => {
    expect(oldest).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Math.min(...tested)).toBe(majorOf(oldest));
  });

  test("CI runs the Node of .nvmrc", () => {
    expect(tested).toContain(shipped);
  });

  test("every stage of the image has the Node of .nvmrc", () => {
    const stages = [...read("Dockerfile").matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => Number(major));
    expect(stages.length).toBeGreaterThan(0);
    expect(new Set(stages)).toEqual(new Set([shipped]));
  });

  test("the types that the code is checked against are those of the oldest Node", () => {
    expect(majorOf(manifest.devDependencies["@types/node"] ?? "")).toBe(majorOf(oldest));
  });

  test("README.md names the oldest Node and CONTRIBUTING.md those that CI runs", () => {
    expect(read("README.md")).toContain(`Node.js ${oldest} or newer`);
    expect(read("CONTRIBUTING.md")).toContain(`Node ${tested.slice(0, -1).join(", ")} and ${tested.at(-1)}`);
  });
});
