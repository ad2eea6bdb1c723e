import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pngOf } from "../dist/png.js";

/** Makes docs/timeline.png from test/fixtures/timeline.svg, which test/timeline holds to the code. */

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const svg = await readFile(join(root, "test", "fixtures", "timeline.svg"), "utf8");

await writeFile(join(root, "docs", "timeline.png"), await pngOf(svg));
