import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localSlackAvailable } from "../../src/rehearsal/local-slack/binary.js";
import type { RehearsalAgent } from "../../src/rehearsal/master/options.js";
import type { Channel } from "../support/channel.js";
import { type Installation, install } from "../support/installation.js";
import { suiteFor } from "../support/require.js";
import { ALICE, BOB } from "../support/surroundings.js";
import { until } from "../support/until.js";

/** What is said to a line, in the whole of what the person reads. */
type Said = readonly (RegExp | { readonly never: RegExp })[];

const never = (words: RegExp) => ({ never: words });

const NODES = Array.from({ length: 240 }, (_, at) => `node-${String(at + 1).padStart(3, "0")}`);

const MANY: readonly RehearsalAgent[] = NODES.map((hostname, at) => ({
  hostname,
  ip: `10.1.${at < 200 ? 0 : 1}.${(at % 200) + 1}`,
  region: "eu",
  zone: `z${at % 3}`,
  attributes: { rack: `r${at % 8}`, disk: "ssd" },
}));

const WEBS: readonly RehearsalAgent[] = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({
  hostname: n === 7 ? "Web-07" : `web-0${n}`,
  ip: `10.0.0.${n}`,
}));

const SECOND_NS = 1_000_000_000n;

/** Windows of others: one of 2023, one of 2027 with the name of our web-01 and another address. */
const FOREIGN = [
  { machines: [{ hostname: "old", ip: "10.9.0.1" }], start: 1_700_000_000n * SECOND_NS, duration: null },
  { machines: [{ hostname: "WEB-01", ip: "10.0.0.77" }], start: 1_800_000_000n * SECOND_NS, duration: null },
];

suiteFor(
  "what people type and what they are told, in the local Slack",
  localSlackAvailable(),
)(() => {
  let bot: Installation;
  let strict: Channel;
  let many: Channel;
  let apps: Channel;
  beforeAll(async () => {
    bot = await install({
      store: "embedded",
      master: {
        agents: WEBS,
        frameworks: [
          { name: "marathon", habit: "silent", tasks: [{ name: "api", on: "web-01" }] },
          { name: "spark", habit: "silent", principal: "spark-a", tasks: [{ name: "driver", on: "web-05" }] },
          { name: "spark", habit: "silent", principal: "spark-b", tasks: [{ name: "driver", on: "web-05" }] },
        ],
      },
      cluster: { approvers: [BOB], admins: [BOB], owners: [{ match: "spark", owners: [BOB] }] },
      more: {
        strict: {
          master: { agents: WEBS, frameworks: [] },
          cluster: {
            caps: { machines_per_maintenance: 2, out_of_service: 2, above: "confirm" },
            require_reason: true,
            ticket_pattern: "OPS-[0-9]+",
            admins: [BOB],
            calendar: [{ days: "mon-sun", from: "00:00", to: "00:01", time_zone: "UTC" }],
          },
        },
        many: {
          master: {
            agents: MANY,
            frameworks: [
              {
                name: "marathon",
                habit: "silent",
                tasks: NODES.flatMap((on) =>
                  ["orders", "payments"].map((app) => ({ name: `${app}-of-${on}-app`, on })),
                ),
              },
            ],
          },
        },
        apps: {
          master: {
            agents: WEBS,
            frameworks: [
              {
                name: "marathon",
                habit: "silent",
                tasks: [1, 2].map((n) => ({ name: `api-${n}`, on: "web-01" })),
              },
              ...["flink", "jenkins", "storm"].map((name) => ({
                ...{ name, habit: "mover" as const, tasks: [], holdsOffersOn: ["web-01"] },
              })),
            ],
          },
          cluster: { ask_after: "0s" },
        },
      },
    });
    [strict, many, apps] = [bot.in("strict"), bot.in("many"), bot.in("apps")];
    bot.master.postSchedule({ windows: FOREIGN });
    await bot.start();
  });
  afterAll(() => bot.dispose());

  /** Types a line and gives all that the person is told to it. */
  async function told(user: string, line: string, channel: Channel = bot): Promise<string> {
    const before = new Set((await channel.messages()).map(({ message }) => message.ts));
    await channel.type(user, line);
    return await until(`an answer to ${line}`, async () => {
      const messages = await channel.messages();
      const answer = messages.find(({ message, to }) => to === user && !before.has(message.ts));
      return answer?.text;
    });
  }

  async function expectSaid(line: string, said: Said, user = ALICE, channel: Channel = bot): Promise<void> {
    const text = await told(user, line, channel);
    for (const words of said) {
      if ("never" in words) expect(text).not.toMatch(words.never);
      else expect(text).toMatch(words);
    }
  }

  /** Drains, and waits until the window is posted. */
  async function drained(hosts: string, channel: Channel = bot): Promise<string> {
    const id = /m-\w+/.exec(await told(ALICE, `drain ${hosts}`, channel))?.[0] ?? "";
    await channel.root(new RegExp(`${id}(?!.*being posted)`, "s"));
    return id;
  }

  describe("before anything is open", () => {
    test.each<[string, Said]>([
      [
        "drain web-06 --dry-run",
        [
          /The window would be .* – .* \(2 h, the default of test\)/,
          /1 approval: @bob may give it/,
          /not @alice/,
        ],
      ],
      [
        "drain web-06 5h --in 1h --deadline 2h --dry-run",
        [/\(5 h\)/, /Deadline .*: if tasks are left then, the approval is asked for/],
      ],
      ["drain web-05 1h --dry-run", [/@bob/, /spark \(spark-a\) +driver/, /spark \(spark-b\) +driver/]],
      [
        "drain web-04 4h 2h",
        [/two durations.* Which of the two\?/, /drain web-04 4h$/m, /drain web-04 2h$/m],
      ],
      ["drain web-04 30", [/30 hours or 30 minutes\?/, /drain web-04 30h$/m, /drain web-04 30m$/m]],
      [
        "stop web-04",
        [/no verb "stop"/, /You typed “\/mesos stop web-04”/, never(/^\/mesos (cancel|down|hold)/m)],
      ],
      [
        "drain web-04 4h -n",
        [/no option -n;/, never(/did you mean/), /You typed “\/mesos drain web-04 4h -n”/],
      ],
      ["cancel m-aaaaa,m-bbbbb", [/takes one id/, /^\/mesos cancel m-aaaaa$/m, /^\/mesos cancel m-bbbbb$/m]],
      ["clusters many", [/^many is shown in #/m, /^many: Mesos/m, never(/^strict: Mesos/m)]],
      ["drain web-06 2h --dry-run", [/\(2 h\)/, never(/the default/)]],
      ["drain 4h web-06", [/not like hosts/, /^\/mesos drain web-06 4h$/m]],
      ["drain web-05 web-06 1h", [/commas between them/, /^\/mesos drain web-05,web-06 1h$/m]],
      ["web-06 2h", [/"drain web-06 2h" opens/, never(/^\/mesos drain/m)]],
      ["hosts old-9|10.0.0.99", [/unregistered/, never(/1 up/)]],
      [
        "drain WEB-01 1h",
        [/stands for 2 machines/, /web-01\|10\.0\.0\.1/, /WEB-01\|10\.0\.0\.77/, never(/:!WEB-01(?!\|)/)],
      ],
      [
        "drain web-02,WEB-01|10.0.0.77 1h",
        [
          /WEB-01 \(10\.0\.0\.77\) is already draining, in a window of somebody else/,
          /:!WEB-01\|10\.0\.0\.77 1h/,
        ],
      ],
      [
        "drain web-02,web-03 1h --confirm 5",
        [/--confirm 5 was typed, and web-02,web-03 stands for 2 machines/, /--confirm 2/],
      ],
      ["schedule", [/14 Nov 2023/, /15 Jan 2027/]],
      ["help", [/Version \d+\.\d+\.\d+/, /\/mesos drain <hosts>/, never(/&lt;|&gt;/)]],
    ])("/mesos %s", async (line, said) => {
      await expectSaid(line, said);
    });

    test("a dry run of 99 machines has what is lost first, and the whole table as a file", async () => {
      const text = await told(ALICE, "drain node-0[01:99] --dry-run", many);
      expect(text).toMatch(/Last running copies of/);
      expect(text).toMatch(/The whole table comes as a file/);
      expect(text.indexOf("Last running copies")).toBeLessThan(text.indexOf("FRAMEWORK"));
    });

    test("hosts of 240 machines have zone, rack and attributes as columns, and come as a file", async () => {
      const text = await told(ALICE, "hosts all", many);
      expect(text).toMatch(/^MACHINE +IP +MODE +AGENTS +TASKS +IN +ZONE.* +RACK +ATTRIBUTES$/m);
      expect(text).toMatch(/^node-001 +10\.1\.0\.1 +up +1 +2 +.*z0.*r0.*disk=ssd/m);
      expect(text).toMatch(/The whole table comes as a file/);
      await until("the file", async () =>
        (await bot.slack.directMessages(ALICE)).find(({ text: said }) => said.includes("240 machines")),
      );
    });

    test("all broken rules are told at once, the typed number once, and with a line", async () => {
      const text = await told(ALICE, "drain web-0[1-3] 1h", strict);
      for (const rule of [
        "machines_per_maintenance",
        "out_of_service",
        "calendar",
        "require_reason",
        "ticket_pattern",
      ])
        expect(text).toContain(
          `clusters.strict.${rule === "machines_per_maintenance" || rule === "out_of_service" ? "caps." : ""}${rule}`,
        );
      expect(text.match(/--confirm 3/g)).toHaveLength(1);
      expect(text).toMatch(/--reason "<why>" --ticket <ticket> --confirm <number>/);
    });

    test("an override of somebody who may not is told as that, with who may", async () => {
      await expectSaid(
        'drain web-01 1h --reason kernel --ticket OPS-1 --override "no time"',
        [/--override that was given does not count/, /overriding is for @bob/, /@bob/],
        ALICE,
        strict,
      );
    });
  });

  describe("with maintenances open", () => {
    const id: Record<string, string> = {};
    beforeAll(async () => {
      id.two = await drained("web-02 4小时");
      id.four = await drained("web-03，web-04 90分钟 --reason 换内核");
      id.seven = await drained("web-07 1h");
    });

    test("Chinese is understood where it is certain", async () => {
      expect(await told(ALICE, `status ${id.two}`)).toMatch(/3 h 59 m left|4 h left/);
      expect(await told(ALICE, `status ${id.four}`)).toMatch(/web-03[\s\S]*web-04/);
      expect(await told(ALICE, `history ${id.four}`)).toContain("换内核");
    });

    test("a window cannot be made shorter, and no line makes it longer instead", async () => {
      await expectSaid(`extend ${id.two} -30m`, [
        /cannot be made shorter/,
        never(/^\/mesos extend \S+ 30m/m),
      ]);
    });

    test.each<[string, RegExp]>([
      ["hold web-02", /is held/],
      ["release web-02", /is released/],
      ["extend web-02 1h", /is made 1 h longer/],
      ["history web-02", /1 maintenance on web-02/],
    ])("/mesos %s takes hosts", async (line, said) => {
      await expectSaid(line, [said]);
    });

    test("history has hosts, names, start and end as columns", async () => {
      const text = await told(ALICE, "history");
      expect(text).toMatch(/^ID +HOSTS +WHO +STARTED +ENDED +OUTCOME +REASON$/m);
      expect(text).toMatch(/^m-\w+ +web-02 +alice /m);
      expect(text).not.toMatch(/U01ALICE/);
    });

    test("a machine is called as its agent calls it", async () => {
      const text = await told(ALICE, "status web-07");
      expect(text).toMatch(/^Web-07 /m);
      expect(text).not.toMatch(/^web-07 /m);
    });

    test("status of machines in several maintenances stays in one order", async () => {
      const order = (text: string) => text.match(/^\S*web-0\d/gim);
      const first = order(await told(ALICE, "status web-0[2-4],web-07"));
      expect(first).toHaveLength(4);
      for (let again = 0; again < 3; again += 1)
        expect(order(await told(ALICE, "status web-0[2-4],web-07"))).toEqual(first);
    });

    test("machines that are taken are grouped by maintenance, with the line that leaves them out", async () => {
      const text = await told(ALICE, "drain web-0[2-6] 1h");
      expect(text).toMatch(new RegExp(`web-02 is already draining, by ${id.two}`));
      expect(text).toMatch(new RegExp(`2 machines \\(web-03, web-04\\) are already draining, by ${id.four}`));
      expect(text).toMatch(/^\/mesos drain web-0\[2-6\]:!web-02:!web-03:!web-04 1h --cluster test$/m);
    });

    test("status tells when it was looked, not since when nothing changed", async () => {
      const text = await told(ALICE, `status ${id.four}`);
      expect(text).toMatch(/Looked at/);
      expect(text).not.toMatch(/As seen/);
    });

    test("a refused drain is one message to the person", async () => {
      const before = (await bot.messages()).filter(({ to }) => to === BOB).length;
      await told(BOB, "drain web-02 1h");
      await told(BOB, "status");
      const after = (await bot.messages()).filter(({ to }) => to === BOB);
      expect(after.length - before).toBe(2);
    });
  });

  test("a question stays with what was seen and says what is there now; who went, came and has nothing there is told", async () => {
    const { master } = apps;
    await told(ALICE, "drain web-01 1h", apps);
    const asked = await apps.question();
    expect(asked.text).toMatch(/Will be lost: 2 tasks \(marathon 2\)/);
    expect(asked.text).toMatch(/silent 1 \(marathon on `web-01`\) · empty 3/);
    const [task] = master.state().tasks.filter(({ name }) => name === "api-1");
    master.killTask(task?.id ?? "");
    await apps.thread(/Will be lost: 2 tasks[\s\S]*now 1/);
    await apps.root(/others: nothing there/);
  });
});
