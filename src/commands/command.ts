import type { Reply } from "../maintenance/reply.js";

/** Where a command was typed, and the clusters it may mean. */
export interface CommandContext {
  readonly clusters: readonly CommandCluster[];
  /** Slack channel id. */
  readonly channel: string;
}

export interface CommandCluster {
  readonly name: string;
  /** Slack channel id of the cluster's own channel. */
  readonly channel: string | null;
  readonly defaultDurationMs: number;
  readonly maxDurationMs: number;
}

/** What a verb acts on: the machines of a host pattern, or a maintenance by its id. */
export type Target =
  | { readonly kind: "hosts"; readonly hosts: string }
  | { readonly kind: "id"; readonly id: string };

/**
 * A command that was understood. `hosts` are patterns of good form (`parsePattern`). `cluster` is `null` where the
 * target is an id, which is one of a kind in all clusters, and for `status` of everything.
 */
export type Command =
  | {
      readonly verb: "drain";
      readonly cluster: string;
      readonly hosts: string;
      readonly durationMs: number;
      readonly reason: string | null;
      readonly ticket: string | null;
    }
  | { readonly verb: "down" | "up" | "cancel"; readonly cluster: string | null; readonly target: Target }
  | { readonly verb: "status"; readonly cluster: string | null; readonly target: Target | null }
  | { readonly verb: "hosts"; readonly cluster: string; readonly hosts: string }
  | { readonly verb: "clusters" }
  | { readonly verb: "help"; readonly topic: string | null };

export type Parsed =
  | { readonly ok: true; readonly command: Command }
  /** `text` says what was wrong, `line` is the corrected line to copy, `next` holds one example. */
  | { readonly ok: false; readonly reply: Reply };
