import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const page = readFileSync("docs/design.md", "utf8");

/** The rows of the tables that name a folder, the file to begin with, and the question it answers. */
const rows = [...page.matchAll(/^\| (?:\d+ \| )?`(\w+)\/` \| `([\w.-]+)` \| (.+) \|$/gm)].map(
  ([, folder = "", file = "", question = ""]) => ({ folder, file, question }),
);

function foldersOf(room: string): string[] {
  return readdirSync(join("src", room), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

const pathOf = ({ folder, file }: { readonly folder: string; readonly file: string }): string | undefined =>
  ["maintenance", "engine"].map((room) => join("src", room, folder, file)).find((path) => existsSync(path));

describe("the tree on the design page", () => {
  test("every folder of the domain and of the engine is there, and no other", () => {
    const folders = [...foldersOf("maintenance"), ...foldersOf("engine")];
    expect(rows.map(({ folder }) => folder).sort()).toEqual(folders.sort());
  });

  test.each(rows)("$folder/$file begins with the question that the page gives it", (row) => {
    const text = readFileSync(pathOf(row) ?? "", "utf8");
    expect(text.startsWith(`// ${row.question}`)).toBe(true);
  });

  test("the layers stand in the order that the imports are held to", () => {
    const inOrder = [...page.matchAll(/^\| (\d+) \| `(\w+)\/` \|/gm)].map(([, layer, folder]) => [
      folder,
      layer,
    ]);
    const held = readFileSync("test/repository/imports.test.ts", "utf8");
    const layers = /const LAYERS[^=]*= \[\n([\s\S]*?)\n\];/.exec(held)?.[1]?.trim().split("\n") ?? [];
    const expected = layers.flatMap((line, i) =>
      [...line.matchAll(/"(\w+)"/g)].map(([, folder]) => [folder, String(i + 1)]),
    );
    expect(inOrder.toSorted()).toEqual(expected.toSorted());
    expect(expected.length).toBeGreaterThan(10);
  });
});

describe("the files that the design page names", () => {
  const named = [...page.matchAll(/`((?:src|test|docs)\/[\w./-]+\.(?:ts|md))`/g)].map(
    ([, path = ""]) => path,
  );

  test("there are some", () => {
    expect(named.length).toBeGreaterThan(10);
  });

  test.each([...new Set(named)])("%s exists", (path) => {
    expect(existsSync(path)).toBe(true);
  });
});
