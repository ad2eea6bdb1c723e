import type { Records } from "../../../src/engine/lanes/records.js";
import type { Decision } from "../../../src/maintenance/decisions/table.js";
import type { Maintenance } from "../../../src/maintenance/record/record.js";
import { DEFAULT_TIMEOUTS } from "../../../src/mesos/transport.js";
import type { CallType } from "../../../src/rehearsal/master/call.js";
import type { ReceivedCall } from "../../../src/rehearsal/master/call-log.js";
import type { RehearsalMaster } from "../../../src/rehearsal/master/master.js";
import type { AdoptValue, ButtonValue } from "../../../src/slack/render/button-value.js";
import type { RehearsalMarathon } from "../../support/marathon/marathon.js";
import type { Course } from "./course.js";
import { ALICE } from "./people.js";
import { buttonOf, type Posted, type RecordedSlack } from "./recorded-slack.js";

/** Limits on the wall's clock, which only end what hangs; a call is given up by the clock of the engine. */
export const UNHURRIED_CALLS = { connectMs: 120_000, headersMs: 120_000, bodyMs: 120_000 };

/** A read may take as long as its parts together. */
export const READ_LIMIT_MS = Object.values(UNHURRIED_CALLS).reduce((sum, ms) => sum + ms, 0);

/** Every look asks for this once, whole or not. */
const LOOK: CallType = "GET_MAINTENANCE_STATUS";

export interface TestClusterParts {
  readonly name: string;
  readonly channel: string;
  readonly master: RehearsalMaster;
  readonly standbys: readonly RehearsalMaster[];
  readonly marathon: RehearsalMarathon | null;
  readonly slack: RecordedSlack;
  readonly records: Records;
  readonly course: Course;
  /** Whether a job runs. */
  isBusy(): boolean;
  /** Lets this time pass while a job runs. */
  moveOn(ms: number): void;
  setClockBy(ms: number): void;
  type(user: string, text: string): Promise<void>;
  click(user: string, button: ButtonValue | AdoptValue): Promise<void>;
  restart(): Promise<void>;
  addWorker(): Promise<void>;
  nowMs(): number;
}

/** One cluster as people meet it in its Slack channel, with its master at hand. */
export class TestCluster {
  readonly master: RehearsalMaster;
  /** With it first. */
  readonly masters: readonly RehearsalMaster[];
  readonly #parts: TestClusterParts;
  /** What people had been told before the last command or click. */
  #toldBefore = 0;
  /** Calls that the master had got when the last one was given up. */
  #givenUpBefore = 0;

  constructor(parts: TestClusterParts) {
    this.#parts = parts;
    this.master = parts.master;
    this.masters = [parts.master, ...parts.standbys];
  }

  /** The Marathon that the cluster was started with. */
  get marathon(): RehearsalMarathon {
    const { marathon } = this.#parts;
    if (marathon === null) throw new Error("This cluster was started without a Marathon.");
    return marathon;
  }

  get name(): string {
    return this.#parts.name;
  }

  get records(): Records {
    return this.#parts.records;
  }

  /** Types `/mesos …` in the cluster's channel; resolves when the command is handled and answered. */
  async type(user: string, text: string): Promise<void> {
    this.#toldBefore = this.#parts.slack.told.length;
    await this.#parts.type(user, text);
  }

  async click(user: string, button: ButtonValue | AdoptValue): Promise<void> {
    this.#toldBefore = this.#parts.slack.told.length;
    await this.#parts.click(user, button);
  }

  /** Stops the worker and starts another one. */
  restart(): Promise<void> {
    return this.#parts.restart();
  }

  /** Starts one more worker beside the one that runs. */
  addWorker(): Promise<void> {
    return this.#parts.addWorker();
  }

  nowMs(): number {
    return this.#parts.nowMs();
  }

  /** The queue loses a maintenance. */
  async loses(id: string): Promise<void> {
    const job = await this.until(`${id} is not being looked at`, async () => {
      const found = await this.records.queue.getJob(id);
      return (await found?.getState()) === "active" ? null : found;
    });
    await job?.remove();
  }

  /** Of the job of a maintenance. */
  async priority(id: string): Promise<number> {
    return (await this.records.queue.getJob(id))?.priority ?? Number.NaN;
  }

  /** Lets this time pass while a job runs. */
  moveOn(ms: number): void {
    this.#parts.moveOn(ms);
  }

  /** Sets the clock of bot and worker ahead, or back; the master's stays. */
  setClockBy(ms: number): void {
    this.#parts.setClockBy(ms);
  }

  /** Lets everything run that is due by the clock as it is. */
  async runsDue(): Promise<void> {
    let looks = 0;
    await this.#parts.course.until("what is due has run", () => {
      looks += 1;
      return looks > 1;
    });
  }

  /** Waits until this can be seen while a job still runs. */
  async untilInside(what: string, look: () => boolean): Promise<void> {
    await this.#parts.course.untilInside(what, look);
  }

  /** What a person was told since the last command or click. */
  toldTo(user: string): readonly string[] {
    const since = this.#parts.slack.told.slice(this.#toldBefore);
    return since.flatMap((told) =>
      told.user === user && told.channel === this.#parts.channel ? [told.text] : [],
    );
  }

  /** Whether anybody was told anything since the last command or click. */
  hasToldAnybody(): boolean {
    return this.#parts.slack.told
      .slice(this.#toldBefore)
      .some(({ channel }) => channel === this.#parts.channel);
  }

  /** Waits until a person is told this because of the last command or click. */
  async told(user: string, words: RegExp | string): Promise<string> {
    return await this.waitFor(
      `${words} told to ${user}`,
      () => this.toldTo(user).find((text) => fits(words, text)),
      () => this.toldTo(user),
    );
  }

  /** `/mesos drain …`, once its job is placed, or the person was told what came of it. */
  async drain(line: string, user: string = ALICE): Promise<TestMaintenance> {
    const before = new Set((await this.records.open()).records.map(({ id }) => id));
    await this.type(user, `drain ${line}`);
    const id = await this.until("the drain is placed", async () => {
      const placed = (await this.records.open()).records.find((record) => !before.has(record.id))?.id;
      return placed ?? /m-\w+/.exec(this.toldTo(user).join("\n"))?.[0];
    });
    return this.maintenance(id);
  }

  /** The maintenance with this id. */
  maintenance(id: string): TestMaintenance {
    return new TestMaintenance(id, this);
  }

  /** Drains until the approval is asked for. */
  async drainToQuestion(line: string, user: string = ALICE): Promise<TestMaintenance> {
    const maintenance = await this.drain(line, user);
    await maintenance.question();
    return maintenance;
  }

  messages(): readonly Posted[] {
    return this.#parts.slack.channel(this.#parts.channel);
  }

  /** How many calls of a type the master got, and with `outcome` how many of them ended so. */
  calls(type: CallType, outcome?: "accepted" | "refused" | "none"): number {
    return this.master
      .calls()
      .filter((call) => call.type === type && (outcome === undefined || call.outcome === outcome)).length;
  }

  /** Waits until the master has got so many calls of a type, be they answered or not. */
  async received(type: CallType, count = 1): Promise<void> {
    await this.#parts.course.untilInside(`${count} ${type} at the master`, () => this.calls(type) >= count);
  }

  /** Waits until the bot has looked at the master so many times more. */
  async looks(count: number): Promise<void> {
    const before = this.calls(LOOK);
    await this.until(`${count} more looks at the master`, () => this.calls(LOOK) >= before + count);
  }

  /** Waits for a job's call that the master does not answer, and lets the time pass after which it is given up. */
  async givesUp(): Promise<void> {
    const { call, at } = await this.#parts.course.untilInside("a call that hangs", () => {
      // The first look of a worker hangs as well, beside the jobs.
      if (!this.#parts.isBusy()) return null;
      const calls = this.master.calls();
      const hangs = (one: ReceivedCall) => one.status === null && one.type !== "SUBSCRIBE";
      const at = calls.findIndex((one, index) => index >= this.#givenUpBefore && hangs(one));
      const call = calls[at];
      return call === undefined ? null : { call, at };
    });
    this.#givenUpBefore = at + 1;
    const isWrite = call.type !== null && !call.type.startsWith("GET_");
    this.#parts.moveOn(isWrite ? DEFAULT_TIMEOUTS.writeMs : READ_LIMIT_MS);
  }

  /** Waits until this can be seen. */
  async until<T>(
    what: string,
    look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  ) {
    return await this.#parts.course.until(what, look);
  }

  /** The master's mode for a host. */
  mode(hostname: string): string {
    const found = [...this.master.state().modes].find(([key]) => key.startsWith(`${hostname}|`));
    return found?.[1] ?? "UP";
  }

  /** Waits until `look` gives something; an error shows what was there instead. */
  async waitFor(what: string, look: () => string | undefined, all: () => readonly string[]): Promise<string> {
    return await this.until(what, look).catch((error: Error) => {
      throw new Error(`${error.message}\nSeen:\n${all().join("\n---\n")}`);
    });
  }
}

/** One maintenance as people see it: its card, its thread, its buttons. */
export class TestMaintenance {
  constructor(
    readonly id: string,
    readonly cluster: TestCluster,
  ) {}

  /** The root message; `undefined` before it is posted. */
  card(): Posted | undefined {
    // Its title begins with its id; the card of another maintenance may name it too. A crash may repeat it.
    return this.cluster
      .messages()
      .findLast((one) => one.thread === null && one.text.split("\n", 1)[0]?.includes(` ${this.id} · `));
  }

  /** The messages of the thread, oldest first. */
  threadNow(): readonly Posted[] {
    const root = this.card()?.ts;
    return this.cluster.messages().filter((one) => one.thread !== null && one.thread === root);
  }

  texts(): readonly string[] {
    return this.threadNow().map((one) => one.text);
  }

  /** Waits for a message in the thread. */
  thread(words: RegExp | string): Promise<string> {
    const look = () => this.texts().find((text) => fits(words, text));
    return this.cluster.waitFor(`${words} in the thread`, look, () => this.texts());
  }

  /** Waits until the card says this. */
  root(words: RegExp | string): Promise<string> {
    const look = () => {
      const text = this.card()?.text;
      return text !== undefined && fits(words, text) ? text : undefined;
    };
    return this.cluster.waitFor(`${words} on the card`, look, () => [this.card()?.text ?? ""]);
  }

  /** Waits for a button, on the card or in the thread. */
  async button(kind: Decision["kind"]) {
    const look = () => {
      const card = this.card();
      return buttonOf([...(card === undefined ? [] : [card]), ...this.threadNow()], kind);
    };
    await this.cluster.waitFor(
      `a button for ${kind}`,
      () => look()?.message.text,
      () => this.texts(),
    );
    const found = look();
    if (found === null) throw new Error(`The button for ${kind} is gone again.`);
    return found;
  }

  /** Waits for the open question. */
  async question(): Promise<Posted> {
    return (await this.button("approve")).message;
  }

  /** Clicks the newest button of a kind; resolves when the click is queued or answered. */
  async click(user: string, kind: Decision["kind"]): Promise<void> {
    const { value } = await this.button(kind);
    await this.cluster.click(user, value);
  }

  async record(): Promise<Maintenance> {
    const record = await this.cluster.records.find(this.id);
    if (record === null) throw new Error(`There is no record of ${this.id}.`);
    return record;
  }
}

function fits(words: RegExp | string, text: string): boolean {
  return typeof words === "string" ? text.includes(words) : words.test(text);
}
