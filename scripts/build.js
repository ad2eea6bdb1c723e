import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { copyBeside } from "./beside-code.js";

/**
 * Makes dist/: the programs and the packages that they load in a few files. Node starts them in little more than half of the time
 * that it takes for the files which packages are made of, and with less memory. `npm run check` looks at the types.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const src = join(root, "src");

const dist = join(root, "dist");

const PROGRAMS = {
  main: "src/main.ts",
  demo: "src/rehearsal/demo.ts",
  rehearsal: "src/rehearsal/rehearsal.ts",
  png: "src/timeline/png.ts",
};

/** Packages that find files of their own beside themselves: a database, compiled code. */
const FROM_NODE_MODULES = [/^@electric-sql\//, "msgpackr-extract"];

/** Code of ours that asks where it is gets the place that it would have if dist/ looked like src/: what lies beside it is there. */
const asInSrc = {
  name: "as-in-src",
  transform: {
    filter: { id: /\.ts$/, code: "import.meta.url" },
    handler(code, id) {
      const place = relative(src, id).replace(/\.ts$/, ".js");
      return code.replaceAll("import.meta.url", `new URL("./${place}", import.meta.url).href`);
    },
  },
};

/**
 * V8 keeps a text in two bytes a character as soon as one does not fit into one, so those that do not are written as escapes: in
 * strings, templates, patterns and names they mean the same, but not in templates that are read as they are written.
 */
function inOneByte(code) {
  if (/\bString\.raw`[^`]*[^\0-\x7f]/.test(code))
    throw new Error("dist/ was not made: a String.raw has a character beyond ASCII. Write it as a string.");
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

await rm(dist, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: PROGRAMS,
  platform: "node",
  external: FROM_NODE_MODULES,
  transform: { define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" } },
  plugins: [asInSrc],
});
// All in one folder, so that `asInSrc` is right wherever a module comes to lie. Names stay: they stand in logs.
const { output } = await bundle.generate({
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "shared-[hash].js",
  comments: false,
  keepNames: true,
});
await bundle.close();
await mkdir(dist);
for (const { fileName, code } of output) await writeFile(join(dist, fileName), inOneByte(code));
await copyBeside(dist);
