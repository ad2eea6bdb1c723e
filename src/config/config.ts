import type { Secret } from "../base/secret.js";
import type { Policy } from "../maintenance/policy/policy.js";
import type { Broadcast } from "../maintenance/show/telling.js";
import type { Runbook } from "./runbook.js";

/** What this process is: the side Slack talks to, the side that talks to masters, or both in one process. */
export const ROLES = ["bot", "worker", "all"] as const;

export type Role = (typeof ROLES)[number];

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

type LogLevel = (typeof LOG_LEVELS)[number];

/** The whole configuration, checked and deeply frozen. Spans are milliseconds. */
export interface Config {
  readonly role: Role;
  /** `null` for a worker: only the bot talks to Slack. */
  readonly slack: SlackConfig | null;
  readonly store: StoreConfig;
  /** How long the record of a maintenance is kept after its end. */
  readonly historyMs: number;
  /** How many commands the bot takes of one person in a minute. */
  readonly commandsPerMinute: number;
  /** At least one; names are unique, and so are masters. In the order of the file. */
  readonly clusters: readonly ClusterConfig[];
  /** All that are known, and what is one by itself inside of them: masked in what programs print. */
  readonly secrets: readonly Secret[];
  /** Variables with a secret that is too short, or too usual a word, to be masked wherever it is met. */
  readonly unhideable: readonly string[];
  readonly ops: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
}

/** How messages are marked up: as Slack draws it, or for a page that draws less of it. */
export const MARKUPS = ["slack", "plain"] as const;

type Markup = (typeof MARKUPS)[number];

export interface SlackConfig {
  readonly botToken: Secret;
  /** Base URL of Slack's Web API with a trailing slash; `null` is Slack's own. */
  readonly apiUrl: string | null;
  readonly markup: Markup;
  /** Workspaces and organizations whose people count as ours, beside the bot's own. */
  readonly teams: readonly string[];
  /** The way out to Slack where it is not a direct one. */
  readonly proxy: ProxyConfig | null;
  readonly mode: SocketMode | HttpMode;
}

/** An HTTP proxy that takes `CONNECT`. */
export interface ProxyConfig {
  /** `http://` or `https://`, perhaps with user and password. */
  readonly url: Secret;
  /** Hosts that are reached without it, as `NO_PROXY` lists them. */
  readonly except: string;
}

/** The bot opens a WebSocket to Slack: no incoming connections needed. */
export interface SocketMode {
  readonly kind: "socket";
  /** With the scope `connections:write`. */
  readonly appToken: Secret;
}

/** Slack posts signed requests to this port, through a proxy that ends TLS. */
export interface HttpMode {
  readonly kind: "http";
  readonly signingSecret: Secret;
  /** Address that the port is opened on: who can reach it is up to that. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Where the queue lives. */
export type StoreConfig = RedisConfig | EmbeddedConfig;

export interface RedisConfig {
  readonly kind: "redis";
  /** `redis://` or `rediss://`, password included. With Sentinel only its user, password, database and TLS count. */
  readonly url: Secret;
  readonly sentinel: SentinelConfig | null;
  /**
   * Further nodes of the Redis Cluster that the URL is a node of, for a start while that one is down; `null` when it is of no
   * Cluster. Never together with `sentinel`.
   */
  readonly cluster: readonly HostPort[] | null;
  /** PEM text of the certificates to trust, at Redis and at the sentinels; `null` means the system's. */
  readonly ca: string | null;
  /** Keeps several installations on one Redis apart: what the keys begin with. */
  readonly prefix: string;
}

export interface SentinelConfig {
  /** Name of the group of masters and replicas that the sentinels watch. */
  readonly name: string;
  readonly addresses: readonly HostPort[];
  readonly password: Secret | null;
  /** Whether the sentinels are spoken to over TLS; the URL says it of the Redis that they name. */
  readonly tls: boolean;
}

/** A ZooKeeper in which masters stand for election. */
export interface ZooKeeperConfig {
  readonly servers: readonly HostPort[];
  /** Absolute, without a slash at its end. */
  readonly path: string;
  /** `user:secret`; `null` for no login, and in a bot, which never asks. */
  readonly auth: Secret | null;
  /** How masters are called: they do not say it in ZooKeeper. */
  readonly scheme: "http" | "https";
  /** Names, IPs and networks of masters; empty allows all. */
  readonly allowed: readonly string[];
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** The store in this process, for one process only. */
export interface EmbeddedConfig {
  readonly kind: "embedded";
  /** Made with mode 0700 if missing. A local disk: locks and PostgreSQL's files do not survive network shares. */
  readonly dataDir: string;
}

/** The rules of a cluster without what the worker adds to them. */
export type ClusterPolicy = Omit<Policy, "hasCredentials" | "maxDurationMs" | "settleMs">;

/** How the API of a framework that is a Marathon is reached. */
export interface MarathonConfig {
  /** What the framework is named by; a name is a glob. */
  readonly by: "id" | "name" | "principal";
  readonly value: string;
  /** Such as `https://marathon.example.com:8443` or `https://dcos.example.com/service/marathon`, without a slash at its end. */
  readonly url: string;
  /** Value of the header `Authorization`. */
  readonly authorization: Secret | null;
  /** PEM text of the certificates to trust; `null` means the system's. */
  readonly ca: string | null;
}

export interface ClusterConfig {
  readonly name: string;
  /** Base URLs such as `http://10.0.0.1:5050`: scheme, host and port, no trailing slash, no credentials. */
  readonly masters: readonly string[];
  /** Where the masters are found instead of being listed; `null` where they are. */
  readonly zooKeeper: ZooKeeperConfig | null;
  /** `null` when none are configured, and always for a bot: it never calls a master. */
  readonly credentials: { readonly principal: string; readonly secret: Secret } | null;
  /** PEM text of the certificates to trust; `null` means the system's. Always `null` for a bot. */
  readonly ca: string | null;
  /** Slack channel id. Several clusters may share one; then the channel does not tell which cluster is meant. */
  readonly channel: string | null;
  /** What is shown in the channel as well as in the thread of a maintenance. */
  readonly broadcast: readonly Broadcast[];
  /** Address of a ticket, with `{id}` in place of its id; `null`: a ticket is text. */
  readonly tickets: string | null;
  /** The Marathons whose API may be called. Always none for a bot. */
  readonly marathons: readonly MarathonConfig[];
  /** Path of an Ansible inventory, relative to the working directory. */
  readonly inventoryFile: string | null;
  readonly defaultDurationMs: number;
  readonly maxDurationMs: number;
  /** Who may do what, how much of it, and when. */
  readonly policy: ClusterPolicy;
  /** What may be run between Down and Up; their names are unique. */
  readonly runbooks: readonly Runbook[];
}
