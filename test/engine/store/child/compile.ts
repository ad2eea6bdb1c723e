import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../../..");

/**
 * Compiles the program of this folder and what it imports, so that a real Node process can run it and be killed. Inside
 * `node_modules`, where it finds the packages. Type errors are the type check's business, not this one's.
 */
export function compileChild(): { program: string; folder: string } {
  const parent = join(ROOT, "node_modules/.cache");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "store-child-"));
  const config = join(folder, "tsconfig.json");
  const outDir = join(folder, "out");
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { noEmit: false, noCheck: true, rootDir: ROOT, outDir },
      include: [],
      files: [join(ROOT, "test/engine/store/child/program.ts")],
    }),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const run = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", config], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`the child program does not compile:\n${run.stdout}${run.stderr}`);
  return { program: join(outDir, "test/engine/store/child/program.js"), folder };
}
