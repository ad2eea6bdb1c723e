import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "..", "fixtures", "protobuf");

/** Names of the moments that a real master was asked about twice, in protobuf and in JSON. */
export const RECORDED = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".pb") && !name.includes(".recordio."))
  .map((name) => name.slice(0, -".pb".length));

/** A file of test/fixtures/protobuf, byte for byte. */
export function recorded(file: string): Buffer {
  return readFileSync(join(FOLDER, file));
}

/** JSON whose nanoseconds are kept as decimal strings instead of being rounded. */
export function parseExactly(json: string): unknown {
  return JSON.parse(json.replace(/("nanoseconds":)(-?\d+)/g, '$1"$2"'));
}
