/** Copies into dist/ what `tsc` needs for types but does not emit: the generated protobuf code. */
import { cp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const generated = join("mesos", "proto", "generated");
const target = join(root, "dist", generated);

await cp(join(root, "src", generated), target, { recursive: true });
await readFile(join(target, "mesos.js"));
