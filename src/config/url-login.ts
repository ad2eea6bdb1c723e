/** User and password of a URL, decoded; `null` where it has none. */
export interface UrlLogin {
  readonly username: string | null;
  readonly password: string | null;
}

/** What would be read differently by one program and the other, and so has to be written with a %. */
const HAS_TO_BE_ENCODED = /[/?#@[\]\\]/;

/**
 * What follows `scheme://`, as login and the rest. The last `@` ends user and password, whatever stands in them, so that no
 * part of a password is taken for a host, and what is wrong is told of the right part. The clauses go on from the name of a
 * setting, and repeat nothing.
 */
export function splitLogin(
  text: string,
): (UrlLogin & { readonly rest: string }) | { readonly wrong: string } {
  const at = text.lastIndexOf("@");
  const login = at < 0 ? "" : text.slice(0, at);
  if (HAS_TO_BE_ENCODED.test(login)) {
    const wrong =
      "has a letter in its user or password that has to be written with a %: / is %2F, ? is %3F, # is %23, @ is %40, [ is %5B, ] is %5D, \\ is %5C";
    return { wrong };
  }
  const [, user = "", secret = ""] = /^([^:]*):?(.*)$/s.exec(login) ?? [];
  const [username, password] = [decoded(user), decoded(secret)];
  if (username === null || password === null) {
    return { wrong: "has a % in its user or password that stands for nothing: write it as %25" };
  }
  return {
    username: username === "" ? null : username,
    password: password === "" ? null : password,
    rest: text.slice(at + 1),
  };
}

/** The password of a URL as it stands there and as it is, or nothing for what is no URL with a password. */
export function passwordIn(url: string): readonly string[] {
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^:]*:(.*)@/is.exec(url)?.[1] ?? "";
  return written === "" ? [] : [written, decoded(written) ?? written];
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
