/** Text of a file (UTF-8). Throws what `node:fs` throws. */
export type ReadFile = (path: string) => string;

/**
 * The text of a file, or a clause on why it cannot be read.
 *
 * @param isShown whether the clause may repeat the path: not what stands in a file, where a slip may have put anything.
 */
export function tryRead(
  readFile: ReadFile,
  path: string,
  isShown = false,
): { readonly text: string } | { readonly wrong: string } {
  try {
    return { text: readFile(path) };
  } catch (error) {
    return { wrong: `names a file that cannot be read${isShown ? `: ${path}` : ""} (${reason(error)})` };
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return REASONS[code] ?? code;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
};
