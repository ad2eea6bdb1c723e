import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

/** Rooms that know no I/O: they may import each other as named here, and only these packages. */
const PURE: Record<string, readonly string[]> = {
  maintenance: [],
  hosts: ["maintenance"],
  commands: ["maintenance", "hosts"],
};
const PURE_PACKAGES = new Set(["zod", "yaml", "re2js", "node:crypto"]);

/** Which rooms a room may import; engine, main.ts and the rehearsal may import all. */
const ROOMS: Record<string, readonly string[]> = {
  config: ["maintenance", "hosts"],
  mesos: ["maintenance"],
  slack: ["maintenance"],
  ops: [],
  ...PURE,
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly from: string;
  readonly target: string | null;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" ? [] : sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

const imports: Import[] = sources("src").flatMap((file) => {
  const text = readFileSync(file, "utf8");
  const room = relative("src", file).split("/")[0] ?? "";
  return [...text.matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => {
    const from = match[1] ?? "";
    const target = from.startsWith(".")
      ? (relative("src", join(dirname(file), from)).split("/")[0] ?? null)
      : null;
    return { file, room, from, target };
  });
});

describe("imports point inwards", () => {
  it("reads every source file", () => {
    expect(imports.length).toBeGreaterThan(200);
  });

  it("a room imports only the rooms it may see", () => {
    const wrong = imports.filter(
      ({ room, target }) =>
        room in ROOMS && target !== null && target !== room && !ROOMS[room]?.includes(target),
    );
    expect(wrong).toEqual([]);
  });

  it("pure rooms import no I/O package", () => {
    const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    const wrong = imports.filter(
      ({ room, from, target }) =>
        room in PURE &&
        target === null &&
        !PURE_PACKAGES.has(from) &&
        (builtin.has(from) || !from.startsWith(".")),
    );
    expect(wrong).toEqual([]);
  });

  it("nothing imports the composition root", () => {
    expect(imports.filter(({ target }) => target === "main.js")).toEqual([]);
  });

  it("production rooms do not import the rehearsal", () => {
    const wrong = imports.filter(({ room, target }) => target === "rehearsal" && room !== "rehearsal");
    expect(wrong).toEqual([]);
  });
});
