import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";

/** Rooms that know no I/O: they may import each other as named here, and only these packages. */
const PURE: Record<string, readonly string[]> = {
  maintenance: [],
  hosts: ["maintenance"],
  commands: ["maintenance", "hosts"],
};

const PURE_PACKAGES = new Set([
  "zod",
  "js-yaml",
  "re2js",
  "luxon",
  "chrono-node",
  "chrono-node/en",
  "chrono-node/zh",
  "node:crypto",
]);

/** Which rooms a room may import; engine, main.ts and the rehearsal may import all. */
const ROOMS: Record<string, readonly string[]> = {
  base: [],
  config: ["base", "maintenance", "hosts"],
  mesos: ["base", "config", "maintenance"],
  marathon: ["base", "config", "maintenance"],
  slack: ["base", "config", "maintenance"],
  ops: ["base"],
  runbooks: ["base", "config"],
  timeline: ["maintenance"],
  ...PURE,
};

/**
 * The order inside the domain, the lowest first: a folder imports from its own row and from rows below it, and folders
 * of one row do not import each other. `GROUND` lies under all of them; the doors `plan.ts`, `advance.ts` and
 * `decide.ts` stand above.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["text", "cluster"],
  ["record"],
  ["sight", "window", "answers", "blast", "frameworks"],
  ["policy", "adopting"],
  ["rolling"],
  ["approval"],
  ["moving"],
  ["pausing"],
  ["phases"],
  ["decisions"],
  ["show"],
];

const GROUND: readonly string[] = ["time.ts", "group-by.ts", "alike.ts", "at-once.ts"];

interface Import {
  /** The importing file, and the imported one if it is a file of ours; paths from `src`. */
  readonly file: string;
  readonly target: string | null;
  /** As it is written in the import. */
  readonly from: string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" ? [] : sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

const files = sources("src");

const imports: Import[] = files.flatMap((path) => {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, from = ""]) => {
    const target = from.startsWith(".")
      ? relative("src", join(dirname(path), from)).replace(/\.js$/, ".ts")
      : null;
    return { file: relative("src", path), target, from };
  });
});

const roomOf = (path: string): string => path.split("/")[0] ?? "";

/** The layer of a file of the domain; the doors at its top have the highest number. */
function layerOf(path: string): { readonly folder: string | null; readonly level: number } {
  const [, folder, file] = path.split("/");
  if (file === undefined) return { folder: null, level: GROUND.includes(folder ?? "") ? -1 : LAYERS.length };
  return { folder: folder ?? null, level: LAYERS.findIndex((row) => row.includes(folder ?? "")) };
}

const shown = ({ file, from }: Import): string => `${file} imports ${from}`;

describe("imports point inwards", () => {
  test("every source file is read", () => {
    expect(files.length).toBeGreaterThan(200);
    expect(imports.length).toBeGreaterThan(1000);
  });

  test("a room imports only the rooms it may see", () => {
    const wrong = imports.filter(({ file, target }) => {
      const room = roomOf(file);
      if (!(room in ROOMS) || target === null) return false;
      return roomOf(target) !== room && !ROOMS[room]?.includes(roomOf(target));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  test("the rooms at the edges know the configuration's types, not how it is read", () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        ["mesos", "marathon", "slack"].includes(roomOf(file)) &&
        roomOf(target ?? "") === "config" &&
        target !== "config/config.ts",
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test("pure rooms import no I/O package", () => {
    const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    const wrong = imports.filter(
      ({ file, from, target }) =>
        roomOf(file) in PURE &&
        target === null &&
        !PURE_PACKAGES.has(from) &&
        (builtin.has(from) || !from.startsWith(".")),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test("nothing imports the composition root", () => {
    expect(imports.filter(({ target }) => target === "main.ts").map(shown)).toEqual([]);
  });

  test("production rooms do not import the rehearsal", () => {
    const wrong = imports.filter(
      ({ file, target }) => target !== null && roomOf(target) === "rehearsal" && roomOf(file) !== "rehearsal",
    );
    expect(wrong.map(shown)).toEqual([]);
  });
});

describe("the layers of the domain", () => {
  const inside = imports.filter(
    ({ file, target }) =>
      roomOf(file) === "maintenance" && target !== null && roomOf(target) === "maintenance",
  );

  test("every folder has its place", () => {
    const domain = files
      .map((path) => relative("src", path))
      .filter((path) => roomOf(path) === "maintenance");
    const folders = new Set(domain.map((path) => layerOf(path).folder));
    folders.delete(null);
    expect([...folders].sort()).toEqual(LAYERS.flat().sort());
  });

  test("a folder imports only from folders below it", () => {
    const wrong = inside.filter(({ file, target }) => {
      const above = layerOf(file);
      const below = layerOf(target ?? "");
      return above.folder !== below.folder && above.level <= below.level;
    });
    expect(wrong.map(shown)).toEqual([]);
  });
});

describe("no circles", () => {
  test("no file imports itself on any way through other files", () => {
    const next = new Map<string, string[]>();
    for (const { file, target } of imports) {
      if (target !== null) next.set(file, [...(next.get(file) ?? []), target]);
    }
    expect(circleIn(next)).toEqual([]);
  });

  test("a circle is found", () => {
    const next = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(circleIn(next)).toEqual(["b", "c", "b"]);
  });
});

/** The first way that leads back to a file on it; empty when there is none. */
function circleIn(next: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): string[] => {
    const at = way.indexOf(file);
    if (at >= 0) return [...way.slice(at), file];
    if (done.has(file)) return [];
    way.push(file);
    for (const target of next.get(file) ?? []) {
      const circle = visit(target);
      if (circle.length > 0) return circle;
    }
    way.pop();
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}
