import type { Logger } from "../../base/logger.js";
import { openApproval } from "../../maintenance/approval/question.js";
import { isAmong, type Person, type Policy } from "../../maintenance/policy/policy.js";
import type { Approval, Maintenance } from "../../maintenance/record/record.js";
import { COMMAND } from "../../maintenance/text/command.js";
import type { Reader } from "../../maintenance/text/reader.js";
import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import type { Readers } from "../../slack/people/readers.js";
import {
  type HomeShown,
  MOST_OPEN,
  MOST_QUESTIONS,
  type OpenShown,
  type QuestionShown,
  renderClosedHome,
  renderHome,
} from "../../slack/render/home/home.js";
import type { Messenger } from "../../slack/say/messenger.js";
import { SlackFailure } from "../../slack/wire/errors.js";
import { threadJobId } from "../lanes/ids.js";
import { readJob, threadJob } from "../lanes/jobs.js";
import type { Records } from "../lanes/records.js";
import { replyFrom } from "../lanes/troubles.js";
import type { StoreQueue } from "../store/store.js";
import { StoreError } from "../store/store-error.js";

export interface HomePorts {
  readonly messenger: Pick<Messenger, "permalink" | "publish">;
  readonly readers: Readers;
  readonly clusters: readonly {
    readonly name: string;
    readonly policy: Pick<Policy, "approvers" | "membersOnly">;
  }[];
  readonly records: ReadonlyMap<string, Records>;
  /** Of the notify lane, whose jobs know where messages stand. */
  readonly threads: Pick<StoreQueue, "getJob">;
  personOf(user: string, groups: readonly string[]): Promise<Person>;
  readonly version: string;
  readonly logger: Logger;
  now(): number;
}

/** Draws one person's Home, with what they were told last about something that they did there. */
export type DrawHome = (user: string, answer: Reply | null) => Promise<void>;

/** As many addresses of messages are remembered; they never change. */
const MOST_ADDRESSES = 2_000;

/** The bot draws Homes of what the records say, and asks no master. Slack's failures are thrown. */
export function createHome(ports: HomePorts): DrawHome {
  const addresses = new Map<string, string>();

  return async (user, answer) => {
    let write: (reader: Reader) => ReturnType<typeof renderHome>;
    try {
      const shown = await shownTo(user, answer);
      write = (reader) => renderHome(shown, reader);
    } catch (error) {
      ports.logger.warn({ user, err: error }, "what is open could not be read for a Home");
      const why =
        error instanceof StoreError ? queueAway(error) : replyFrom(error, NOT_SHOWN, "open this page again");
      write = (reader) => renderClosedHome(why, reader);
    }
    await ports.messenger.publish(user, await ports.readers.write({ user, command: COMMAND }, write));
  };

  async function shownTo(user: string, answer: Reply | null): Promise<HomeShown> {
    const all = [...ports.records.values()];
    const stored = await Promise.all(all.map((one) => one.open()));
    const records = stored.flatMap((one) => one.records);
    const approvers = [...new Set(ports.clusters.flatMap(({ policy }) => policy.approvers))];
    const person = await ports.personOf(user, approvers);
    const newestFirst = records.sort((a, b) => b.requestedAtMs - a.requestedAtMs);
    const questions = newestFirst.flatMap((record) => questionsFor(record, person));
    return {
      answer,
      questions: await withAddresses(questions, MOST_QUESTIONS, questionAddress),
      open: await withAddresses(
        newestFirst.map((record) => ({ record })),
        MOST_OPEN,
        cardAddress,
      ),
      unreadable: stored.flatMap((one) => one.unreadable),
      nowMs: ports.now(),
      version: ports.version,
    };
  }

  /** Those questions of a maintenance that this person may answer. */
  function questionsFor(record: Maintenance, person: Person) {
    return record.batches.flatMap((batch) => {
      const approval = openApproval(batch);
      return approval !== null && mayAnswer(approval, person, record.cluster)
        ? [{ record, batch, approval }]
        : [];
    });
  }

  /** Where the question stands, which its thread has asked Slack for already. */
  async function questionAddress({ record, approval }: Omit<QuestionShown, "address">) {
    const thread = await threadOf(record.id);
    const shown = thread?.approvals[approval.id];
    return shown?.link || (await addressOf(thread?.channel ?? "", shown?.ts ?? null));
  }

  async function cardAddress({ record }: Omit<OpenShown, "address">) {
    const thread = await threadOf(record.id);
    return await addressOf(thread?.channel ?? "", thread?.rootTs ?? null);
  }

  /** As far as the bot knows: the worker looks at it again at the click (invariants 5 and 6). */
  function mayAnswer({ notBy, votes, expiresAtMs }: Approval, person: Person, cluster: string): boolean {
    const { approvers = [], membersOnly = true } =
      ports.clusters.find(({ name }) => name === cluster)?.policy ?? {};
    if (membersOnly && person.standing !== "member") return false;
    const hasVoted = votes.some(({ by }) => by === person.user);
    const isApprover = approvers.length === 0 || isAmong(person, approvers);
    return isApprover && !hasVoted && !notBy.includes(person.user) && ports.now() < expiresAtMs;
  }

  async function threadOf(id: string) {
    const job = await ports.threads.getJob(threadJobId(id));
    return job === undefined ? null : readJob(threadJob, job);
  }

  /** A link that Slack does not tell holds nothing up: the id stands there without it. */
  async function addressOf(channel: string, ts: string | null): Promise<string | undefined> {
    if (ts === null) return undefined;
    const key = `${channel}/${ts}`;
    const known = addresses.get(key);
    if (known !== undefined) return known;
    try {
      const address = await ports.messenger.permalink(channel, ts);
      if (addresses.size >= MOST_ADDRESSES) addresses.clear();
      addresses.set(key, address);
      return address;
    } catch (error) {
      if (!(error instanceof SlackFailure)) throw error;
      ports.logger.warn(error.fields, "a message has no address for a Home");
      return undefined;
    }
  }
}

/** The first ones with their addresses: Slack is asked for each, so only for those that are shown. */
async function withAddresses<T extends object>(
  all: readonly T[],
  most: number,
  addressOf: (one: T) => Promise<string | undefined>,
): Promise<(T & { readonly address: string | undefined })[]> {
  return await Promise.all(
    all.map(async (one, at) => ({ ...one, address: at < most ? await addressOf(one) : undefined })),
  );
}

const NOT_SHOWN = "What is open cannot be shown.";

function queueAway(error: StoreError): Reply {
  return replyOf({
    tone: "error",
    text: `The bot's queue is away: ${error.what}`,
    notDone: NOT_SHOWN,
    next: "Open this page again in a minute, or tell whoever runs the bot.",
  });
}
