import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawTimeline } from "../../src/timeline/draw.js";
import { pngOf } from "../../src/timeline/png.js";
import { isDrawable } from "../../src/timeline/text.js";
import { EXAMPLE, READER } from "./example.js";

test("a picture is a PNG of twice the size of its SVG", async () => {
  const svg = drawTimeline(EXAMPLE, READER);
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const png = Buffer.from(await pngOf(svg));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
});

test("words are drawn in the font that comes along", async () => {
  const line = (words: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="20" font-family="Roboto Mono"><text y="15">${words}</text></svg>`;
  const [some, none] = await Promise.all([pngOf(line("web-01")), pngOf(line(""))]);
  expect(some.length).toBeGreaterThan(none.length);
});

test("what is no SVG is refused, and ends the thread alone", async () => {
  await expect(pngOf("no picture")).rejects.toThrow();
});

/** Code points that a TrueType font has glyphs for: its `cmap` table of format 4 (OpenType specification). */
function glyphsOf(font: Buffer): Set<number> {
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, at) => 12 + at * 16);
  const cmap = tables.find((at) => font.toString("latin1", at, at + 4) === "cmap") ?? 0;
  const start = font.readUInt32BE(cmap + 8);
  const encodings = Array.from({ length: font.readUInt16BE(start + 2) }, (_, at) => {
    return start + font.readUInt32BE(start + 4 + at * 8 + 4);
  });
  const table = encodings.find((at) => font.readUInt16BE(at) === 4) ?? 0;
  const segments = font.readUInt16BE(table + 6) / 2;
  const glyphs = new Set<number>();
  for (let at = 0; at < segments; at++) {
    const end = font.readUInt16BE(table + 14 + at * 2);
    const first = font.readUInt16BE(table + 16 + segments * 2 + at * 2);
    for (let code = first; code <= end && code !== 0xffff; code++) glyphs.add(code);
  }
  return glyphs;
}

test.each(["Regular", "SemiBold"])("what counts as drawable, %s has a glyph for", (weight) => {
  const glyphs = glyphsOf(readFileSync(`src/timeline/png/RobotoMono-${weight}.ttf`));
  const missing: string[] = [];
  for (let code = 0x20; code < 0x3000; code++) {
    const char = String.fromCodePoint(code);
    if (isDrawable(char) && char === char.normalize("NFC") && !glyphs.has(code))
      missing.push(code.toString(16));
  }
  expect(missing).toEqual([]);
});
