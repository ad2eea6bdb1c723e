import { describe, expect, test } from "vitest";
import type { CommandContext, Target } from "../../src/commands/command.js";
import { parseCommand } from "../../src/commands/parse.js";
import { VERBS } from "../../src/commands/verbs.js";
import type { Decision } from "../../src/maintenance/decisions/table.js";
import { elsewhere, inProd, NOW, none, onlyOne, shared } from "./clusters.js";

const HISTORY = {
  verb: "history",
  cluster: null,
  id: null,
  hosts: null,
  by: null,
  csv: false,
  sinceForMs: null,
  refused: false,
};

const MINUTE = 60_000;

const HOUR = 60 * MINUTE;

function parsed(text: string, context: CommandContext = inProd) {
  const result = parseCommand(text, context);
  if (!result.ok) throw new Error(result.reply.text);
  return result.command;
}

const drain = {
  verb: "drain",
  cluster: "prod",
  hosts: "web-*",
  durationMs: 2 * HOUR,
  hasDuration: expect.any(Boolean),
  startMs: null,
  announceMs: null,
  reason: null,
  ticket: null,
  deadline: null,
  roll: null,
  kill: null,
  up: "ask",
  run: null,
  override: null,
  confirmed: null,
  dryRun: false,
};

describe("drain", () => {
  test.each([
    ["drain web-*", {}],
    ["drain web-* 4h", { durationMs: 4 * HOUR }],
    ["drain 10.20.30.40,10.20.30.41 4h", { hosts: "10.20.30.40,10.20.30.41", durationMs: 4 * HOUR }],
    ["DRAIN web-* 4H", { durationMs: 4 * HOUR }],
    ["  /mesos   drain  web-*   90m ", { durationMs: 90 * MINUTE }],
    ["drain web-* 1h30m", { durationMs: 90 * MINUTE }],
    ["drain web-* 1h30", { durationMs: 90 * MINUTE }],
    ["drain web-* 4 hours", { durationMs: 4 * HOUR }],
    ["drain web-* 1 hour 30 minutes", { durationMs: 90 * MINUTE }],
    ["drain web-* 4h 30m", { durationMs: 270 * MINUTE }],
    ["drain web-* 2d", { durationMs: 48 * HOUR }],
    ["drain web-* 1w", { durationMs: 168 * HOUR }],
    // Hosts may hold spaces around their separators.
    ["drain web-01, web-02 ,web-03 4h", { hosts: "web-01,web-02,web-03", durationMs: 4 * HOUR }],
    ["drain @rack = r1 4h", { hosts: "@rack=r1", durationMs: 4 * HOUR }],
    ["drain web-* :!web-03 4h", { hosts: "web-*:!web-03", durationMs: 4 * HOUR }],
    ["drain web-* !web-03 &@rack=r1 4h", { hosts: "web-*:!web-03:&@rack=r1", durationMs: 4 * HOUR }],
    ["drain 'web-01, web-02' 4h", { hosts: "web-01, web-02", durationMs: 4 * HOUR }],
    ["drain web-01:web-02", { hosts: "web-01:web-02" }],
    ["drain web-01, web-02, 4h", { hosts: "web-01,web-02,", durationMs: 4 * HOUR }],
    ["drain old-7|10.0.0.7", { hosts: "old-7|10.0.0.7" }],
    ['drain @os="debian 12" 4h', { hosts: "@os=debian 12", durationMs: 4 * HOUR }],
    // Options anywhere.
    [
      'drain web-* 4h --reason "kernel update" --ticket OPS-1',
      { durationMs: 4 * HOUR, reason: "kernel update", ticket: "OPS-1" },
    ],
    [
      "drain --ticket=OPS-1 web-* --reason='disk, RAM' 4h",
      { durationMs: 4 * HOUR, reason: "disk, RAM", ticket: "OPS-1" },
    ],
    ["drain web-* --reason don't", { reason: "don't" }],
    [`drain web-* --reason 'don't panic'`, { reason: "don't panic" }],
    ["drain web-* --REASON x", { reason: "x" }],
    // When, and what then.
    ["drain web-* --in 2h", { startMs: NOW + 2 * HOUR }],
    ["drain web-* --in 2 hours 4h", { startMs: NOW + 2 * HOUR, durationMs: 4 * HOUR }],
    ["drain web-* --in=90m", { startMs: NOW + 90 * MINUTE }],
    ["drain web-* --deadline 1h", { deadline: { afterMs: HOUR, action: "ask" } }],
    ["drain web-* --deadline 2h --then Release", { deadline: { afterMs: 2 * HOUR, action: "release" } }],
    ["drain web-* --then force --deadline 1h", { deadline: { afterMs: HOUR, action: "force" } }],
    // Rules, and a look first.
    ["drain web-* --override 'rack is on fire'", { override: "rack is on fire" }],
    ["drain web-* --batch 5", { roll: { rule: { kind: "count", count: 5 }, canary: null } }],
    ["drain web-* --batch 10% --canary 1", { roll: { rule: { kind: "percent", percent: 10 }, canary: 1 } }],
    ["drain web-* --batch @rack", { roll: { rule: { kind: "attribute", name: "rack" }, canary: null } }],
    ["drain web-* --batch Zone", { roll: { rule: { kind: "zone" }, canary: null } }],
    [
      "drain web-* --batch 5 --horizon 2",
      { roll: { rule: { kind: "count", count: 5 }, canary: null, horizon: 2 } },
    ],
    [
      "drain web-* --batch 5 --approve Canary",
      { roll: { rule: { kind: "count", count: 5 }, canary: null, approve: "canary" } },
    ],
    ["drain web-* --up AUTO", { up: "auto" }],
    ["drain web-* --canary 2", { roll: { rule: { kind: "percent", percent: 100 }, canary: 2 } }],
    ["drain web-* --confirm 40", { confirmed: 40 }],
    ["drain --dry-run web-* 4h", { dryRun: true, durationMs: 4 * HOUR }],
    ["drain web-* —dry-run 4h", { dryRun: true, durationMs: 4 * HOUR }],
    ["drain web-* --dry–run --dry-run", { dryRun: true }],
    // What Slack and phones make of it.
    ["drain web-* 4h —reason “kernel update”", { durationMs: 4 * HOUR, reason: "kernel update" }],
    ["drain web-* –-ticket OPS-1", { ticket: "OPS-1" }],
    ["drain `web-*` 4h", { durationMs: 4 * HOUR }],
    [
      "drain <http://web-01.example.com|web-01.example.com>,<http://db.example.com> 4h",
      { hosts: "web-01.example.com,db.example.com", durationMs: 4 * HOUR },
    ],
    ["drain web-*:&amp;@rack=r1", { hosts: "web-*:&@rack=r1" }],
    ["drain\u00A0web–01\u200B 4h", { hosts: "web-01", durationMs: 4 * HOUR }],
    ["drain web-* --ticket <https://jira.example.com/OPS-1>", { ticket: "https://jira.example.com/OPS-1" }],
    // Typed on a Chinese keyboard.
    ["drain web-* 4小时", { durationMs: 4 * HOUR }],
    ["drain web-* 4 个小时", { durationMs: 4 * HOUR }],
    ["drain web-* 4小时30分", { durationMs: 270 * MINUTE }],
    ["drain　ｗｅｂ－０１，web-02　９０分钟", { hosts: "web-01,web-02", durationMs: 90 * MINUTE }],
    ["drain web-*：！web-03 2天", { hosts: "web-*:!web-03", durationMs: 48 * HOUR }],
    ["drain web-* ——reason 「内核 升级」 1 周", { reason: "内核 升级", durationMs: 168 * HOUR }],
    ["drain web-* --ticket ＂OPS 1＂", { ticket: "OPS 1" }],
    // Clusters.
    ["drain web-* --cluster staging", { cluster: "staging", durationMs: HOUR }],
    ["drain Staging web-*", { cluster: "staging", durationMs: HOUR }],
    ["drain staging web-* 4", { cluster: "staging", durationMs: 4 * HOUR }],
    ["drain prod", { hosts: "prod" }],
    ["drain prod prod", { hosts: "prod" }],
  ])("%s is understood", (text, expected) => {
    expect(parsed(text)).toEqual({ ...drain, ...expected });
  });
});

function asked(verb: string, target: Target, decision: Decision) {
  return { verb, cluster: null, target, decision, override: null, rest: "" };
}

describe("the other verbs", () => {
  const id = { kind: "id", id: "m-7k3q2" } as const;
  const hosts = { kind: "hosts", hosts: "web-*" } as const;
  test.each([
    ["down m-7k3q2", asked("down", id, { kind: "ask_down", batch: null })],
    [
      "down m-7k3q2 --override 'disk is failing'",
      {
        ...asked("down", id, { kind: "ask_down", batch: null }),
        override: "disk is failing",
        rest: ' --override "disk is failing"',
      },
    ],
    ["up M-7K3Q2", asked("up", id, { kind: "up" })],
    ["cancel m-7k3q2 --cluster staging", { ...asked("cancel", id, { kind: "cancel" }), cluster: "staging" }],
    ["cancel staging m-7k3q2", { ...asked("cancel", id, { kind: "cancel" }), cluster: "staging" }],
    ["down web-*", { ...asked("down", hosts, { kind: "ask_down", batch: null }), cluster: "prod" }],
    ["up staging web-*", { ...asked("up", hosts, { kind: "up" }), cluster: "staging" }],
    ["status", { verb: "status", cluster: "prod", target: null }],
    ["status staging", { verb: "status", cluster: "staging", target: null }],
    ["status m-7k3q2", { verb: "status", cluster: null, target: id }],
    ["status web-*", { verb: "status", cluster: "prod", target: hosts }],
    ["hold m-7k3q2", asked("hold", id, { kind: "hold", reason: null })],
    [
      "hold M-7K3Q2 kafka – wait, it isn't ready",
      {
        ...asked("hold", id, { kind: "hold", reason: "kafka – wait, it isn't ready" }),
        rest: " kafka – wait, it isn't ready",
      },
    ],
    [
      "hold staging m-7k3q2 --reason 'not yet'",
      { ...asked("hold", id, { kind: "hold", reason: "not yet" }), cluster: "staging", rest: " not yet" },
    ],
    [
      "hold web-01, web-02 kafka, and more",
      {
        ...asked(
          "hold",
          { kind: "hosts", hosts: "web-01,web-02" },
          { kind: "hold", reason: "kafka, and more" },
        ),
        cluster: "prod",
        rest: " kafka, and more",
      },
    ],
    ["release m-7k3q2", asked("release", id, { kind: "release" })],
    ["release web-*", { ...asked("release", hosts, { kind: "release" }), cluster: "prod" }],
    ["move web-*", { ...asked("move", hosts, { kind: "ask_move", batch: null }), cluster: "prod" }],
    ["go-on web-*", { ...asked("go-on", hosts, { kind: "go_on", batch: null }), cluster: "prod" }],
    ["skip web-*", { ...asked("skip", hosts, { kind: "skip", batch: null }), cluster: "prod" }],
    [
      "kill-drain web-* 5m",
      {
        ...asked("kill-drain", hosts, { kind: "ask_kill_drain", batch: null, graceMs: 5 * MINUTE }),
        cluster: "prod",
        rest: " 5m",
      },
    ],
    ["stop-run web-*", { ...asked("stop-run", hosts, { kind: "stop_run", run: null }), cluster: "prod" }],
    ["extend m-7k3q2 90m", { ...asked("extend", id, { kind: "extend", byMs: 90 * MINUTE }), rest: " 1h30m" }],
    ["extend m-7k3q2 +2 hours", { ...asked("extend", id, { kind: "extend", byMs: 2 * HOUR }), rest: " 2h" }],
    [
      "extend web-* 2小时",
      { ...asked("extend", hosts, { kind: "extend", byMs: 2 * HOUR }), cluster: "prod", rest: " 2h" },
    ],
    ["history", { ...HISTORY, cluster: "prod" }],
    ["history staging", { ...HISTORY, cluster: "staging" }],
    ["history m-7k3q2", { ...HISTORY, id: "m-7k3q2" }],
    [
      "history web-*,10.0.0.7 --by @alice --since 7d",
      { ...HISTORY, cluster: "prod", hosts: "web-*,10.0.0.7", by: "@alice", sinceForMs: 7 * 24 * 3_600_000 },
    ],
    ["history all --refused", { ...HISTORY, cluster: "prod", hosts: "*", refused: true }],
    ["schedule", { verb: "schedule", cluster: "prod" }],
    ["schedule Staging", { verb: "schedule", cluster: "staging" }],
    ["schedule --cluster staging", { verb: "schedule", cluster: "staging" }],
    ["hosts web-*", { verb: "hosts", cluster: "prod", hosts: "web-*" }],
    ["clusters", { verb: "clusters", cluster: null }],
    ["clusters staging", { verb: "clusters", cluster: "staging" }],
    ["clusters --cluster Staging", { verb: "clusters", cluster: "staging" }],
    ["", { verb: "help", topic: null }],
    ["/mesos", { verb: "help", topic: null }],
    ["help", { verb: "help", topic: null }],
    ["?", { verb: "help", topic: null }],
    ["帮助", { verb: "help", topic: null }],
    ["幫助 drain", { verb: "help", topic: "drain" }],
    ["drain 帮助", { verb: "help", topic: "drain" }],
    ["—help", { verb: "help", topic: null }],
    ["help Drain", { verb: "help", topic: "drain" }],
    ["drain help", { verb: "help", topic: "drain" }],
    ["mesos status", { verb: "status", cluster: "prod", target: null }],
    ["drain --help", { verb: "help", topic: "drain" }],
    ["drain web-* 4h ?", { verb: "help", topic: "drain" }],
  ])("%s is understood", (text, command) => {
    expect(parsed(text)).toEqual(command);
  });
});

describe("the cluster", () => {
  test("the cluster is the only one there is", () => {
    expect(parsed("drain web-*", onlyOne)).toMatchObject({ cluster: "prod" });
  });

  test("the cluster is asked for where several may be meant, and needed for hosts only", () => {
    expect(parseCommand("drain web-* 4h", elsewhere)).toMatchObject({
      reply: { text: expect.stringMatching(/say which one with --cluster: prod, staging/), line: null },
    });
    expect(parseCommand("drain web-* 4h --cluster <cluster>", elsewhere)).toMatchObject({ ok: false });
    expect(parseCommand("drain web-*", shared)).toMatchObject({
      reply: { text: expect.stringMatching(/more than one/) },
    });
    expect(parsed("status", elsewhere)).toEqual({ verb: "status", cluster: null, target: null });
    expect(parsed("up m-7k3q2", elsewhere)).toMatchObject({ cluster: null });
    expect(parsed("history", elsewhere)).toEqual(HISTORY);
    expect(parseCommand("schedule", elsewhere)).toMatchObject({
      reply: { text: expect.stringMatching(/say which one/), line: null },
    });
  });

  test("a missing configuration of clusters is told", () => {
    expect(parseCommand("drain web-*", none)).toMatchObject({
      reply: { text: "No cluster is configured.", line: null },
    });
  });
});

test.each(VERBS.flatMap(({ name, examples }) => examples.map((example) => [example, name] as const)))(
  "the example %s is a good line of its verb",
  (example, name) => {
    const result = parseCommand(example, inProd);
    if (result.ok) expect(result.command.verb).toBe(name);
    else
      expect(result).toMatchObject({ isOffer: true, reply: { line: expect.stringContaining(` ${name} `) } });
  },
);
