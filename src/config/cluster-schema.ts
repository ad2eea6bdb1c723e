import { z } from "zod";
import { masterUrl } from "./addresses.js";
import { duration, line, channelId, userId, variableName } from "./fields.js";

const credentials = z
  .strictObject(
    {
      principal: line().meta({ description: "Principal to log in with (HTTP basic).", examples: ["maintenance-bot"] }),
      secret_env: variableName().meta({
        description: "Name of the environment variable that holds the secret; never the secret itself.",
        examples: ["PROD_MESOS_SECRET"],
      }),
    },
    { error: "is not a map with principal and secret_env" },
  )
  .meta({ description: "What to log in to the masters with. Left out: no login." });

const tls = z
  .strictObject(
    {
      ca_file: line().meta({
        description: "PEM file of the certificates to trust for `https://` masters. Left out: the system's.",
        examples: ["ca/mesos.pem"],
      }),
    },
    { error: "is not a map with ca_file" },
  )
  .meta({ description: "TLS towards the masters." });

/** One cluster of the clusters file, keys as they are written there. The descriptions are the documentation. */
export const clusterSchema = z
  .strictObject(
    {
      masters: z
        .array(masterUrl(), { error: "has to be a list of URLs, one for each master" })
        .min(1, "lists no master")
        .meta({
          description:
            "URLs of all masters, `http://` or `https://`; plain `host:port` means http, plain `host` port 5050. The leader is found among them.",
          examples: ["[http://10.0.0.1:5050, http://10.0.0.2:5050]"],
        }),
      credentials: credentials.optional(),
      tls: tls.optional(),
      channel: channelId()
        .optional()
        .meta({
          description:
            "Id of the Slack channel that maintenances of this cluster are shown in. A command typed there means this cluster, unless several clusters share the channel.",
          examples: ["C0123456789"],
        }),
      inventory: line()
        .optional()
        .meta({
          description: "Ansible inventory (INI or YAML) whose groups can be used in host patterns.",
          examples: ["inventory/prod.ini"],
        }),
      default_duration: duration()
        .prefault("2h")
        .meta({ description: "Length of a window when `/mesos drain` names none.", examples: ["2h"] }),
      max_duration: duration()
        .prefault("7d")
        .meta({ description: "The longest window that may be asked for.", examples: ["7d"] }),
      approvers: z
        .array(userId(), { error: "has to be a list of Slack user ids" })
        .prefault([])
        .meta({
          description: "Slack user ids of those who may approve a Down. Empty: anyone in the channel.",
          examples: ["[U0123456789]"],
        }),
      self_approval: z
        .boolean({ error: "is neither true nor false" })
        .prefault(false)
        .meta({ description: "Whether the requester may approve their own Down.", examples: ["false"] }),
      approval_ttl: duration()
        .prefault("1h")
        .meta({ description: "How long an approval question stays open.", examples: ["1h"] }),
      poll_interval: duration().prefault("10s").meta({
        description: "How often a master is read while a maintenance is open and nothing else happens.",
        examples: ["10s"],
      }),
      ask_after: duration(0).prefault("10m").meta({
        description: "How long after draining began the approval is asked even if tasks remain.",
        examples: ["10m"],
      }),
      agent_return: duration().prefault("10m").meta({
        description: "How long agents may take to register again after Up before it is reported.",
        examples: ["10m"],
      }),
    },
    { error: "is not a map of settings" },
  )
  .refine((cluster) => cluster.default_duration <= cluster.max_duration, {
    path: ["default_duration"],
    error: "is longer than max_duration",
  });

export type ClusterSettings = z.output<typeof clusterSchema>;

/** The file as a whole. Clusters are checked one by one, so that a mistake in one does not hide those in another. */
export const clustersFileSchema = z.strictObject(
  {
    clusters: z.record(z.string(), z.unknown(), {
      error: "is missing or not a map of cluster names to settings",
    }),
  },
  { error: "has to be a map that begins with `clusters:`" },
);
