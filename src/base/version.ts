import { existsSync, readFileSync } from "node:fs";

/** The version of this program, such as `0.1.0`, as package.json says it. */
export const VERSION = versionAbove(new URL(".", import.meta.url));

/** Of the nearest package.json that has one: compiled code lies as deep as it likes below it. */
function versionAbove(folder: URL): string {
  const manifest = new URL("package.json", folder);
  if (existsSync(manifest)) {
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version?: string };
    if (version !== undefined) return version;
  }
  const above = new URL("..", folder);
  if (above.href === folder.href)
    throw new Error("There is no package.json with a version above the program.");
  return versionAbove(above);
}
