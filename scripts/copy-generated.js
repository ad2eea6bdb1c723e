import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Copies what `tsc` needs for types but does not emit, the generated protobuf code, into the folder that it emitted
 * src to: dist/, or the folder that is named.
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const generated = join("mesos", "proto", "generated");

const target = join(root, process.argv[2] ?? "dist", generated);

await cp(join(root, "src", generated), target, { recursive: true });
await readFile(join(target, "mesos.js"));
