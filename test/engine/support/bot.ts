import type { Logger } from "../../../src/base/logger.js";
import { createIntake } from "../../../src/engine/bot/intake.js";
import { createLostClusters } from "../../../src/engine/lanes/lost-clusters.js";
import { createNotifier } from "../../../src/engine/lanes/notifier.js";
import { openRecords } from "../../../src/engine/lanes/records.js";
import type { Store } from "../../../src/engine/store/store.js";
import type { Reply } from "../../../src/maintenance/text/reply.js";
import { BOB } from "./people.js";
import { TestClock } from "./test-clock.js";

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

const AT = { channel: "C1", thread: null, command: "/mesos", responseUrl: "" };

/** A bot whose clusters file has this one cluster, and no worker to run what it queues. */
export function botOf(
  store: Store,
  name: string,
  { commandsPerMinute = 1_000, channel = "C1" }: { commandsPerMinute?: number; channel?: string | null } = {},
) {
  const clock = new TestClock();
  const own = openRecords(store, name, quiet);
  const records = new Map([[name, own]]);
  const intake = createIntake({
    store,
    clusters: [
      {
        name,
        channel,
        defaultDurationMs: 3_600_000,
        maxDurationMs: 7_200_000,
        groups: [],
        membersOnly: true,
        runbooks: [],
      },
    ],
    records,
    notifier: createNotifier(store, quiet, clock),
    lost: createLostClusters(store, records, quiet),
    people: { of: async () => ({ name: "bob", timeZone: "Asia/Shanghai" }) },
    personOf: async (user) => ({ user, standing: "member" as const, groups: [], lookupFailed: false }),
    commandsPerMinute,
    logger: quiet,
    clock,
  });
  let commands = 0;
  const openIds = async () => (await own.open()).records.map(({ id }) => id);
  return {
    clock,
    /** What the listeners of a Slack app are given; a Home of it is not drawn. */
    handlers: { ...intake, home: async () => {} },
    records: own,
    /** Does something that opens a maintenance: its id, or the one that the answer names where it was open already. */
    async opened(run: () => Promise<Reply | null>): Promise<string> {
      const before = await openIds();
      const reply = await run();
      const [id] = (await openIds()).filter((one) => !before.includes(one));
      return id ?? /m-\w+/.exec(reply?.text ?? "")?.[0] ?? "";
    },
    type(user: string, text: string, triggerId = `${name}-${++commands}`): Promise<Reply | null> {
      return intake.command({ ...AT, user, text, triggerId });
    },
    /** Types in another channel. */
    typeIn(at: string, user: string, text: string): Promise<Reply | null> {
      return intake.command({ ...AT, channel: at, user, text, triggerId: `${name}-${++commands}` });
    },
    /** Clicks the button beside a line that the bot has told. */
    send(user: string, reply: Reply | null): Promise<Reply | null> {
      const button = { v: 1, line: reply?.line ?? "", offer: reply?.offer ?? "" } as const;
      return intake.click({ ...AT, user, triggerId: `${name}-${++commands}`, button });
    },
    /** Clicks Adopt in a message about machines of a cluster. */
    adopt(user: string, cluster: string): Promise<Reply | null> {
      const shown = { startNs: "1", durationNs: null, isDown: true };
      const button = { v: 1, adopt: { cluster, hosts: "web-01", machines: 1, shown } } as const;
      return intake.click({ ...AT, user, triggerId: `${name}-${++commands}`, message: "1.0", button });
    },
    /** Clicks Cancel on the card of a maintenance, in the message of this `ts`. */
    cancel(id: string, message?: string): Promise<Reply | null> {
      const button = { v: 1, id, decision: { kind: "cancel" } } as const;
      const place = message === undefined ? {} : { message };
      return intake.click({ ...AT, ...place, user: BOB, triggerId: `${name}-click`, button });
    },
  };
}
