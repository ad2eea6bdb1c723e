/**
 * What the system, Node or undici report by a code, as a clause that ends a sentence. Their own texts are for who writes
 * programs (`listen EADDRINUSE: address already in use :::3000`).
 */
const BY_CODE: Readonly<Record<string, string>> = {
  EADDRINUSE: "something else listens there",
  EADDRNOTAVAIL: "this machine does not have that address",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOENT: "it is not there",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EEXIST: "it is there already",
  ENOTEMPTY: "the folder is not empty",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links go round in a circle",
  EXDEV: "it is on another disk",
  EROFS: "the disk takes no writes",
  ENOSPC: "no room is left on the disk",
  EDQUOT: "no room is left on the disk for this user",
  EFBIG: "the file would be too large",
  EIO: "the disk does not work",
  EBUSY: "something else uses it",
  ETXTBSY: "something else uses it",
  EMFILE: "this process has too many files and connections open",
  ENFILE: "this machine has too many files and connections open",
  ENOMEM: "there is not enough memory",
  ENOBUFS: "there is not enough memory for connections",
  EAGAIN: "the machine has nothing left for it at the moment",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection broke",
  ECONNABORTED: "the connection broke",
  EPIPE: "the connection broke",
  UND_ERR_SOCKET: "the connection broke",
  UND_ERR_ABORTED: "it was given up",
  ABORT_ERR: "it was given up",
  UND_ERR_DESTROYED: "the connection was closed on this side",
  UND_ERR_CLOSED: "the connection was closed on this side",
  ETIMEDOUT: "no answer came in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection came about in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer came in time",
  UND_ERR_BODY_TIMEOUT: "the answer did not come whole in time",
  UND_ERR_HEADERS_OVERFLOW: "the head of the answer was too large",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: "the answer was too large",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer did not come whole",
  UND_ERR_PRX_TLS: "the proxy's TLS did not come about",
  EHOSTUNREACH: "there is no way there",
  EHOSTDOWN: "there is no way there",
  ENETUNREACH: "there is no way there",
  ENETDOWN: "this machine has no network",
  ENOTFOUND: "that host name is unknown",
  EAI_AGAIN: "host names cannot be looked up at the moment",
  EAI_FAIL: "host names cannot be looked up",
  EAI_NONAME: "that host name is unknown",
  EINVAL: "the system does not take such a name or address",
  EPROTO: "the two sides do not speak the same protocol",
};

/** Whole families of codes that say the same to a person. */
const BY_FAMILY: readonly (readonly [RegExp, string])[] = [
  [/^HPE_/, "what answers does not speak HTTP"],
  [/^ERR_SSL_/, "TLS did not come about"],
  [
    /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/,
    "its certificate is not trusted",
  ],
];

/** A code is one word in capitals; anything else may be a sentence of a library. */
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;

const UNKNOWN = "for a reason that the bot does not know";

/**
 * Why something failed, as a clause that a sentence goes on with and without a full stop: `something else listens there
 * (EADDRINUSE)`. The one place where an error of the system or of a library becomes words for people: it says nothing of the
 * error's own text, which may hold a stack, JSON or a secret: that is for the log.
 */
export function inWords(error: unknown): string {
  const codes = codesOf(error);
  for (const code of codes) {
    const words = BY_CODE[code] ?? BY_FAMILY.find(([family]) => family.test(code))?.[1];
    if (words !== undefined) return `${words} (${code})`;
  }
  const [code] = codes;
  return code === undefined ? UNKNOWN : `${UNKNOWN} (${code})`;
}

const DEEPEST = 5;

/** The codes of an error and of what caused it, the outermost first. */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== "object" || error === null || depth > DEEPEST) return [];
  const { code, name, cause, errors } = error as Record<string, unknown>;
  const own = typeof code === "string" && CODE.test(code) ? [code] : [];
  // What a time limit aborts with has no code of its own.
  const timed = name === "TimeoutError" ? ["ETIMEDOUT"] : [];
  const inner = Array.isArray(errors) ? errors.flatMap((one: unknown) => codesOf(one, depth + 1)) : [];
  return [...own, ...timed, ...inner, ...codesOf(cause, depth + 1)];
}
