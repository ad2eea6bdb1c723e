import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Copies what `tsc` does not emit into the folder that it emitted src to: dist/, or the folder that is named.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const target = join(root, process.argv[2] ?? "dist");

/** Each with a file that the bot cannot do without. */
const folders = [
  // The generated protobuf code, which `tsc` needs for types alone.
  { folder: join("mesos", "proto", "generated"), file: "mesos.js" },
  // The thread that draws pictures, and their fonts.
  { folder: join("timeline", "png"), file: "png-worker.js" },
  // The thread that reads YAML inventories.
  { folder: join("hosts", "yaml"), file: "yaml-events.js" },
  { folder: join("engine", "cluster", "inventory"), file: "yaml-thread.js" },
];

for (const { folder, file } of folders) {
  const filter = (path) => !path.endsWith(".ts");
  await cp(join(root, "src", folder), join(target, folder), { recursive: true, filter });
  await readFile(join(target, folder, file));
}
