import { clusterSchema } from "./cluster-schema.js";
import { assignment, type EnvironmentReader } from "./environment.js";
import { type Places, shownPath } from "./issue-problems.js";
import { fieldAt, keysAt } from "./schema-walk.js";
import type { YamlSource } from "./yaml-source.js";

/** One cluster before it is checked: its settings with the keys of the clusters file, from wherever they came. */
export interface ClusterSource {
  readonly name: string;
  readonly settings: unknown;
  readonly places: Places;
  /** Folder that relative paths start from; empty is the working directory. */
  readonly folder: string;
}

/** A cluster of the clusters file. */
export function clusterOfFile(
  name: string,
  settings: unknown,
  yaml: YamlSource,
  file: { readonly base: string; readonly folder: string },
): ClusterSource {
  const places: Places = {
    where: (path, isNamed) => {
      const line = yaml.lineOf(["clusters", name, ...path]);
      return `${file.base}:${line} ${shownPath([name, ...path], isNamed)}`.trimEnd();
    },
    example: (path) => exampleAt(path),
    keys: (path) => keysAt(clusterSchema, path),
  };
  return { name, settings, places, folder: file.folder };
}

/** The one cluster that the environment describes. Its settings go through the same schema as those of a file. */
export function clusterOfEnvironment(env: EnvironmentReader): ClusterSource {
  const { MESOS_CLUSTER, MESOS_MASTERS, MESOS_MASTERS_ALLOWED, MESOS_PRINCIPAL, MESOS_SECRET } = env.values;
  const { SLACK_CHANNEL, APPROVERS } = env.values;
  const settings = {
    masters: MESOS_MASTERS,
    masters_allowed: MESOS_MASTERS_ALLOWED,
    credentials:
      MESOS_PRINCIPAL === undefined || MESOS_SECRET === undefined
        ? undefined
        : { principal: MESOS_PRINCIPAL, secret_env: "MESOS_SECRET" },
    channel: SLACK_CHANNEL,
    approvers: APPROVERS,
  };
  const places: Places = {
    where: (path) =>
      typeof path[1] === "number" ? `${variableAt(path)} (item ${path[1] + 1})` : variableAt(path),
    example: (path) => assignment(variableAt(path)),
    keys: () => [],
  };
  return { name: MESOS_CLUSTER ?? "default", settings, places, folder: "" };
}

function variableAt([key, inner]: readonly PropertyKey[]): string {
  if (key === "credentials") return inner === "principal" ? "MESOS_PRINCIPAL" : "MESOS_SECRET";
  if (key === "approvers") return "APPROVERS";
  if (key === "masters_allowed") return "MESOS_MASTERS_ALLOWED";
  return key === "channel" ? "SLACK_CHANNEL" : "MESOS_MASTERS";
}

/** `key: example` of the setting at a path, or of the one that holds it. */
function exampleAt(path: readonly PropertyKey[]): string {
  const { field, key } = fieldAt(clusterSchema, path);
  if (key === null) return "masters: [http://10.0.0.1:5050]";
  const example = field.meta()?.example;
  return example === undefined ? "" : `${key}: ${String(example)}`;
}
