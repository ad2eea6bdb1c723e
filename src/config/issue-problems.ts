import type { z } from "zod";
import { nearest } from "../hosts/nearest.js";
import type { Problem } from "./config-error.js";

/** Where a setting stands and how to write it, for the problems of one source (the environment, or a cluster). */
export interface Places {
  /** `isNamed`: whether the last step is shown, and not only the line that it stands on. @defaultValue true */
  where(path: readonly PropertyKey[], isNamed?: boolean): string;
  example(path: readonly PropertyKey[]): string;
  /** Keys that may stand at a path. */
  keys(path: readonly PropertyKey[]): readonly string[];
}

/** What is wrong at a path, with the place and an example. */
export function problemAt(places: Places, path: readonly PropertyKey[], what: string): Problem {
  return { where: places.where(path), what, example: places.example(path) };
}

/**
 * The problems behind a failed check; each unknown key is one, with the key that was probably meant. One that is near to
 * no key of ours is not shown: where a colon is missing or too many, it may be a secret.
 */
export function issueProblems(error: z.ZodError, places: Places): readonly Problem[] {
  return error.issues.flatMap(ofTheKindMeant).flatMap((issue): readonly Problem[] => {
    if (issue.code !== "unrecognized_keys") return [problemAt(places, issue.path, issue.message)];
    const known = places.keys(issue.path);
    return issue.keys.map((key) => {
      const { isNear, what, example } = unknownKey(key, known, (name) =>
        places.example([...issue.path, name]),
      );
      const isNamed = isNear && NAME.test(key);
      const where = places.where([...issue.path, key], isNamed);
      return { where, what: isNamed ? what : `has a key that ${what}`, example };
    });
  });
}

/** Where a setting takes several kinds, what is wrong with the kind that was written, and not that it is none of them. */
function ofTheKindMeant(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const isOther = ({ code, path }: z.core.$ZodIssue) => code === "invalid_type" && path.length === 0;
  const meant = issue.errors.find((issues) => !issues.some(isOther)) ?? [];
  return meant.length === 0
    ? [issue]
    : meant.map((one) => ({ ...one, path: [...issue.path, ...one.path] })).flatMap(ofTheKindMeant);
}

/** The names of settings, clusters and runbooks look like this; anything else may be anything. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** A path as it is shown, such as `prod.masters[0]`: as far as its steps are names or numbers. */
export function shownPath(path: readonly PropertyKey[], isNamed = true): string {
  const asked = isNamed ? path : path.slice(0, -1);
  const odd = asked.findIndex((step) => typeof step !== "number" && !NAME.test(String(step)));
  const shown = odd < 0 ? asked : asked.slice(0, odd);
  return shown
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .slice(1);
}

function unknownKey(key: string, known: readonly string[], exampleOf: (key: string) => string) {
  const own = /^(secret|password|token)$/i.test(key) ? [`${key.toLowerCase()}_env`, "secret_env"] : [];
  const variable = own.find((name) => known.includes(name));
  if (variable !== undefined) {
    const what = `does not belong in a file: put the secret in an environment variable and name that in ${variable}`;
    return { isNear: true, what, example: exampleOf(variable) };
  }
  const meant = nearest(key, known, { limit: 1 })[0];
  return meant === undefined
    ? {
        isNear: false,
        what: `is not a setting; there are: ${known.join(", ")}`,
        example: exampleOf(known[0] ?? ""),
      }
    : { isNear: true, what: `is not a setting: did you mean ${meant}?`, example: exampleOf(meant) };
}
