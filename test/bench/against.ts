import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Effort, type Figures, progress } from "./figures.js";

const run = promisify(execFile);

/** Another version of the program, built in a folder of its own. */
interface OtherVersion {
  /** Its `main.js`. */
  readonly main: string;
  dispose(): Promise<void>;
}

/**
 * Builds the version of a commit of this repository. Its packages are ours where it wants the same, else they are installed.
 * Throws an Error that says what could not be done.
 */
export async function versionOf(commit: string): Promise<OtherVersion> {
  const folder = await mkdtemp(join(tmpdir(), "mmb-bench-against-"));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const inFolder = { cwd: folder };
  try {
    progress(`against: building ${commit} in ${folder}`);
    const archive = join(folder, "version.tar");
    await run("git", ["archive", "--format=tar", "-o", archive, commit]);
    await run("tar", ["-xf", archive], inFolder);
    const locks = [resolve("package-lock.json"), join(folder, "package-lock.json")];
    const [ours, theirs] = await Promise.all(locks.map((path) => readFile(path, "utf8")));
    if (ours === theirs) await symlink(resolve("node_modules"), join(folder, "node_modules"));
    else await run("npm", ["ci", "--no-audit", "--no-fund"], inFolder);
    await run("npm", ["run", "--silent", "build"], inFolder);
  } catch (error) {
    await dispose();
    throw new Error(`The version of ${commit} could not be built, so nothing was measured.`, {
      cause: error,
    });
  }
  await writeFile(join(folder, "bench-main.js"), START);
  return { main: join(folder, "bench-main.js"), dispose };
}

/**
 * Starts that version. Older ones do not know an option and a setting of clusters that the bench gives to ours, and have neither a
 * limit of open maintenances nor an `.env` to leave out.
 */
const START = `
import { readFileSync, writeFileSync } from "node:fs";
const isOlder = !readFileSync(new URL("src/config/command-line.ts", import.meta.url), "utf8").includes("no-env-file");
if (isOlder) {
  process.argv = process.argv.filter((word) => word !== "--no-env-file");
  const { CLUSTERS_FILE: given } = process.env;
  if (given !== undefined) {
    const lines = readFileSync(given, "utf8").split("\\n");
    process.env.CLUSTERS_FILE = given + ".older.yaml";
    writeFileSync(process.env.CLUSTERS_FILE, lines.filter((line) => !line.includes("max_open_per_person")).join("\\n"));
  }
}
await import("./dist/main.js");
`;

/** The figures of our build, and beside them, as `against`, those of the other version if there is one. */
export async function besideTheOther<T extends Figures>(
  { against }: Effort,
  measure: (main?: string) => Promise<T>,
): Promise<T & { readonly against?: Figures }> {
  const ours = await measure();
  if (against === null) return ours;
  progress("the same with the other version");
  try {
    return { ...ours, against: await measure(against) };
  } catch (error) {
    // It may not know a setting or a command of today; ours are measured all the same.
    const failed = error instanceof Error ? error.message : String(error);
    progress(`against: ${failed}`);
    return { ...ours, against: { failed } };
  }
}
