import { describe, expect, test } from "vitest";
import type { BlastRadius } from "../../../src/maintenance/record/blast-radius.js";
import { dryRunReply, type Terms } from "../../../src/maintenance/show/dry-run.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import { TABLE_WIDTH } from "../../../src/slack/render/table.js";
import { renderText } from "../../slack/plain-text.js";
import { drawn, drawnLines, readerOf } from "../../support/drawn.js";
import { HOUR, machine, NOW, names } from "../../support/world.js";

const capacity = (fits: boolean) => ({
  fits,
  needs: { cpus: 2.5, memMb: 1536 },
  free: { cpus: 40, memMb: 204_800 },
  roles: [{ role: "*", fits, needs: { cpus: 2.5, memMb: 1536 }, free: { cpus: 40, memMb: 204_800 } }],
});

const BLAST: BlastRadius = {
  tasks: 3,
  frameworks: [
    { name: "marathon", frameworkId: "marathon", tasks: 2, apps: [{ name: "/billing/api", tasks: 2 }] },
    { name: "kafka", frameworkId: "kafka", tasks: 1, apps: [{ name: "kafka", tasks: 1 }] },
  ],
  lastCopies: [{ framework: "marathon", frameworkId: "marathon", app: "/billing/api", copies: 2 }],
  volumes: [{ id: "kafka-3", role: "kafka", sizeMb: 204_800, machine: "web-02|10.0.0.2" }],
  reservations: [{ role: "kafka", machine: "web-02|10.0.0.2", cpus: 1, memMb: 512 }],
  emptied: [{ kind: "rack", name: "r1", agents: 2 }],
  capacity: capacity(true),
};

const TERMS: Terms = {
  window: { startMs: NOW, durationMs: 4 * HOUR },
  isUsualDuration: true,
  deadline: null,
  requester: "U01ALICE",
  approvals: { votes: 1, approvers: [], selfApproval: false },
  owners: [],
};

const ASKED = { names, hosts: "web-*", machines: [machine("web-01"), machine("web-02")], terms: TERMS };

describe("a dry run", () => {
  test("a dry run shows tasks, last copies, data, racks and room, and says that nothing was done", () => {
    const reply = dryRunReply("prod", ASKED, BLAST, []);
    expect(reply).toMatchObject({
      tone: "info",
      text: "Dry run in prod: web-* is 2 machines (web-01, web-02) with 3 tasks. The window would be <!date^1792497600000> – <!date^1792512000000> (4 h, the default of prod). Down would need 1 approval: anybody who sees the question may give it, but not <@U01ALICE>, who asks for it. Last running copies of /billing/api (marathon) are among them.",
      notDone: "Nothing was posted: this was a dry run.",
    });
    expect(drawnLines(reply)).toEqual([
      "ROLE          NEEDS             FREE ELSEWHERE   FITS",
      "all together  2.5 cpus, 1.5 GB  40 cpus, 200 GB  yes",
      "",
      "ALSO AWAY    WHAT                  WHERE",
      "rack         r1                    all of its agents (2)",
      "volume       kafka-3 (200 GB)      web-02",
      "reservation  kafka: 1 cpu, 512 MB  web-02",
      "",
      "FRAMEWORK  APP           TASKS",
      "marathon   /billing/api      2  last copies",
      "kafka      kafka             1",
    ]);
  });

  test("a dry run says when it would be, what happens at the deadline, who may approve and whose tasks these are", () => {
    const terms: Terms = {
      ...TERMS,
      window: { startMs: NOW + HOUR, durationMs: 2 * HOUR },
      isUsualDuration: false,
      deadline: { atMs: NOW + 2 * HOUR, then: "release", met: false },
      approvals: { votes: 2, approvers: ["S01OPS", "U02BOB"], selfApproval: false },
      owners: [{ owner: "S02DATA", of: ["kafka"] }],
    };
    const { text } = dryRunReply("prod", { ...ASKED, terms }, BLAST, []);
    expect(text).toContain(
      [
        "The window would be <!date^1792501200000> – <!date^1792508400000> (2 h).",
        "Deadline <!date^1792504800000>: if tasks are left then, the machines are given back.",
        "Down would need 2 approvals: <!subteam^S01OPS>, <@U02BOB> may give them, but not <@U01ALICE>, who asks for it.",
        "Owners of what runs there: <!subteam^S02DATA> (kafka).",
      ].join(" "),
    );
  });

  test("a dry run of many machines shows room, racks and volumes before its many apps, and those with their last copies first", () => {
    const apps = Array.from({ length: 300 }, (_, i) => ({ name: `/app-${i}`, tasks: 1 }));
    const reply = dryRunReply(
      "prod",
      ASKED,
      {
        ...BLAST,
        frameworks: [{ name: "marathon", frameworkId: "marathon", tasks: 300, apps }],
        lastCopies: [{ framework: "marathon", frameworkId: "marathon", app: "/app-299", copies: 1 }],
      },
      [],
    );
    const shown = renderText(renderReply(reply, readerOf()));
    expect(shown).toMatch(
      /all together[\s\S]*rack +r1[\s\S]*kafka-3[\s\S]*\/app-299 +1 +last copies[\s\S]*more lines/,
    );
  });

  test("a dry run says in one line each what is known of the frameworks on the machines", () => {
    const explained = new Map([
      ["kafka", "uses the old driver, cannot answer inverse offers"],
      ["elsewhere", "has never answered (5 maintenances)"],
    ]);
    const table = drawn(dryRunReply("prod", { ...ASKED, explained }, BLAST, []));
    expect(table).toContain(
      "\n\nFRAMEWORK  KNOWN\nkafka      uses the old driver, cannot answer inverse offers",
    );
    expect(table).not.toContain("elsewhere");
    expect(table).not.toContain("marathon   uses");
  });

  test("a dry run says which rules would refuse the drain, and that there is no room", () => {
    const refusals = [{ why: "m-1 holds web-01.", next: "Leave it out." }];
    const reply = dryRunReply("prod", ASKED, { ...BLAST, capacity: capacity(false) }, refusals);
    expect(reply).toMatchObject({ tone: "refused", next: "Leave it out." });
    expect(reply.text).toContain("have no room");
    expect(reply.text.split("\n")).toEqual([
      "It would be refused: m-1 holds web-01.",
      expect.stringMatching(/^Dry run in prod: web-\* is 2 machines/),
    ]);
    expect(drawn(reply)).toMatch(/all together .* NO$/m);
  });

  test("a dry run that matches nothing shows neither machines nor room", () => {
    const none = { tasks: 0, frameworks: [], lastCopies: [], volumes: [], reservations: [], emptied: [] };
    const zero = { cpus: 0, memMb: 0 };
    const blast: BlastRadius = { ...none, capacity: { fits: true, needs: zero, free: zero, roles: [] } };
    const refusals = [{ why: "No agent is called web-9*.", next: "Look at /mesos hosts *." }];
    expect(dryRunReply("prod", { ...ASKED, hosts: "web-9*", machines: [] }, blast, refusals)).toMatchObject({
      text: "It would be refused: No agent is called web-9*.\nDry run in prod: web-9* matches no machine.",
      table: null,
    });
  });

  test("a dry run marks the last copies of the framework that has them, not of another of its name", () => {
    const apps = [{ name: "/x", tasks: 1 }];
    const of = (frameworkId: string) => ({ name: "etl", frameworkId, tasks: 1, apps });
    const reply = dryRunReply(
      "prod",
      ASKED,
      {
        ...BLAST,
        frameworks: [of("F1"), of("F2")],
        lastCopies: [{ framework: "etl", frameworkId: "F2", app: "/x", copies: 1 }],
      },
      [],
    );
    expect(drawnLines(reply).slice(-2)).toEqual([
      "etl        /x       1  last copies",
      "etl        /x       1",
    ]);
  });

  test("a dry run shows each batch with its window and what goes with it", () => {
    const none = { tasks: 0, frameworks: [], lastCopies: [], volumes: [], reservations: [], emptied: [] };
    const window = { start: 1_795_172_400_000_000_000n, duration: 7_200_000_000_000n };
    const batches = [
      { machines: [machine("web-01")], window, blast: { ...BLAST, capacity: capacity(false) } },
      { machines: [machine("web-02")], window: null, blast: { ...none, capacity: capacity(true) } },
      { machines: [machine("web-03")], window: null, blast: { ...none, capacity: capacity(true) } },
    ];
    const table = drawn(dryRunReply("prod", { ...ASKED, batches }, BLAST, []));
    expect(table?.split("\n").slice(0, 4)).toEqual([
      "BATCH  FROM          UNTIL         TASKS  VOLUMES  FITS  MACHINES  LAST COPIES",
      "    1  20 Nov 11:00  20 Nov 13:00      3        1  NO    web-01    /billing/api",
      "    2  -             -                 0        0  yes   web-02",
      "    3  -             -                 0        0  yes   web-03",
    ]);
    const questions = (approve: "each" | "canary" | "once") =>
      dryRunReply("prod", { ...ASKED, batches, approve }, BLAST, []).text;
    expect(questions("each")).toContain("in 3 batches, one after another. Each would be asked about alone.");
    expect(questions("canary")).toContain(
      "Batch 1 would be asked about alone, and one question would be for the other 2, within limits.",
    );
    expect(questions("once")).toContain("One question would be for all of them, within limits.");
  });

  test("a dry run fits a line whatever the names", () => {
    const long = "x".repeat(120);
    const blast: BlastRadius = {
      ...BLAST,
      frameworks: [{ name: long, frameworkId: "F1", tasks: 1, apps: [{ name: long, tasks: 1 }] }],
      lastCopies: [{ framework: long, frameworkId: "F1", app: long, copies: 1 }],
      volumes: [{ id: long, role: long, sizeMb: 5 * 1024 * 1024, machine: `${long}|10.0.0.1` }],
      capacity: { ...capacity(true), roles: [...capacity(true).roles, { role: long, ...capacity(true) }] },
    };
    const widths = drawnLines(dryRunReply("prod", ASKED, blast, [])).map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(TABLE_WIDTH);
  });
});
