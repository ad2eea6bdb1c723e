/** An error as a log line shows it. */
interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: unknown;
}

const DEEPEST = 5;

/**
 * The parts of an error that explain it. Errors of HTTP clients carry the whole request, headers with tokens included;
 * that is why nothing but these parts is kept.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && isCode(error.code) ? { code: error.code } : {};
  const stack = depth === 0 && error.stack !== undefined ? { stack: error.stack } : {};
  const next = depth < DEEPEST && error.cause !== undefined;
  const cause = next ? { cause: describeError(error.cause, depth + 1) } : {};
  return { type: error.name, message: error.message, ...code, ...stack, ...cause } satisfies ErrorDescription;
}

function isCode(code: unknown): code is string | number {
  return typeof code === "string" || typeof code === "number";
}
