import { z } from "zod";
import { apiUrl, proxyUrl, redisAddresses, redisUrl, sentinelAddresses, splitList } from "./addresses.js";
import { LOG_LEVELS, MARKUPS } from "./config.js";
import {
  channelId,
  clusterName,
  count,
  flag,
  keyPrefix,
  line,
  oneOf,
  password,
  port,
  principal,
  type Reading,
  text,
  token,
} from "./fields.js";

/** A ZooKeeper address holds commas, and perhaps a secret with more of them. */
const masterList = text(
  "is not a list",
  (input): Reading<string | readonly string[]> => ({
    value: /^zk:/i.test(input) ? input : splitList(input),
  }),
);

/** A list that names nobody would mean anyone, and nobody writes one to say that. */
const peopleList = text("names nobody: leave it out if anyone may approve", (input) => {
  const ids = splitList(input);
  return ids.length === 0 ? null : { value: ids };
});

const teamList = text("has what is no id of a workspace (T…) or an organization (E…)", (input) => {
  const ids = splitList(input);
  return ids.every((id) => /^[TE][A-Z0-9]{2,}$/.test(id)) ? { value: ids } : null;
});

/**
 * Every environment variable the bot reads. Each stands for itself here; what they mean together is settled where they
 * are put together. The descriptions are the documentation: its tables are rendered from them.
 */
export const environmentSchema = z.object({
  SLACK_BOT_TOKEN: token("xoxb-", "is not a bot token: those begin with xoxb-").optional().meta({
    description: "Bot token of the Slack app (OAuth & Permissions). Needed by the bot, not by a worker.",
    example: "xoxb-…",
  }),
  SLACK_APP_TOKEN: token("xapp-", "is not an app-level token: those begin with xapp-").optional().meta({
    description:
      "App-level token with `connections:write`, for Socket Mode: the bot opens a connection to Slack and needs no public address. Set this or `SLACK_SIGNING_SECRET`.",
    example: "xapp-…",
  }),
  SLACK_SIGNING_SECRET: token("", "has white space or special letters in it").optional().meta({
    description:
      "Signing secret (Basic Information), for HTTP mode: Slack sends requests to `PORT`. Set this or `SLACK_APP_TOKEN`.",
    example: "8f742231b10e…",
  }),
  HOST: line.prefault("127.0.0.1").meta({
    description:
      "Address that Slack's requests are listened for on, HTTP mode only. Only a reverse proxy should reach it: `0.0.0.0` where that runs on another machine or the bot in a container (the image sets it).",
    example: "0.0.0.0",
  }),
  PORT: port(1)
    .prefault("3000")
    .meta({ description: "Port for Slack's requests, HTTP mode only.", example: "3000" }),
  SLACK_API_URL: apiUrl.optional().meta({
    description: "Base URL of the Slack Web API, for a local Slack. Unset: Slack's own.",
    example: "http://localhost:3000/api/",
  }),
  SLACK_MARKUP: oneOf(MARKUPS).prefault("slack").meta({
    description:
      "How messages are marked up: `slack`, or `plain` for a local Slack, whose page draws no blocks of code, dates and escapes: what they stand for is sent, and all times are in UTC.",
    example: "plain",
  }),
  SLACK_TEAMS: teamList.optional().meta({
    description:
      "Slack ids of more workspaces (T…) and organizations (E…) whose people may use the bot, comma separated, such as the others of an Enterprise Grid. Unset: the bot's own.",
    example: "T0123456789,E0123456789",
  }),
  HTTPS_PROXY: proxyUrl.optional().meta({
    description:
      "HTTP proxy through which Slack is reached: its Web API, answers to commands and clicks, and the WebSocket. Masters, Marathon, ZooKeeper and Redis are never asked through it. Also read as `https_proxy`.",
    example: "http://proxy.example.com:3128",
  }),
  NO_PROXY: line.optional().meta({
    description:
      "Hosts that are reached without `HTTPS_PROXY`, with all below them, comma separated; `*` for all. Also read as `no_proxy`.",
    example: "slack.internal.example.com",
  }),
  COMMANDS_PER_MINUTE: count(1, 10_000).prefault("30").meta({
    description:
      "How many commands one person may send in a minute. Buttons, and the commands cancel, up, hold and stop-run, always go through. Each bot counts for itself.",
    example: "60",
  }),
  REDIS_URL: redisUrl.optional().meta({
    description:
      "Where the queue lives, `redis://` or `rediss://`. Unset: an embedded store in `DATA_DIR`, for one process only.",
    example: "redis://127.0.0.1:6379",
  }),
  REDIS_SENTINELS: sentinelAddresses.optional().meta({
    description:
      "Redis Sentinel: addresses of the sentinels. User, password, database and TLS still come from `REDIS_URL`; its host is not used.",
    example: "10.0.0.1:26379,10.0.0.2:26379",
  }),
  REDIS_SENTINEL_NAME: line
    .optional()
    .meta({ description: "Redis Sentinel: name of the watched master.", example: "mymaster" }),
  REDIS_SENTINEL_PASSWORD: password
    .optional()
    .meta({ description: "Redis Sentinel: password of the sentinels, if they have one.", example: "…" }),
  REDIS_SENTINEL_TLS: flag.prefault("false").meta({
    description:
      "Redis Sentinel: `true` if the sentinels are spoken to over TLS. For the Redis that they name, `rediss://` in `REDIS_URL` says it.",
    example: "true",
  }),
  REDIS_CA_FILE: line.optional().meta({
    description:
      "PEM file with the certificate authority of your own that signed the certificates of Redis and its sentinels. Unset: the system's.",
    example: "config/ca/redis.pem",
  }),
  REDIS_CLUSTER: flag
    .prefault("false")
    .meta({ description: "`true` if `REDIS_URL` is a node of a Redis Cluster.", example: "true" }),
  REDIS_CLUSTER_NODES: redisAddresses.optional().meta({
    description: "Redis Cluster: further nodes, through which it is found while that of `REDIS_URL` is down.",
    example: "10.0.0.2:6379,10.0.0.3:6379",
  }),
  REDIS_PREFIX: keyPrefix.prefault("mesos").meta({
    description: "What the keys in Redis begin with: another one for each installation on one Redis.",
    example: "mesos-eu",
  }),
  DATA_DIR: line.prefault("./data").meta({
    description: "Folder of the embedded store; not used with `REDIS_URL`.",
    example: "/var/lib/mesos-maintenance-bot",
  }),
  HISTORY_DAYS: count(1, 3_650).prefault("400").meta({
    description:
      "How many days the record of a maintenance is kept after its end. The same for bots and workers. Refused drains are kept apart, and briefly.",
    example: "730",
  }),
  CLUSTERS_FILE: line.optional().meta({
    description: "YAML file that describes the clusters. Set this or `MESOS_MASTERS`.",
    example: "config/clusters.yaml",
  }),
  MESOS_MASTERS: masterList.optional().meta({
    description:
      "The one-cluster case without a file: URLs of all masters, comma separated, or the `zk://` line that the agents have.",
    example: "http://10.0.0.1:5050,http://10.0.0.2:5050",
  }),
  MESOS_MASTERS_ALLOWED: text("is not a list", (input) => ({ value: splitList(input) }))
    .optional()
    .meta({
      description:
        "One-cluster case with a ZooKeeper: names, IPs and networks of the masters that it may name, comma separated. Required with a login.",
      example: "10.0.0.0/24,mesos-1.example.com",
    }),
  MESOS_CLUSTER: clusterName
    .optional()
    .meta({ description: "One-cluster case: its name. Unset: `default`.", example: "prod" }),
  MESOS_PRINCIPAL: principal
    .optional()
    .meta({ description: "One-cluster case: principal to log in with.", example: "maintenance-bot" }),
  MESOS_SECRET: password
    .optional()
    .meta({ description: "One-cluster case: secret of `MESOS_PRINCIPAL`.", example: "…" }),
  SLACK_CHANNEL: channelId.optional().meta({
    description: "One-cluster case: id of the Slack channel that maintenances are shown in.",
    example: "C0123456789",
  }),
  APPROVERS: peopleList.optional().meta({
    description:
      "One-cluster case: Slack ids of the people (U…, W…) and user groups (S…) who may approve a Down, comma separated. Unset: anyone in the channel.",
    example: "U0123456789,S0123456789",
  }),
  OPS_HOST: line.prefault("127.0.0.1").meta({
    description:
      "Address that `/healthz`, `/readyz` and `/metrics` listen on. They need no login: keep it private.",
    example: "0.0.0.0",
  }),
  OPS_PORT: port(0).prefault("9464").meta({
    description: "Port of the same; `0` takes any free one. Two roles on one machine need two.",
    example: "9465",
  }),
  LOG_LEVEL: oneOf(LOG_LEVELS)
    .prefault("info")
    .meta({ description: `How much is logged: ${LOG_LEVELS.join(", ")}.`, example: "debug" }),
});

export type Environment = z.output<typeof environmentSchema>;

export type VariableName = keyof Environment;

export const VARIABLE_NAMES = environmentSchema.keyof().options;
