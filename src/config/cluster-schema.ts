import { z } from "zod";
import { BROADCASTS } from "../maintenance/show/telling.js";
import { hostOrNetwork, masterUrl, zooKeeperAddress } from "./addresses.js";
import { channelId, duration, line, oneOf, principal, ticketAddress, variableName } from "./fields.js";
import { type Contradiction, contradictions } from "./policy.js";
import { policySettings } from "./policy-schema.js";
import { runbooks } from "./runbook-schema.js";

const credentials = z
  .strictObject(
    {
      principal: principal.meta({
        description: "Principal to log in with (HTTP basic).",
        example: "maintenance-bot",
      }),
      secret_env: variableName.meta({
        description: "Name of the environment variable that holds the secret; never the secret itself.",
        example: "PROD_MESOS_SECRET",
      }),
    },
    { error: "is not a map with principal and secret_env" },
  )
  .optional()
  .meta({
    description: "What to log in to the masters with. Left out: no login.",
    example: "{ principal: maintenance-bot, secret_env: PROD_MESOS_SECRET }",
  });

const zookeeper = z
  .strictObject(
    {
      auth_env: variableName.optional().meta({
        description:
          "Name of the environment variable that holds the login, `user:secret`, where it does not stand in the `zk://` line.",
        example: "PROD_ZOOKEEPER_AUTH",
      }),
      scheme: oneOf(["http", "https"]).prefault("http").meta({
        description: "How the masters are called that ZooKeeper names; it does not say that.",
        example: "https",
      }),
    },
    { error: "is not a map with auth_env and scheme" },
  )
  .optional()
  .meta({
    description: "More on the ZooKeeper of `masters: zk://…`.",
    example: "{ auth_env: PROD_ZOOKEEPER_AUTH, scheme: https }",
  });

const tls = z
  .strictObject(
    {
      ca_file: line.meta({
        description: "PEM file of the certificates to trust for `https://` masters. Left out: the system's.",
        example: "ca/mesos.pem",
      }),
    },
    { error: "is not a map with ca_file" },
  )
  .optional()
  .meta({ description: "TLS towards the masters.", example: "{ ca_file: ca/mesos.pem }" });

/** The settings of one cluster, keys as they are written in the clusters file. */
const clusterSettings = z.strictObject(
  {
    masters: z
      .union(
        [
          zooKeeperAddress,
          z
            .array(masterUrl, { error: "has to be a list of URLs, one for each master" })
            .min(1, "lists no master"),
        ],
        { error: "has to be a list of URLs, one for each master, or a ZooKeeper address" },
      )
      .meta({
        description:
          "URLs of all masters, `http://` or `https://`; plain `host:port` means http, plain `host` port 5050 (with a scheme, the scheme's own port). The leader is found among them. Or the line that the agents have: `zk://host1:2181,host2:2181/mesos`, which names the leader.",
        example: "[http://10.0.0.1:5050, http://10.0.0.2:5050]",
      }),
    zookeeper,
    masters_allowed: z
      .array(hostOrNetwork, { error: "has to be a list of names and networks" })
      .prefault([])
      .meta({
        description:
          "Names, IPs and networks of the masters that ZooKeeper may name. Required with `credentials`: without it whoever can write in ZooKeeper decides where these go. Empty: any.",
        example: "[10.0.0.0/24, mesos-1.example.com]",
      }),
    credentials,
    tls,
    channel: channelId.optional().meta({
      description:
        "Id of the Slack channel that maintenances of this cluster are shown in. A command typed there means this cluster, unless several clusters share the channel.",
      example: "C0123456789",
    }),
    broadcast: z
      .array(oneOf(BROADCASTS), { error: `has to be a list of ${BROADCASTS.join(", ")}` })
      .prefault([...BROADCASTS])
      .meta({
        description: `What is shown in the channel as well as in the thread of a maintenance: any of ${BROADCASTS.map((one) => `\`${one}\``).join(", ")}. \`[]\`: nothing.`,
        example: "[question, trouble]",
      }),
    tickets: ticketAddress.optional().meta({
      description:
        "Address of a ticket, with `{id}` in place of what `--ticket` names: the card then links it.",
      example: "https://tickets.example.com/browse/{id}",
    }),
    inventory: line.optional().meta({
      description:
        "Ansible inventory (INI or YAML, by the ending of its name) whose groups can be used in host patterns (docs/hosts.md).",
      example: "inventory/prod.ini",
    }),
    default_duration: duration()
      .prefault("2h")
      .meta({ description: "Length of a window when `/mesos drain` names none.", example: "2h" }),
    max_duration: duration()
      .prefault("7d")
      .meta({ description: "The longest window that may be asked for.", example: "7d" }),
    ...policySettings,
    runbooks,
  },
  { error: "is not a map of settings" },
);

/** One cluster of the clusters file. The descriptions are the documentation: its table is rendered from them. */
export const clusterSchema = clusterSettings.superRefine((cluster, context) => {
  const found = [...contradictions(cluster), ...aboutZooKeeper(cluster)];
  if (cluster.default_duration > cluster.max_duration) {
    found.unshift({ path: ["default_duration"], what: "is longer than max_duration" });
  }
  for (const { path, what } of found) context.addIssue({ code: "custom", path: [...path], message: what });
});

function aboutZooKeeper(cluster: z.output<typeof clusterSettings>): readonly Contradiction[] {
  const { masters, zookeeper: more, masters_allowed: allowed, credentials: login } = cluster;
  if (Array.isArray(masters)) {
    const what = "has no effect: masters is a list and not a ZooKeeper address";
    const idle = [more === undefined ? null : "zookeeper", allowed.length === 0 ? null : "masters_allowed"];
    return idle.flatMap((key) => (key === null ? [] : [{ path: [key], what }]));
  }
  const found: Contradiction[] = [];
  if (login !== undefined && allowed.length === 0) {
    const what =
      "is required with credentials: whoever can write in ZooKeeper would decide where they are sent";
    found.push({ path: ["masters_allowed"], what });
  }
  if (masters.auth !== null && more?.auth_env !== undefined) {
    found.push({
      path: ["zookeeper", "auth_env"],
      what: "is a second login: there is one in masters already",
    });
  }
  return found;
}

/** Those settings of a cluster that are right, while others are wrong or missing. */
export const someClusterSettings = clusterSettings.partial().strip();

export type SomeClusterSettings = z.output<typeof someClusterSettings>;

/** The file as a whole. Clusters are checked one by one, so that a mistake in one does not hide those in another. */
export const clustersFileSchema = z.strictObject(
  {
    clusters: z.record(z.string(), z.unknown(), {
      error: "is missing or not a map of cluster names to settings",
    }),
  },
  { error: "has to be a map that begins with `clusters:`" },
);
