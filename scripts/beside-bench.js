import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { copyBesideEmitted } from "./beside-code.js";

/** `tsc` has made dist-bench/ of the bench and of what it imports; this adds what `tsc` does not emit. */
await copyBesideEmitted(join(dirname(fileURLToPath(import.meta.url)), "..", "dist-bench", "src"));
