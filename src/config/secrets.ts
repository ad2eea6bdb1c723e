import { isHideable } from "../base/known-secrets.js";
import { Secret } from "../base/secret.js";
import type { Config } from "./config.js";
import type { Env } from "./environment.js";
import { passwordIn } from "./url-login.js";

/** The variables that the clusters file names for secrets: what is read here is known as one. */
export class SecretVariables {
  readonly #env: Env;
  readonly #read = new Map<string, Secret>();

  constructor(env: Env) {
    this.#env = env;
  }

  /** What the variable holds, or `null` where it is not set or empty. */
  read(name: string): string | null {
    const text = this.#env[name] ?? "";
    if (text === "") return null;
    this.#read.set(name, new Secret(text));
    return text;
  }

  all(): readonly (readonly [variable: string, secret: Secret])[] {
    return [...this.#read];
  }
}

/** Names of the variables that hold a secret, or an address with a password, that cannot be hidden by its value. */
export function unhideable(
  variables: readonly (readonly [variable: string, value: unknown])[],
): readonly string[] {
  const names = variables.flatMap(([name, value]) => {
    const texts = value instanceof Secret ? [value.reveal(), ...passwordIn(value.reveal())] : [];
    return texts.every((text) => isHideable(text.trim())) ? [] : [name];
  });
  return [...new Set(names)];
}

/**
 * All secrets of a configuration, to be masked in what others print, each once: what is a `Secret` in it, what its variables
 * hold, and what is a secret by itself inside of these.
 *
 * @param variables what was read from variables, in whatever shape.
 */
export function secretsOf(
  { slack, store, clusters }: Pick<Config, "slack" | "store" | "clusters">,
  variables: unknown,
): readonly Secret[] {
  const texts = secretsIn([slack, store, clusters, variables]).map((secret) => secret.reveal());
  const parts = [
    ...texts.flatMap(passwordIn),
    ...clusters.flatMap(({ zooKeeper }) => (zooKeeper?.auth ? [afterUser(zooKeeper.auth)] : [])),
  ];
  return [...new Set([...texts, ...parts])].filter((text) => text !== "").map((text) => new Secret(text));
}

function secretsIn(value: unknown): Secret[] {
  if (value instanceof Secret) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

/** The secret of `user:secret`. */
function afterUser(login: Secret): string {
  const text = login.reveal();
  return text.slice(text.indexOf(":") + 1);
}
