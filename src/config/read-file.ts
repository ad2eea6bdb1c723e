/** Text of a file (UTF-8). Throws what `node:fs` throws. */
export type ReadFile = (path: string) => string;

/** The text of a file, or a clause on why it cannot be read. */
export function tryRead(
  readFile: ReadFile,
  path: string,
): { readonly text: string } | { readonly wrong: string } {
  try {
    return { text: readFile(path) };
  } catch (error) {
    return { wrong: `names a file that cannot be read: ${path} (${reason(error)})` };
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
