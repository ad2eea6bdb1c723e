import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Compiles a program of the tests (`test/…/program.ts`) and what it imports, so that a real Node process can run it and
 * be killed. Inside `node_modules`, where it finds the packages. Type errors are the type check's business, not this one's.
 */
export function compileProgram(source: string): { program: string; folder: string } {
  const parent = join(ROOT, "node_modules/.cache");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "test-program-"));
  const config = join(folder, "tsconfig.json");
  const outDir = join(folder, "out");
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { noEmit: false, noCheck: true, rootDir: ROOT, outDir },
      include: [],
      files: [join(ROOT, source)],
    }),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const run = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", config], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(`${source} does not compile:\n${run.stdout}${run.stderr}`);
  const generated = "src/mesos/proto/generated";
  cpSync(join(ROOT, generated), join(outDir, generated), { recursive: true });
  return { program: join(outDir, source.replace(/\.ts$/, ".js")), folder };
}
