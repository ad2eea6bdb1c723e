import { parsePattern } from "../hosts/pattern.js";
import { clusterInstead, clusterNamed, clusterNames, impliedCluster } from "./cluster.js";
import type { CommandCluster, CommandContext, Target } from "./command.js";
import { looksLikeDuration } from "./duration.js";
import { isHosts, slipInHosts } from "./host-words.js";
import { idWithin, isId } from "./id.js";
import { leftOver } from "./left-over.js";
import { type Line, writeLine } from "./line.js";
import { Mistake } from "./mistake.js";
import type { OptionName } from "./options.js";
import { isFiller } from "./spoken.js";

/**
 * The arguments of one line, read from left to right by its verb. Every method throws a `Mistake` that carries the
 * line as it was probably meant.
 */
export class Arguments {
  readonly #line: Line;
  readonly #context: CommandContext;
  readonly #texts: readonly string[];
  readonly #named: CommandCluster | null;
  #at: number;

  constructor(line: Line, context: CommandContext) {
    this.#line = line;
    this.#context = context;
    this.#texts = line.words.map(({ text }) => text);
    const option = this.option("cluster");
    this.#named = option === null ? this.#leadingCluster() : this.#cluster(option);
    this.#at = option === null && this.#named !== null ? 1 : 0;
  }

  get verb(): string {
    return this.#line.verb;
  }

  get clusters(): readonly CommandCluster[] {
    return this.#context.clusters;
  }

  /** The value of an option, or `null`. */
  option(name: OptionName): string | null {
    return this.#line.options.find((option) => option.name === name)?.value ?? null;
  }

  /** Whether an option that takes no value is there. */
  flag(name: OptionName): boolean {
    return this.#line.options.some((option) => option.name === name);
  }

  /** The line with an option set to another value, or without it. */
  lineWith(name: OptionName, value: string | null): string {
    const others = this.#line.options.filter((option) => option.name !== name);
    return this.#write(this.#texts, value === null ? others : [...others, { name, value }]);
  }

  /** The cluster that the line names, by `--cluster` or as the first word; else `null`. */
  namedCluster(): CommandCluster | null {
    return this.#named;
  }

  /** The cluster the line is about: named, else the channel's, else the only one. */
  cluster(): CommandCluster {
    if (this.#named) return this.#named;
    const implied = impliedCluster(this.#context);
    if (implied.ok) return implied.cluster;
    const which =
      this.#context.clusters.length === 0 ? null : { name: "cluster" as const, value: "<cluster>" };
    throw new Mistake(implied.problem, which && this.#write(this.#texts, [...this.#line.options, which]));
  }

  /** The same, or `null` where several clusters may be meant. */
  clusterIfAny(): string | null {
    const implied = impliedCluster(this.#context);
    return this.#named?.name ?? (implied.ok ? implied.cluster.name : null);
  }

  /** The cluster, if its name is the only word: `status prod`. */
  onlyCluster(): string | null {
    const [first = "", second] = this.#texts;
    return this.#named === null && second === undefined
      ? (clusterNamed(first, this.#context)?.name ?? null)
      : null;
  }

  /** The cluster of a verb that takes nothing else. */
  clusterAlone(): CommandCluster {
    const [first] = this.#texts;
    if (first === undefined || this.#named !== null) {
      this.end();
      return this.cluster();
    }
    const cluster = clusterNamed(first, this.#context);
    if (cluster) return cluster;
    const problem = `There is no cluster ${first}. Configured: ${clusterNames(this.#context.clusters)}.`;
    const meant = clusterInstead(first, this.#context);
    throw new Mistake(problem, meant === null ? null : this.lineInstead(1, meant));
  }

  /** Whether every word has been read. */
  done(): boolean {
    return this.#at >= this.#texts.length;
  }

  /** A word of any kind, or `null` at the end. */
  word(): string | null {
    return this.#texts[this.#at++] ?? null;
  }

  /** The same, left to be read; or one after it. */
  peek(ahead = 0): string | null {
    return this.#texts[this.#at + ahead] ?? null;
  }

  /** The line with the next `count` words replaced by others. */
  lineInstead(count: number, ...words: string[]): string {
    return this.#write(this.#texts.toSpliced(this.#at, count, ...words));
  }

  /** A host pattern of good form. */
  hosts(): string {
    const text = this.#texts[this.#at];
    if (text === undefined)
      throw new Mistake(`Which hosts? ${this.#line.verb} needs them.`, this.lineInstead(0, "<hosts>"));
    if (/^<.*>$/.test(text)) throw new Mistake(`Put the hosts in place of ${text}.`, null);
    this.failOnFiller();
    const slip = slipInHosts(text);
    if (slip) {
      const line = slip.instead === null ? null : this.lineInstead(1, ...slip.instead);
      throw new Mistake(slip.problem, line, slip.next);
    }
    if (looksLikeDuration(text)) {
      const next = this.#texts[this.#at + 1];
      const line = next === undefined ? this.lineInstead(0, "<hosts>") : this.lineInstead(2, next, text);
      throw new Mistake(`${text} is a duration; the hosts come before it.`, line);
    }
    const parsed = parsePattern(text);
    if (!parsed.ok) {
      throw new Mistake(
        parsed.problem,
        parsed.corrected === null ? null : this.lineInstead(1, parsed.corrected),
      );
    }
    this.#at += 1;
    return text;
  }

  /** A maintenance's id or a host pattern. */
  target(): Target {
    const text = this.#texts[this.#at];
    if (text === undefined) {
      const problem = `${this.#line.verb} needs hosts or the id of a maintenance.`;
      throw new Mistake(problem, this.lineInstead(0, "<hosts>"));
    }
    if (!isId(text)) {
      // `m-7k3q2,` or `7k3q2`, which no machine is called.
      const meant = /m-/i.test(text) || looksLikeDuration(text) ? idWithin(text) : null;
      if (meant !== null)
        throw new Mistake(`${text} is not an id; they look like m-7k3q2.`, this.lineInstead(1, meant));
      return { kind: "hosts", hosts: this.hosts() };
    }
    this.#at += 1;
    return { kind: "id", id: text.toLowerCase() };
  }

  /** `status of m-7k3q2`, `drain on prod web-*`: a word of a sentence before what the verb takes. */
  failOnFiller(): void {
    const text = this.peek() ?? "";
    const next = this.peek(1) ?? "";
    const telling = isId(next) || isHosts(next) || clusterNamed(next, this.#context) !== null;
    if (isFiller(text) && telling) throw new Mistake(`Leave out the word "${text}".`, this.lineInstead(1));
  }

  /** What is left of the line as one text, or `null`. */
  rest(): string | null {
    const words = this.#texts.slice(this.#at);
    this.#at = this.#texts.length;
    return words.length === 0 ? null : words.join(" ");
  }

  /** Nothing may be left; what is gets a guess at what it was for. */
  end(): void {
    const mistake = leftOver(this.#line, this.#at, this.#named !== null, this.#context);
    if (mistake) throw mistake;
  }

  /** The classic order: `<cluster> <hosts> [duration]`. A cluster's name with nothing after it is a host pattern. */
  #leadingCluster(): CommandCluster | null {
    const [first, second] = this.#texts;
    return first === undefined || second === undefined ? null : clusterNamed(first, this.#context);
  }

  #cluster(name: string): CommandCluster {
    const cluster = clusterNamed(name, this.#context);
    if (cluster) return cluster;
    if (name.includes(",")) throw new Mistake("--cluster takes one cluster; send a line for each.", null);
    const others = this.#line.options.filter((option) => option.name !== "cluster");
    const meant = clusterInstead(name, this.#context) ?? "<cluster>";
    throw new Mistake(
      `There is no cluster ${name}. Configured: ${clusterNames(this.#context.clusters)}.`,
      this.#write(this.#texts, [...others, { name: "cluster", value: meant }]),
    );
  }

  #write(words: readonly string[], options = this.#line.options): string {
    return writeLine(this.#line.verb, words, options);
  }
}
