import { isAbsolute, join } from "node:path";
import type { z } from "zod";
import { Secret } from "../base/secret.js";
import { certificatesIn } from "./certificates.js";
import { clusterSchema, type SomeClusterSettings, someClusterSettings } from "./cluster-schema.js";
import type { ClusterSource } from "./cluster-source.js";
import type { ClusterConfig, MarathonConfig, Role } from "./config.js";
import type { Checked, Problem } from "./config-error.js";
import { issueProblems, problemAt } from "./issue-problems.js";
import { clusterPolicy, nameOf } from "./policy.js";
import { type ReadFile, tryRead } from "./read-file.js";
import { runbooksOf, termsOf } from "./runbook.js";
import type { SecretVariables } from "./secrets.js";

/** What a cluster is made from beside its settings. */
export interface Surroundings {
  readonly role: Role;
  readonly secrets: SecretVariables;
  readonly readFile: ReadFile;
}

/**
 * A cluster with its secret, certificates and defaults in place. A bot never calls a master, so for that role neither
 * the secret nor the files need to exist, and none are kept.
 */
export function checkCluster(source: ClusterSource, around: Surroundings): Checked<ClusterConfig> {
  const checked = clusterSchema.safeParse(source.settings);
  const problems: Problem[] = checked.success ? [] : [...issueProblems(checked.error, source.places)];
  const settings = checked.success ? checked.data : usable(source.settings, checked.error);
  const refuse: Refuse = (path, what) => {
    problems.push(problemAt(source.places, path, what));
  };
  const inventoryFile = settings.inventory === undefined ? null : within(source.folder, settings.inventory);
  const callsMasters = around.role !== "bot";
  const credentials = callsMasters ? credentialsOf(settings, around.secrets, refuse) : null;
  const ca = callsMasters ? certificatesOf(settings, source.folder, around.readFile, refuse) : null;
  const zooKeeperAuth = callsMasters ? zooKeeperAuthOf(settings, around.secrets, refuse) : null;
  const marathons = callsMasters ? marathonsOf(settings, around, source.folder, refuse) : [];
  if (callsMasters && inventoryFile !== null) {
    const inventory = tryRead(around.readFile, inventoryFile);
    if ("wrong" in inventory) refuse(["inventory"], inventory.wrong);
  }
  if (callsMasters) checkRunbookSecrets(settings, around.secrets, refuse);
  if (!checked.success || problems.length > 0) return { ok: false, problems };
  const { masters, channel = null, default_duration, max_duration } = checked.data;
  const isListed = Array.isArray(masters);
  const runbooks = runbooksOf(checked.data.runbooks ?? {}, source.folder);
  return {
    ok: true,
    value: {
      name: source.name,
      masters: isListed ? masters : [],
      zooKeeper: isListed
        ? null
        : {
            servers: masters.servers,
            path: masters.path,
            auth: zooKeeperAuth,
            scheme: checked.data.zookeeper?.scheme ?? "http",
            allowed: checked.data.masters_allowed,
          },
      credentials,
      ca,
      channel,
      broadcast: checked.data.broadcast,
      tickets: checked.data.tickets ?? null,
      marathons,
      inventoryFile,
      defaultDurationMs: default_duration,
      maxDurationMs: max_duration,
      policy: { ...clusterPolicy(checked.data), runbooks: runbooks.map(termsOf) },
      runbooks,
    },
  };
}

/** The settings that are right, so that their files and variables are looked for although others are wrong. */
function usable(settings: unknown, error: z.ZodError): SomeClusterSettings {
  const wrong = new Set(error.issues.map((issue) => issue.path[0]));
  if (typeof settings !== "object" || settings === null) return {};
  const rest = Object.fromEntries(Object.entries(settings).filter(([key]) => !wrong.has(key)));
  return someClusterSettings.safeParse(rest).data ?? {};
}

type Refuse = (path: readonly PropertyKey[], what: string) => void;

function credentialsOf(
  settings: SomeClusterSettings,
  secrets: SecretVariables,
  refuse: Refuse,
): ClusterConfig["credentials"] {
  if (settings.credentials === undefined) return null;
  const { principal, secret_env } = settings.credentials;
  const secret = secrets.read(secret_env)?.trim() ?? "";
  if (secret !== "") return { principal, secret: new Secret(secret) };
  // The name is not repeated: somebody may have put the secret itself there.
  refuse(["credentials", "secret_env"], "names an environment variable that is not set");
  return null;
}

function zooKeeperAuthOf(
  { masters, zookeeper }: SomeClusterSettings,
  secrets: SecretVariables,
  refuse: Refuse,
): Secret | null {
  if (zookeeper?.auth_env === undefined)
    return masters === undefined || Array.isArray(masters) ? null : masters.auth;
  const auth = secrets.read(zookeeper.auth_env)?.trim() ?? "";
  if (/^[^:]+:./.test(auth)) return new Secret(auth);
  const what =
    auth === ""
      ? "names an environment variable that is not set"
      : "names an environment variable that does not hold user:secret";
  refuse(["zookeeper", "auth_env"], what);
  return null;
}

function checkRunbookSecrets(
  { runbooks = {} }: SomeClusterSettings,
  secrets: SecretVariables,
  refuse: Refuse,
): void {
  for (const [name, { secret_env }] of Object.entries(runbooks)) {
    for (const [index, variable] of secret_env.entries()) {
      if (secrets.read(variable) !== null) continue;
      refuse(["runbooks", name, "secret_env", index], "names an environment variable that is not set");
    }
  }
}

function certificatesOf(
  settings: SomeClusterSettings,
  folder: string,
  readFile: ReadFile,
  refuse: Refuse,
): string | null {
  if (settings.tls === undefined) return null;
  const path = ["tls", "ca_file"];
  const { masters, zookeeper } = settings;
  if (Array.isArray(masters) && masters.every((master) => !master.startsWith("https:"))) {
    refuse(path, "has no effect: none of the masters' URLs begins with https://");
    return null;
  }
  if (masters !== undefined && !Array.isArray(masters) && zookeeper?.scheme !== "https") {
    refuse(path, "has no effect: zookeeper.scheme is not https");
    return null;
  }
  return certificatesIn(within(folder, settings.tls.ca_file), readFile, (what) => refuse(path, what));
}

/** The Marathons that entries of `frameworks` tell how to reach. */
function marathonsOf(
  { frameworks = [] }: SomeClusterSettings,
  { secrets, readFile }: Surroundings,
  folder: string,
  refuse: Refuse,
): readonly MarathonConfig[] {
  return frameworks.flatMap((said, index) => {
    if (said.marathon === undefined) return [];
    const { url, user, password_env, token_env, ca_file } = said.marathon;
    const at = (key: string) => ["frameworks", index, "marathon", key];
    const secretIn = (key: string, name: string | undefined): string | null => {
      const secret = name === undefined ? null : (secrets.read(name)?.trim() ?? "");
      if (secret === "") refuse(at(key), "names an environment variable that is not set");
      return secret === "" ? null : secret;
    };
    const password = secretIn("password_env", password_env);
    const token = secretIn("token_env", token_env);
    const ca =
      ca_file === undefined
        ? null
        : certificatesIn(within(folder, ca_file), readFile, (what) => refuse(at("ca_file"), what));
    const login = password === null ? null : Buffer.from(`${user}:${password}`, "utf8").toString("base64");
    const header = login === null ? (token === null ? null : `token=${token}`) : `Basic ${login}`;
    return [{ ...nameOf(said), url, authorization: header === null ? null : new Secret(header), ca }];
  });
}

/** A path of the clusters file is relative to that file. */
function within(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
