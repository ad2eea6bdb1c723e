import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { Program } from "../../src/rehearsal/demo/program.js";
import { startLocalSlack } from "../../src/rehearsal/local-slack/local-slack.js";
import { OPS, type Workspace } from "../../src/rehearsal/local-slack/workspace.js";
import { startRehearsalMaster } from "../../src/rehearsal/master/master.js";
import type { RehearsalOptions } from "../../src/rehearsal/master/options.js";
import { type Channel, channelOf } from "./channel.js";
import { startRehearsalMarathon } from "./marathon/marathon.js";
import type { RehearsalMarathonOptions } from "./marathon/options.js";

export const ALICE = "U01ALICE";

export const BOB = "U02BOB";

export const CAROL = "U03CAROL";

const CHANNEL = "C01OPS";

const NAMES = { U0BOT: "mesos", U01ALICE: "alice", U02BOB: "bob", U03CAROL: "carol" };

/** A cluster of an installation. */
export interface ClusterSetup {
  /** @defaultValue six machines in two racks and a framework that moves its tasks at once */
  readonly master?: RehearsalOptions;
  /** Settings of the cluster, as in the clusters file. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  /** A Marathon that is the framework `marathon`, and that the clusters file tells how to reach. */
  readonly marathon?: Omit<RehearsalMarathonOptions, "master">;
}

/** What the program meets: a local Slack, and a rehearsal master and a channel for each cluster. */
export interface Surroundings {
  /** Goes with them. */
  readonly folder: string;
  /** Everything the program is configured by, but where its queue is. */
  readonly env: Readonly<Record<string, string>>;
  /** The channel of a cluster. */
  in(cluster: string): Channel;
  dispose(): Promise<void>;
}

/** Six machines by turns in two racks, so that web-0[1-3] is no whole rack; one framework moves its tasks at once. */
const SMALL: RehearsalOptions = {
  agents: [1, 2, 3, 4, 5, 6].map((n) => ({
    hostname: `web-0${n}`,
    ip: `10.0.0.${n}`,
    attributes: { rack: n % 2 === 1 ? "r1" : "r2" },
    zone: n % 2 === 1 ? "a" : "b",
    region: "eu",
  })),
  frameworks: [
    {
      name: "marathon",
      habit: "mover",
      tasks: [
        { name: "api", on: "web-01" },
        { name: "api", on: "web-04" },
      ],
      answerAfterMs: 50,
      moveEveryMs: 50,
    },
  ],
  returnAfterMs: 300,
};

/** Starts them. `httpPort` is where Slack's signed requests go; without one it is Socket Mode. */
export async function startSurroundings(o: {
  readonly clusters: Readonly<Record<string, ClusterSetup>>;
  readonly httpPort?: number | null;
  /** Are asked for their logs when something was not seen. */
  readonly programs?: () => readonly Pick<Program, "log">[];
}): Promise<Surroundings> {
  const { httpPort = null, programs = () => [] } = o;
  const folder = await mkdtemp(join(tmpdir(), "mmb-e2e-"));
  const slack = await startLocalSlack({
    workspace: workspaceOf(Object.keys(o.clusters)),
    ...(httpPort === null
      ? {}
      : { delivery: { kind: "http", requestUrl: `http://localhost:${httpPort}/slack/events` } }),
  });
  const channels = new Map<string, Channel>();
  const clusters: Record<string, unknown> = {};
  for (const [name, setup] of Object.entries(o.clusters)) {
    const master = await startRehearsalMaster(setup.master ?? SMALL);
    const marathon =
      setup.marathon === undefined ? null : await startRehearsalMarathon({ master, ...setup.marathon });
    const channel = channelId(name);
    clusters[name] = {
      masters: [master.url],
      channel,
      poll_interval: "1s",
      ...(marathon === null
        ? {}
        : { frameworks: [{ name: "marathon", family: "marathon", marathon: { url: marathon.url } }] }),
      ...setup.cluster,
    };
    channels.set(name, channelOf({ slack, master, marathon, channel, names: NAMES, programs }));
  }
  const clustersFile = join(folder, "clusters.yaml");
  await writeFile(clustersFile, dump({ clusters }));
  return {
    folder,
    env: {
      SLACK_BOT_TOKEN: slack.tokens.botToken,
      SLACK_API_URL: slack.apiUrl,
      CLUSTERS_FILE: clustersFile,
      // Tests type faster than people.
      COMMANDS_PER_MINUTE: "10000",
      LOG_LEVEL: "info",
      ...(httpPort === null
        ? { SLACK_APP_TOKEN: slack.tokens.appToken }
        : { SLACK_SIGNING_SECRET: slack.tokens.signingSecret, PORT: String(httpPort) }),
    },
    in(cluster) {
      const found = channels.get(cluster);
      if (found === undefined) throw new Error(`There is no cluster ${cluster} in this installation.`);
      return found;
    },
    async dispose() {
      for (const { master, marathon } of channels.values()) {
        await marathon?.close();
        await master.close();
      }
      await slack.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The channel of `test` is the one of the local workspace; others are named after their clusters. */
function channelId(cluster: string): string {
  return cluster === "test" ? CHANNEL : `C01${cluster.toUpperCase()}`;
}

function workspaceOf(clusters: readonly string[]): Workspace {
  const others = clusters.filter((name) => name !== "test").map((name) => ({ id: channelId(name), name }));
  return {
    users: [...OPS.users, { id: CAROL, name: "carol", realName: "Carol" }],
    channels: [...OPS.channels, ...others],
  };
}
