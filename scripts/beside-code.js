import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SRC = join(dirname(fileURLToPath(import.meta.url)), "..", "src");

/** What is neither TypeScript nor imported, but found beside the code that uses it; each with a file that cannot be done without. */
const BESIDE = [
  // The thread that draws pictures, and their fonts.
  { folder: join("timeline", "png"), file: "png-worker.js" },
  // The thread that reads YAML inventories.
  { folder: join("hosts", "yaml"), file: "yaml-events.js" },
  { folder: join("engine", "cluster", "inventory"), file: "yaml-thread.js" },
];

/** The generated protobuf code, which is imported, but `tsc` needs it for types alone. */
const GENERATED = { folder: join("mesos", "proto", "generated"), file: "mesos.js" };

async function copied(into, folders) {
  const filter = (path) => !path.endsWith(".ts");
  for (const { folder, file } of folders) {
    await cp(join(SRC, folder), join(into, folder), { recursive: true, filter });
    await readFile(join(into, folder, file));
  }
}

/** Copies what lies beside the code into a folder that stands for src. */
export async function copyBeside(into) {
  await copied(into, BESIDE);
}

/** The same where `tsc` emitted src to. */
export async function copyBesideEmitted(into) {
  await copied(into, [...BESIDE, GENERATED]);
}
