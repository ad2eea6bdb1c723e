import type { Figures } from "./figures.js";

/** The figures as lines of `path  value`, for people. */
export function readable(figures: Figures): string {
  const lines = flat(figures, "");
  const width = Math.max(...lines.map(([path]) => path.length));
  return lines.map(([path, value]) => `${path.padEnd(width)}  ${value}\n`).join("");
}

function flat(figures: Figures, prefix: string): [string, string][] {
  return Object.entries(figures).flatMap(([name, value]): [string, string][] => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    if (typeof value !== "object") return [[path, String(value)]];
    return isList(value) ? [[path, value.join(" ")]] : flat(value, path);
  });
}

function isList(value: Figures | readonly number[]): value is readonly number[] {
  return Array.isArray(value);
}
