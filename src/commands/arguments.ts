import { parsePattern } from "../hosts/index.js";
import { formatSpan } from "../maintenance/time.js";
import { clusterNamed, clusterNames, impliedCluster, nearestCluster } from "./cluster.js";
import type { CommandCluster, CommandContext, Target } from "./command.js";
import { looksLikeDuration, parseDuration, writeDuration } from "./duration.js";
import { type Line, writeLine } from "./line.js";
import { Mistake } from "./mistake.js";
import type { OptionName } from "./options.js";

const ID = /^m-[a-z0-9]{4,8}$/i;

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

  /** The value of an option, or `null`. */
  option(name: OptionName): string | null {
    return this.#line.options.find((option) => option.name === name)?.value ?? null;
  }

  /** The cluster that the line names, by `--cluster` or as the first word; else `null`. */
  namedCluster(): string | null {
    return this.#named?.name ?? null;
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

  /** Whether every word has been read. */
  done(): boolean {
    return this.#at >= this.#texts.length;
  }

  /** A word of any kind, or `null` at the end. */
  word(): string | null {
    return this.#texts[this.#at++] ?? null;
  }

  /** A host pattern of good form. */
  hosts(): string {
    const text = this.#texts[this.#at];
    if (text === undefined)
      throw new Mistake(`Which hosts? ${this.#line.verb} needs them.`, this.#insert("<hosts>"));
    if (/^<.*>$/.test(text)) throw new Mistake(`Put the hosts in place of ${text}.`, null);
    if (looksLikeDuration(text)) {
      const next = this.#texts[this.#at + 1];
      const line = next === undefined ? this.#insert("<hosts>") : this.#replace(2, next, text);
      throw new Mistake(`${text} is a duration; the hosts come before it.`, line);
    }
    const parsed = parsePattern(text);
    if (!parsed.ok) {
      throw new Mistake(
        parsed.problem,
        parsed.corrected === null ? null : this.#replace(1, parsed.corrected),
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
      throw new Mistake(problem, this.#insert("<hosts>"));
    }
    if (!ID.test(text)) return { kind: "hosts", hosts: this.hosts() };
    this.#at += 1;
    return { kind: "id", id: text.toLowerCase() };
  }

  /** A duration in milliseconds within the cluster's limit; its default if the line has none. */
  duration(cluster: CommandCluster): number {
    const text = this.#texts[this.#at];
    if (text === undefined || !looksLikeDuration(text)) return cluster.defaultDurationMs;
    const parsed = parseDuration(text);
    if (!parsed.ok) {
      throw new Mistake(
        parsed.problem,
        this.#replace(1, parsed.guess ?? writeDuration(cluster.defaultDurationMs)),
      );
    }
    if (parsed.ms > cluster.maxDurationMs) {
      const most = cluster.maxDurationMs;
      const problem = `${text} is longer than the ${formatSpan(most)} that ${cluster.name} allows.`;
      throw new Mistake(problem, this.#replace(1, writeDuration(most)));
    }
    this.#at += 1;
    return parsed.ms;
  }

  /** Nothing may be left; what is gets a guess at what it was for. */
  end(): void {
    const left = this.#line.words[this.#at];
    if (!left) return;
    throw this.#moreOfAnOption() ?? this.#oneWordTooMany(left.text);
  }

  /** `drain web-* 4h --reason kernel update`: the reason wanted quotes. */
  #moreOfAnOption(): Mistake | null {
    const { words, options } = this.#line;
    const name = words.find(({ trails }) => trails !== null)?.trails;
    if (!name) return null;
    const more = words.filter(({ trails }) => trails === name).map(({ text }) => text);
    const rest = words.filter(({ trails }) => trails !== name).map(({ text }) => text);
    const quoted = options.map((option) =>
      option.name === name ? { name, value: [option.value, ...more].join(" ") } : option,
    );
    return new Mistake(`A ${name} of several words needs quotes around it.`, this.#write(rest, quoted));
  }

  #oneWordTooMany(text: string): Mistake {
    const { verb } = this.#line;
    const [first = ""] = this.#texts;
    const meant = this.#at > 0 && this.#named === null ? nearestCluster(first, this.#context) : null;
    if (meant) {
      const problem = `There is no cluster ${first}. Configured: ${clusterNames(this.#context.clusters)}.`;
      return new Mistake(problem, this.#write([meant, ...this.#texts.slice(1)]));
    }
    const before = this.#texts[this.#at - 1];
    const mergeable =
      before !== undefined && ![before, text].some((word) => looksLikeDuration(word) || ID.test(word));
    if (mergeable && parsePattern(text).ok) {
      const words = this.#texts.toSpliced(this.#at - 1, 2, `${before},${text}`);
      return new Mistake(
        `Several hosts need a comma or a colon between them: ${before},${text}.`,
        this.#write(words),
      );
    }
    const problem =
      this.#at === 0
        ? `${verb} takes nothing after it, so not ${text} either.`
        : `${text} is one word too many for ${verb}.`;
    return new Mistake(problem, this.#write(this.#texts.toSpliced(this.#at, 1)));
  }

  /** The classic order: `<cluster> <hosts> [duration]`. A cluster's name with nothing after it is a host pattern. */
  #leadingCluster(): CommandCluster | null {
    const [first, second] = this.#texts;
    return first === undefined || second === undefined ? null : clusterNamed(first, this.#context);
  }

  #cluster(name: string): CommandCluster {
    const cluster = clusterNamed(name, this.#context);
    if (cluster) return cluster;
    const others = this.#line.options.filter((option) => option.name !== "cluster");
    const meant = nearestCluster(name, this.#context) ?? "<cluster>";
    throw new Mistake(
      `There is no cluster ${name}. Configured: ${clusterNames(this.#context.clusters)}.`,
      this.#write(this.#texts, [...others, { name: "cluster", value: meant }]),
    );
  }

  #insert(placeholder: string): string {
    return this.#replace(0, placeholder);
  }

  #replace(count: number, ...words: string[]): string {
    return this.#write(this.#texts.toSpliced(this.#at, count, ...words));
  }

  #write(words: readonly string[], options = this.#line.options): string {
    return writeLine(this.#line.verb, words, options);
  }
}
