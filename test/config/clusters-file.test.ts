import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configOf, errorOf, problemsOf, SLACK, withClusters } from "./parse.js";

const PEM = readFileSync("test/mesos/support/tls/master.pem", "utf8");

describe("a clusters file that is right", () => {
  const full = `
clusters:
  prod:
    masters: [https://m1.example.com:5050, "https://10.0.0.2:5050/"]
    credentials: { principal: bot, secret_env: PROD_SECRET }
    tls: { ca_file: ca.pem }
    channel: C0PROD
    inventory: /srv/inventory.ini
    default_duration: 90m
    max_duration: 2d
    requesters: [S01OPS]
    approvers: [U01ALICE, W01BOB, S01SRE]
    admins: [U01ALICE]
    approvals: 2
    self_approval: true
    caps: { machines_per_maintenance: 20%, out_of_service: 10, above: confirm }
    require_reason: true
    ticket_pattern: 'OPS-[0-9]+'
    calendar:
      - { days: mon-fri, from: "22:00", to: "06:00", time_zone: Europe/Berlin }
      - { from: 00:00, to: 24:00, time_zone: UTC }
    allow_force: true
    owners: [{ match: "kafka*", owners: [S01KAFKA, U01ALICE] }]
    budgets:
      - { machines: 10% }
      - { machines: 2, hours: [{ days: mon-fri, from: "08:00", to: "20:00", time_zone: Europe/Berlin }] }
      - { zones: 1 }
      - { match: "web*", keep: 80% }
    approval_ttl: 30m
    poll_interval: 5s
    ask_after: 0s
    agent_return: 1h
  staging:
    masters: [10.0.0.9:5050]
`;
  const given = withClusters(full, {
    env: { PROD_SECRET: "hunter2" },
    files: { "/etc/bot/ca.pem": PEM, "/srv/inventory.ini": "[web]\n" },
  });

  test("a clusters file that is right becomes clusters in its order, spans in milliseconds", () => {
    const { clusters } = configOf(given);
    expect(clusters.map(({ name }) => name)).toEqual(["prod", "staging"]);
    expect(clusters[0]).toMatchObject({
      masters: ["https://m1.example.com:5050", "https://10.0.0.2:5050"],
      ca: PEM,
      channel: "C0PROD",
      inventoryFile: "/srv/inventory.ini",
      defaultDurationMs: 5_400_000,
      maxDurationMs: 172_800_000,
      policy: {
        requesters: ["S01OPS"],
        approvers: ["U01ALICE", "W01BOB", "S01SRE"],
        admins: ["U01ALICE"],
        votes: 2,
        selfApproval: true,
        caps: {
          machinesPerMaintenance: { kind: "percent", percent: 20 },
          outOfService: { kind: "count", count: 10 },
          above: "confirm",
        },
        requireReason: true,
        ticketPattern: "OPS-[0-9]+",
        calendar: [
          { days: [1, 2, 3, 4, 5], from: 1320, to: 360, timeZone: "Europe/Berlin" },
          { days: [0, 1, 2, 3, 4, 5, 6], from: 0, to: 1440, timeZone: "UTC" },
        ],
        allowForce: true,
        owners: [{ match: "kafka*", owners: ["S01KAFKA", "U01ALICE"] }],
        budgets: [
          { kind: "machines", most: { kind: "percent", percent: 10 }, hours: [] },
          {
            kind: "machines",
            most: { kind: "count", count: 2 },
            hours: [{ days: [1, 2, 3, 4, 5], from: 480, to: 1200, timeZone: "Europe/Berlin" }],
          },
          { kind: "zones", most: 1, hours: [] },
          { kind: "app", match: "web*", keep: { kind: "percent", percent: 80 }, hours: [] },
        ],
        approvalTtlMs: 1_800_000,
        pollMs: 5_000,
        askAfterMs: 0,
        answersWaitMs: 30_000,
        agentReturnMs: 3_600_000,
      },
    });
    expect(clusters[0]?.credentials?.secret.reveal()).toBe("hunter2");
  });

  test("a clusters file that is right needs nothing but masters", () => {
    expect(configOf(given).clusters[1]).toEqual({
      name: "staging",
      masters: ["http://10.0.0.9:5050"],
      zooKeeper: null,
      credentials: null,
      ca: null,
      channel: null,
      broadcast: ["question", "overdue", "trouble", "pause"],
      tickets: null,
      marathons: [],
      inventoryFile: null,
      defaultDurationMs: 7_200_000,
      maxDurationMs: 604_800_000,
      policy: {
        requesters: [],
        approvers: [],
        admins: [],
        votes: 1,
        selfApproval: false,
        membersOnly: true,
        caps: { machinesPerMaintenance: null, outOfService: null, above: "refuse" },
        maxOpenPerPerson: 20,
        requireReason: false,
        ticketPattern: null,
        calendar: [],
        allowForce: false,
        owners: [],
        frameworks: [],
        runbooks: [],
        budgets: [],
        rolling: {
          gapMs: 600_000,
          earlyMs: 0,
          maxSpanMs: 14 * 86_400_000,
          outsideHours: "move",
          approve: ["each", "canary"],
          resume: "ask",
          failing: { times: 3, withinMs: 600_000 },
        },
        approvalTtlMs: 3_600_000,
        pollMs: 10_000,
        askAfterMs: 600_000,
        answersWaitMs: 30_000,
        agentReturnMs: 600_000,
        unwatchedAfterMs: 300_000,
      },
      runbooks: [],
    });
  });

  test("a clusters file that is right is frozen through and through", () => {
    const isFrozen = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(configOf(given))).toBe(true);
  });

  test("a clusters file that is right gives a bot no secret and no certificates, and asks it for none", () => {
    const { clusters } = configOf(withClusters(full, { role: "bot", env: { REDIS_URL: "redis://r" } }));
    expect(clusters[0]).toMatchObject({ credentials: null, ca: null, channel: "C0PROD" });
  });

  test("a clusters file that is right may share settings by merge keys and a channel between clusters", () => {
    const { clusters } = configOf(
      withClusters("clusters:\n  a: &a { masters: [m1], channel: C01 }\n  b: { <<: *a, masters: [m2] }\n"),
    );
    expect(clusters.map(({ channel }) => channel)).toEqual(["C01", "C01"]);
  });
});

describe("masters", () => {
  test.each([
    ["http://10.0.0.1:5050", "http://10.0.0.1:5050"],
    ["HTTPS://Mesos.Example.com", "https://mesos.example.com"],
    ["http://m1", "http://m1"],
    ["m1", "http://m1:5050"],
    ["m1:80", "http://m1"],
    ["m1:5051/", "http://m1:5051"],
    ["[fd00::1]:5050", "http://[fd00::1]:5050"],
    ["[fd00::1]", "http://[fd00::1]:5050"],
  ])("the master %s means %s", (written, base) => {
    expect(
      configOf(withClusters(`clusters: { prod: { masters: ["${written}"] } }`)).clusters[0]?.masters,
    ).toEqual([base]);
  });

  test.each([
    ["zk://z1:2181/mesos", "ZooKeeper"],
    ["ftp://m1", "starts with http"],
    ["http://u:p@m1:5050", "user or password"],
    ["http://m1:5050/#/agents", "more than scheme, host and port"],
    ["http://m1:5050/master/api/v1", "more than scheme, host and port"],
    ["http://m1:port", "write scheme, host and port"],
    ["m1 m2", "write scheme, host and port"],
    ["", "write scheme, host and port"],
  ])("the master %j is refused: %s", (written, why) => {
    expect(problemsOf(withClusters(`clusters: { prod: { masters: ["${written}"] } }`))).toEqual([
      expect.stringContaining(why),
    ]);
  });

  test("masters belong to one cluster only: two writers of one schedule would undo each other (invariant 8)", () => {
    expect(
      problemsOf(withClusters("clusters:\n  a: { masters: [m1] }\n  b: { masters: [m2, http://m1:5050] }\n")),
    ).toEqual(["clusters.yaml:3 b.masters[1]: is a master of a as well: one master belongs to one cluster"]);
  });

  test("masters are listed once", () => {
    expect(problemsOf(withClusters("clusters: { a: { masters: [m1, m1:5050] } }"))).toEqual([
      "clusters.yaml:1 a.masters[1]: is the same master as one before it",
    ]);
  });
});

describe("masters that ZooKeeper names", () => {
  const zooKeeperOf = (line: string, given: Parameters<typeof withClusters>[1] = {}) =>
    configOf(withClusters(`clusters:\n  prod:\n    ${line}\n`, given)).clusters[0];

  test.each([
    ["zk://z1/mesos", [["z1", 2181]], "/mesos", null],
    [
      "zk://z1:2182,z2,10.0.0.3:2183/prod/mesos/",
      [
        ["z1", 2182],
        ["z2", 2181],
        ["10.0.0.3", 2183],
      ],
      "/prod/mesos",
      null,
    ],
    [
      "zk://bot:p@ss:w,rd@z1,z2/mesos",
      [
        ["z1", 2181],
        ["z2", 2181],
      ],
      "/mesos",
      "bot:p@ss:w,rd",
    ],
    ["ZK://[fd00::1]:2182/mesos", [["fd00::1", 2182]], "/mesos", null],
  ])("%s is read as Mesos reads it", (written, servers, path, auth) => {
    const cluster = zooKeeperOf(`masters: "${written}"`);
    expect(cluster?.masters).toEqual([]);
    expect(cluster?.zooKeeper).toMatchObject({ path, scheme: "http", allowed: [] });
    expect(cluster?.zooKeeper?.servers.map(({ host, port }) => [host, port])).toEqual(servers);
    expect(cluster?.zooKeeper?.auth?.reveal() ?? null).toBe(auth);
  });

  test("the login may stand in the environment, and the scheme beside it", () => {
    const more = "zookeeper: { auth_env: ZK_AUTH, scheme: https }";
    const cluster = zooKeeperOf(`masters: zk://z1/mesos\n    ${more}`, { env: { ZK_AUTH: "bot:hunter2" } });
    expect(cluster?.zooKeeper?.auth?.reveal()).toBe("bot:hunter2");
    expect(cluster?.zooKeeper?.scheme).toBe("https");
  });

  test("the one-cluster case takes the line whole, commas and all", () => {
    const env = {
      ...SLACK,
      MESOS_MASTERS: "zk://bot:a,b@z1,z2/mesos",
      MESOS_MASTERS_ALLOWED: "10.0.0.0/24, M1",
    };
    const [cluster] = configOf({ env: { ...env, MESOS_PRINCIPAL: "bot", MESOS_SECRET: "s" } }).clusters;
    expect(cluster?.zooKeeper?.auth?.reveal()).toBe("bot:a,b");
    expect(cluster?.zooKeeper?.allowed).toEqual(["10.0.0.0/24", "m1"]);
  });

  test("a bot keeps no login", () => {
    const given = { role: "bot", env: { REDIS_URL: "redis://r" } } as const;
    expect(zooKeeperOf("masters: zk://bot:hunter2@z1/mesos", given)?.zooKeeper?.auth).toBeNull();
  });

  test.each([
    ["the root alone", "masters: zk://z1:2181/", "names no path below the root"],
    ["no path", "masters: zk://z1:2181", "names no path below the root"],
    ["no server", "masters: zk:///mesos", "has a server that is not host or host:port"],
    ["a login without a secret", "masters: zk://bot@z1/mesos", "has a login that is not user:secret"],
    ["a port that is none", "masters: zk://z1:0/mesos", "has a server that is not host"],
    ["a server left out", 'masters: "zk://z1,,z2/mesos"', "has a server that is not host"],
    ["a line in a list", "masters: [zk://z1/mesos]", "is a ZooKeeper address, which stands alone"],
    ["no line and no list", "masters: m1", "is neither a list of masters' URLs nor a ZooKeeper address"],
    ["a number", "masters: 5", "has to be a list of URLs, one for each master, or a ZooKeeper address"],
    [
      "a login of two places",
      "masters: zk://a:b@z1/mesos\n    zookeeper: { auth_env: A }",
      "is a second login",
    ],
    [
      "a login that is not set",
      "masters: zk://z1/mesos\n    zookeeper: { auth_env: NOT_SET }",
      "that is not set",
    ],
    [
      "more on a ZooKeeper that there is not",
      "masters: [m1]\n    zookeeper: { scheme: https }",
      "has no effect",
    ],
    ["masters that may be named by nobody", "masters: [m1]\n    masters_allowed: [m1]", "has no effect"],
    [
      "a network that is none",
      "masters: zk://z1/m\n    masters_allowed: [10.0.0.0/33]",
      "is neither a host name nor",
    ],
  ])("the mistake of %s is explained", (_, line, why) => {
    const given = withClusters(`clusters:\n  prod:\n    ${line}\n`, { env: { A: "x:y" } });
    expect(problemsOf(given)).toEqual([expect.stringContaining(why)]);
  });

  test("credentials need a list of where they may go, because others can write in ZooKeeper", () => {
    const login = "credentials: { principal: bot, secret_env: S }";
    const given = withClusters(`clusters: { a: { masters: "zk://z1/mesos", ${login} } }`, {
      env: { S: "s" },
    });
    expect(problemsOf(given)).toEqual([
      expect.stringContaining("masters_allowed: is required with credentials"),
    ]);
  });

  test("two clusters on one election are refused, however the servers are written (invariant 8)", () => {
    const text =
      'clusters:\n  a: { masters: "zk://z1,z2/mesos" }\n  b: { masters: "zk://Z2:2181,z1/mesos" }\n';
    expect(problemsOf(withClusters(text))).toEqual([
      "clusters.yaml:3 b.masters: is where a finds its masters: they belong to one cluster",
    ]);
  });

  test("a secret in the line never shows in a problem", () => {
    const text = errorOf(withClusters('clusters: { a: { masters: "zk://bot:hunter2@z1" } }')).message;
    expect(text).not.toContain("hunter2");
  });
});

describe("a clusters file with mistakes", () => {
  test("a clusters file with mistakes is told all of them at once, each with its line", () => {
    const text = `
clusters:
  prod:
    masters: m1
    poll_intervall: 10s
    approvers: ["@alice"]
    credentials: { principal: bot, secret: hunter2 }
    inventory: nowhere.ini
  staging:
    default_duration: 8d
    masters: [m1]
    channel: "#staging"
  Prod: { masters: [m2] }
  empty:
extra: true
`;
    expect(problemsOf(withClusters(text)).map((line) => line.split(": ")[0])).toEqual([
      "clusters.yaml:15",
      "clusters.yaml:13 clusters",
      "clusters.yaml:4 prod.masters",
      "clusters.yaml:7 prod.credentials.secret_env",
      "clusters.yaml:7 prod.credentials.secret",
      "clusters.yaml:6 prod.approvers[0]",
      "clusters.yaml:5 prod.poll_intervall",
      "clusters.yaml:8 prod.inventory",
      "clusters.yaml:12 staging.channel",
      "clusters.yaml:14 empty",
    ]);
  });

  test.each([
    ["a key near a known one", "poll_intervall: 10s", "did you mean poll_interval?"],
    ["a key in camel case", "selfApproval: true", "did you mean self_approval?"],
    ["a key near none", "quorum: 3", "there are: masters,"],
    [
      "a password in the file",
      "credentials: { principal: b, password: p, secret_env: S }",
      "put the secret in an environment",
    ],
    [
      "a secret for a variable's name",
      "credentials: { principal: b, secret_env: hunter2 }",
      "has to name an environment variable",
    ],
    [
      "a variable that is not set",
      "credentials: { principal: b, secret_env: NOT_SET }",
      "names an environment variable that is not set",
    ],
    ["a CA without https", "tls: { ca_file: ca.pem }", "has no effect"],
    ["a number without a unit", "poll_interval: 10", "is not a duration"],
    ["a poll faster than a second", "poll_interval: 0s", "the least is 1s"],
    ["a window of years", "max_duration: 999d", "the most is 366d"],
    [
      "failures over hours",
      "rolling: { failing: { within: 2h } }",
      "rolling.failing.within: is too long: the most is 1h",
    ],
    ["failures never counted", "rolling: { failing: { times: 0 } }", "is not a whole number from 1 to 1000"],
    ["a default over the most", "default_duration: 8d", "is longer than max_duration"],
    ["an inventory that is not there", "inventory: i.ini", "names a file that cannot be read (no such file)"],
    ["a channel's name", "channel: ops", "is not a Slack channel id"],
    ["a ticket without its id", "tickets: https://t.example.com/", "no https:// address with {id} in it"],
    ["tickets that are no address", "tickets: OPS-{id}", "no https:// address with {id} in it"],
    [
      "something else to show in the channel",
      "broadcast: [answers]",
      "is none of question, overdue, trouble",
    ],
    ["yes for true", "self_approval: yes", "is neither true nor false"],
    ["an approver by name", "approvers: [alice]", "is not a Slack id of a person"],
    ["one approver without a list", "approvers: U01", "has to be a list"],
  ])("the mistake of %s is explained", (_, line, why) => {
    expect(problemsOf(withClusters(`clusters:\n  prod:\n    masters: [m1]\n    ${line}\n`))).toEqual([
      expect.stringMatching(new RegExp(`^clusters.yaml:4 prod\\b.*${why.replace(/[?()/.]/g, "\\$&")}`)),
    ]);
  });

  test.each([
    ["a CA file that is not there", {}, "(no such file)"],
    ["a CA file that is cut off", { "/etc/bot/ca.pem": PEM.slice(0, 200) }, "is it cut off?"],
    ["a CA file without a certificate", { "/etc/bot/ca.pem": "hello" }, "without a PEM certificate"],
  ])("the mistake of %s is explained", (_, files, why) => {
    const text = "clusters: { prod: { masters: [https://m1], tls: { ca_file: ca.pem } } }";
    expect(problemsOf(withClusters(text, { files }))).toEqual([expect.stringContaining(why)]);
  });

  test.each([
    [
      "a cluster that stands there twice",
      "clusters:\n  a: { masters: [m1] }\n  a: { masters: [m2] }\n",
      "clusters.yaml:3: has a key",
    ],
    ["a tab", "clusters:\n\tprod: {}\n", "clusters.yaml:2: is indented with a tab"],
    ["an open bracket", "clusters: [\n", "clusters.yaml:"],
    ["no clusters", "clusters: {}\n", "clusters.yaml:1 clusters: names no cluster"],
    ["nothing", "", "clusters.yaml:1: has to be a map"],
    ["a list", "- a\n", "clusters.yaml:1: has to be a map"],
    ["clusters as a list", "clusters: [a]\n", "clusters.yaml:1 clusters: is missing or not a map"],
    ["an alias without an anchor", "clusters: *nobody\n", "clusters.yaml"],
  ])("the mistake of %s is explained", (_, text, why) => {
    expect(problemsOf(withClusters(text))[0]).toContain(why);
  });

  test("what is wrong always has an example beside it", () => {
    const texts = [
      "x-common: &a {}\nclusters:\n  prod:\n    masters: [m1]\n    frobnicate: 1\n",
      "clusters:\n  prod:\n  dev: 3\n",
      "clusters:\n\tprod: {}\n",
      "clusters:\n  prod:\n    <<: *nobody\n",
      "clusters: [",
      "clusters: {}\n---\na: 1\n",
      "clusters:\n  a: { masters: [m1] }\n  a: { masters: [m2] }\n",
    ];
    for (const text of texts) {
      const { problems } = errorOf(withClusters(text));
      expect(problems.filter(({ example }) => example === "")).toEqual([]);
    }
  });

  test.each(["\r\n", "\n"])("lines may end in %j, and clusters may share an anchor", (end) => {
    const lines = [
      "clusters:",
      "  prod: &prod",
      "    masters: [m1]",
      "    channel: C0PROD",
      "  dev:",
      "    <<: *prod",
    ];
    const { clusters } = configOf(withClusters([...lines, "    masters: [m2]", ""].join(end)));
    expect(clusters).toMatchObject([
      { name: "prod", channel: "C0PROD" },
      { name: "dev", channel: "C0PROD", masters: ["http://m2:5050"] },
    ]);
  });

  test("a file that is not there is said with its path", () => {
    expect(errorOf({ env: { ...withClusters("").env, CLUSTERS_FILE: "/nowhere.yaml" } }).problems).toEqual([
      {
        where: "CLUSTERS_FILE",
        what: "names a file that cannot be read: /nowhere.yaml (no such file)",
        example: "CLUSTERS_FILE=config/clusters.yaml",
      },
    ]);
  });

  test("settings of the one-cluster case beside a file are refused", () => {
    const given = withClusters("clusters: { prod: { masters: [m1] } }", { env: { MESOS_MASTERS: "m2" } });
    expect(problemsOf(given)).toEqual([
      expect.stringMatching(/^MESOS_MASTERS: is set together with CLUSTERS_FILE/),
    ]);
  });
});
