import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BlastRadius } from "../../../src/maintenance/record/blast-radius.js";
import type { LogEvent } from "../../../src/maintenance/record/events.js";
import { UNASKED, VERDICTS } from "../../../src/maintenance/record/picture.js";
import { type Maintenance, PHASES } from "../../../src/maintenance/record/record.js";
import { anybody } from "../../../src/maintenance/text/reader.js";
import { replyOf } from "../../../src/maintenance/text/reply.js";
import type { SlackMessage } from "../../../src/slack/render/blocks.js";
import { renderCard } from "../../../src/slack/render/card/card.js";
import { renderEvent } from "../../../src/slack/render/event.js";
import { renderFile } from "../../../src/slack/render/fixed-text.js";
import { renderApproval } from "../../../src/slack/render/question/question.js";
import { renderReply } from "../../../src/slack/render/reply.js";
import { SlackFailure } from "../../../src/slack/wire/errors.js";
import { runs } from "../../support/fast-check.js";
import { mrkdwnTexts, plainTexts, refusal } from "../block-rules.js";
import { approvalOf, batchOf, NOW, pictureOf, recordOf, seenOf } from "../fixtures.js";
import { renderText } from "../plain-text.js";

/** Names as they could come from a master or a person: long ones, hostile ones, any characters at all. */
const name = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
  fc.constantFrom(
    "<!channel>",
    "<!here|x>",
    "<@U01ALICE>",
    "<http://evil|web-01>",
    "&lt;!everyone&gt;",
    "`<!channel>`",
    "*<#C01>*",
    "```\n<!here>\n```",
    "<!subteam^S1>",
    "<!subteam^S666EVIL>",
    "web-01",
  ),
  fc.string({ unit: fc.constantFrom("<", "&", "`", "x", "\n", "😀"), minLength: 200, maxLength: 600 }),
);

/** Up to `max` items out of a few different ones: many are quickly made, and quickly shrunk when a test fails. */
const many = <T>(item: fc.Arbitrary<T>, max: number): fc.Arbitrary<T[]> =>
  fc
    .tuple(fc.array(item, { minLength: 1, maxLength: 6 }), fc.nat(max))
    .map(([some, count]) => Array.from({ length: count }, (_, index) => some[index % some.length] as T));

const names = (max: number) => many(name, max);

const instant = fc.integer({ min: -8e15, max: 8e15 });

const nanos = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const user = fc.oneof(fc.constant("U01ALICE"), name);

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const verdictRow = fc.record({
  machine: name.map((host) => `${host}|10.0.0.1`),
  frameworkId: name,
  framework: name,
  verdict: fc.constantFrom(...VERDICTS),
  tasks: fc.nat(1000),
  answeredAtMs: orNull(instant),
  unasked: fc.option(fc.constantFrom(...UNASKED)),
  erased: orNull(
    fc.record({
      answer: fc.constantFrom("accept" as const, "decline" as const),
      answeredAtMs: instant,
      erasedAtMs: instant,
      why: fc.constantFrom("schedule_change" as const, "fail_over" as const),
    }),
  ),
});

/** Of up to 50 frameworks. */
const verdictRows = many(verdictRow, 200).map((rows) =>
  rows.map((row, index) => ({ ...row, frameworkId: `${row.frameworkId} ${index % 50}` })),
);

const outcome = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant("granted" as const), by: user, atMs: instant }),
  fc.record({ kind: fc.constant("denied" as const), by: user, atMs: instant, reason: orNull(name) }),
  fc.record({ kind: fc.constant("expired" as const), atMs: instant }),
  fc.record({ kind: fc.constant("outdated" as const), atMs: instant, changes: names(100) }),
  fc.record({
    kind: fc.constant("withdrawn" as const),
    atMs: instant,
    why: fc.constantFrom("extended" as const, "overtaken" as const),
    by: orNull(user),
  }),
);

const amounts = { cpus: fc.double({ noNaN: true }), memMb: fc.double({ noNaN: true }) };

const role = fc.record({
  role: name,
  fits: fc.boolean(),
  needs: fc.record(amounts),
  free: fc.record(amounts),
});

const blast: fc.Arbitrary<BlastRadius> = fc.record({
  tasks: fc.nat(),
  frameworks: many(
    fc.record({
      name,
      frameworkId: name,
      tasks: fc.nat(),
      apps: many(fc.record({ name, tasks: fc.nat() }), 100),
    }),
    50,
  ),
  lastCopies: many(fc.record({ framework: name, frameworkId: name, app: name, copies: fc.nat() }), 200),
  volumes: many(fc.record({ id: name, role: name, sizeMb: fc.double({ noNaN: true }), machine: name }), 200),
  reservations: many(fc.record({ role: name, machine: name, ...amounts }), 200),
  emptied: many(fc.record({ kind: name, name, agents: fc.nat() }), 50),
  capacity: fc.record({
    fits: fc.boolean(),
    needs: fc.record(amounts),
    free: fc.record(amounts),
    roles: many(role, 50),
  }),
});

const votes = many(fc.record({ by: user, atMs: instant }), 50);

const owner = fc.record({
  owner: fc.oneof(fc.constantFrom("U01ALICE", "S01OPS"), name),
  of: names(50),
  said: fc.constantFrom("nothing" as const, "ready" as const, "hold" as const),
  by: orNull(user),
  atMs: orNull(instant),
});

const held = fc.record({
  by: user,
  atMs: instant,
  reason: orNull(name),
  as: fc.constantFrom("operator" as const, "owner" as const),
});

const deadline = fc
  .tuple(instant, fc.constantFrom("release" as const, "ask" as const, "force" as const), fc.boolean())
  .map(([atMs, then, met]) => ({ atMs, then, met }));

const habits = fc
  .array(fc.tuple(name, name), { maxLength: 50 })
  .map((entries) => new Map([...entries, ["marathon", "<!channel> always declines"]]));

const seen = fc
  .record({
    hosts: names(500),
    tasks: many(fc.record({ id: name, name, framework: name, frameworkId: name, machine: name }), 300),
    verdicts: verdictRows,
    blast,
  })
  .map(({ hosts, tasks, verdicts, blast }) =>
    seenOf({ machines: hosts.map((host) => `${host}|10.0.0.1`), tasks, verdicts, blast }),
  );

const batch = fc
  .record({ hosts: names(500), phase: fc.constantFrom(...PHASES), start: nanos, duration: orNull(nanos) })
  .map(({ hosts, phase, start, duration }) =>
    batchOf({
      phase,
      window: { start, duration },
      machines: hosts.map((hostname) => ({ hostname, ip: "10.0.0.1" })),
    }),
  );

const trouble = fc.record({
  code: name,
  what: name,
  said: orNull(name),
  notDone: name,
  next: name,
  sinceMs: instant,
});

const movingApp = {
  frameworkId: name,
  framework: name,
  app: name,
  tasks: many(fc.record({ id: name, host: name }), 100),
  instances: fc.nat(),
  minimum: fc.nat(),
  healthy: fc.nat(),
  hasHealthChecks: fc.boolean(),
};

const movePlan = fc.record({
  apps: many(fc.record(movingApp), 100),
  stays: many(fc.record({ framework: name, app: name, tasks: fc.nat(), why: name }), 100),
});

const move = fc.record({
  batch: name,
  approval: name,
  by: user,
  sinceMs: instant,
  untilMs: instant,
  lookAtMs: instant,
  apps: many(
    fc.record({
      ...movingApp,
      kills: many(fc.record({ task: name, atMs: instant, healthy: fc.nat(), isGone: fc.boolean() }), 5),
      known: names(3),
      relaunched: names(3),
      stopped: orNull(name),
    }),
    100,
  ),
  away: orNull(name),
  end: fc.constant(null),
});

const record: fc.Arbitrary<Maintenance> = fc
  .record({
    cluster: name,
    requester: user,
    hosts: name,
    reason: orNull(name),
    ticket: orNull(name),
    requestedAtMs: instant,
    batches: many(batch, 20),
    cancel: orNull(fc.record({ by: user, atMs: instant })),
    trouble: orNull(trouble),
    moves: fc.array(move, { maxLength: 1 }),
    held: orNull(held),
    deadline: orNull(deadline),
    owners: many(owner, 30),
    blast: orNull(blast),
    picture: orNull(verdictRows.map((rows) => pictureOf(3, 9, rows))),
    end: orNull(
      fc.record({
        phase: fc.constantFrom("up" as const, "cancelled" as const, "failed" as const),
        atMs: instant,
        why: orNull(name),
      }),
    ),
  })
  .map(recordOf);

/** In a channel: groups of the configuration only, because a group that is named there is notified. */
const OWNERS_ONLY = /<!subteam\^S01OPS>/g;

/** To one person: any group and channel, because nobody else sees it. */
const ANY_GROUP = /<(?:!subteam\^S|#C)[A-Z0-9]+>/g;

/** What every message must be, whatever is in it. */
function check(message: SlackMessage, users: readonly string[] = [], groups = OWNERS_ONLY): void {
  expect(refusal(message.blocks)).toBeNull();
  expect(message.text).not.toBe("");
  // Without it Slack makes links and mentions of its own out of what looks like one.
  const objects = JSON.stringify(message.blocks);
  expect(objects.match(/"verbatim":true/g)?.length).toBe(objects.match(/"type":"mrkdwn"/g)?.length);
  for (const text of [...mrkdwnTexts(message.blocks), message.text]) {
    const ours = text
      .replace(/<!date\^-?\d+\^\{date_short_pretty\} \{time\}\|[^<>|]*>/g, "")
      .replace(/<@[UW][A-Z0-9]+>/g, "")
      .replace(groups, "")
      .replace(/^> /gm, "");
    expect(ours).not.toMatch(/[<>]/);
    expect(ours).not.toMatch(/&(?!(amp|lt|gt);)/);
  }
  for (const text of plainTexts(message.blocks)) expect(text).not.toMatch(/[<>]/);
  expect(message.text.length).toBeLessThanOrEqual(4000);
  expect((message.text.match(/```/g)?.length ?? 0) % 2).toBe(0);
  expect(renderText(message)).not.toBe("");
  const mentioned = [...JSON.stringify(message).matchAll(/<@([A-Z0-9]+)>/g)].map((match) => match[1]);
  for (const id of mentioned) expect(users).toContain(id);
}

const RUNS = { numRuns: runs(60) };

const KNOWN = ["U01ALICE"];

describe("whatever the record holds, Slack takes the message and nobody is called by a name in it", () => {
  test("property: Slack takes the card, whatever the record holds", () => {
    fc.assert(
      fc.property(record, instant, habits, (one, now, known) =>
        check(renderCard(one, now, { habits: known }), KNOWN),
      ),
      RUNS,
    );
  });

  test("property: Slack takes the question and its outcome, whatever the record holds", () => {
    fc.assert(
      fc.property(
        record,
        fc.record({
          seen,
          outcome,
          askedBy: orNull(user),
          votes,
          votesNeeded: fc.nat(9),
          forced: fc.boolean(),
        }),
        orNull(movePlan),
        (one, asked, plan) => {
          const { votesNeeded } = asked;
          const about = plan === null ? {} : ({ about: "move_tasks", move: plan } as const);
          const approval = approvalOf({ ...asked, ...about, votesNeeded: votesNeeded + 1 });
          check(renderApproval(one, batchOf(), approval, NOW), KNOWN);
        },
      ),
      RUNS,
    );
  });

  test("property: Slack takes messages for events with texts and lists of other people, whatever they hold", () => {
    const base = { seq: fc.constant(1), atMs: instant };
    const framework = fc.record({
      name,
      tasks: fc.nat(),
      empty: fc.nat(500),
      promised: fc.nat(500),
      refused: fc.nat(500),
      silent: fc.nat(500),
      refusedOn: names(500),
      unasked: fc.array(fc.record({ why: fc.constantFrom(...UNASKED), machines: fc.nat(500) }), {
        maxLength: 5,
      }),
    });
    const event: fc.Arbitrary<LogEvent> = fc.oneof(
      fc.record({
        ...base,
        kind: fc.constant("answers_changed" as const),
        tasksLeft: fc.nat(),
        tasksMost: fc.nat(),
        recovering: fc.nat(),
        frameworks: many(framework, 50),
      }),
      fc.record({
        ...base,
        kind: fc.constant("agents_returned" as const),
        machines: names(500),
        missing: fc.nat(),
      }),
      fc.record({ ...base, kind: fc.constant("agents_missing" as const), machines: names(500) }),
      fc.record({
        ...base,
        kind: fc.constant("denied" as const),
        batch: name,
        approval: name,
        by: user,
        reason: orNull(name),
      }),
      fc.record({
        ...base,
        kind: fc.constant("approval_outdated" as const),
        batch: name,
        approval: name,
        by: orNull(user),
        changes: names(200),
      }),
      fc.record({
        ...base,
        kind: fc.constant("move_step" as const),
        batch: name,
        app: name,
        host: name,
        number: fc.nat(),
        of: fc.nat(),
        healthy: fc.nat(),
        minimum: fc.nat(),
        isAnswered: fc.boolean(),
        why: name,
      }),
      fc.record({
        ...base,
        kind: fc.constant("move_stopped" as const),
        batch: name,
        app: name,
        why: name,
      }),
      fc.record({
        ...base,
        kind: fc.constant("move_ended" as const),
        batch: name,
        why: name,
        moved: fc.nat(),
        of: fc.nat(),
      }),
      fc.record({ ...base, kind: fc.constant("foreign_change" as const), text: name }),
      fc.record({ ...base, kind: fc.constant("refused" as const), by: user, decision: name, why: name }),
      fc.record({
        ...base,
        kind: fc.constant("held" as const),
        by: user,
        reason: orNull(name),
        as: fc.constantFrom("operator" as const, "owner" as const),
      }),
      fc.record({ ...base, kind: fc.constant("overridden" as const), by: user, rule: name, reason: name }),
      fc.record({
        ...base,
        kind: fc.constant("owners_told" as const),
        owners: many(owner, 100),
      }),
      fc.record({ ...base, kind: fc.constant("owner_ready" as const), by: user, of: names(100) }),
      fc.record({ ...base, kind: fc.constant("note" as const), text: name }),
      fc.record({
        ...base,
        kind: fc.constant("trouble" as const),
        code: name,
        what: name,
        said: orNull(name),
        notDone: name,
        next: name,
      }),
      fc.record({ ...base, kind: fc.constant("failed" as const), why: name, next: name }),
    );
    fc.assert(
      fc.property(record, event, (one, what) => {
        const message = renderEvent(one, what);
        expect(message).not.toBeNull();
        if (message !== null) check(message, KNOWN);
      }),
      RUNS,
    );
  });

  test("property: Slack takes the blast radius, whatever the record holds", () => {
    fc.assert(
      fc.property(record, blast, (one, what) => {
        const message = renderEvent({ ...one, blast: what }, { kind: "blast_radius", seq: 1, atMs: NOW });
        expect(message).not.toBeNull();
        if (message !== null) check(message, KNOWN);
      }),
      RUNS,
    );
  });

  test("property: Slack takes a file that Slack did not take as a message", () => {
    const failure = new SlackFailure("file_uploads_disabled", { doing: "uploading" });
    const file = fc.record({ name, title: name, text: names(500).map((lines) => lines.join("\n")) });
    fc.assert(
      fc.property(file, (one) => check(renderFile(one, failure), KNOWN)),
      RUNS,
    );
  });

  test("property: Slack takes answers to one person, whatever they hold", () => {
    const parts = fc.record({
      tone: fc.constantFrom("done" as const, "info" as const, "refused" as const, "error" as const),
      text: name,
      said: orNull(name),
      notDone: orNull(name),
      next: orNull(name),
      line: orNull(name),
      table: orNull(names(500).map((lines) => lines.join("\n"))),
    });
    fc.assert(
      fc.property(parts, (one) => check(renderReply(replyOf(one), anybody("/mesos", 0)), KNOWN, ANY_GROUP)),
      RUNS,
    );
  });
});
