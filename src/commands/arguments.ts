import { parsePattern } from "../hosts/pattern.js";
import { asShown } from "./as-shown.js";
import { clusterNamed, impliedCluster, unknownCluster } from "./cluster.js";
import type { CommandCluster, CommandContext, Target } from "./command.js";
import { isPlainDuration, looksLikeDuration } from "./duration.js";
import { hostsApart } from "./hosts-apart.js";
import { idWithin, isId } from "./id.js";
import { leftOver } from "./left-over.js";
import { belongTogether, type Line, type Option, type Positional } from "./line.js";
import { COMMAND, Mistake, type Slip } from "./mistake.js";
import type { OptionName } from "./options.js";

/** A part of a line with its place in it, to be told or mended. */
export interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The arguments of one line, read from left to right by its verb. Every method throws a `Mistake` for what is wrong. */
export class Arguments {
  readonly #line: Line;
  readonly #context: CommandContext;
  readonly #named: CommandCluster | null;
  readonly #made: Slip[] = [];
  #at: number;

  constructor(line: Line, context: CommandContext) {
    this.#line = line;
    this.#context = context;
    const option = this.#option("cluster");
    this.#named = option ? this.#clusterOf(option) : this.#leadingCluster();
    this.#at = !option && this.#named !== null ? 1 : 0;
  }

  get verb(): string {
    return this.#line.form.name;
  }

  /** Whether the cluster stands before the hosts, as in the classic order `<cluster> <hosts> <hours>`. */
  get isClassic(): boolean {
    return this.#named !== null && this.#option("cluster") === undefined;
  }

  /** When the line is read, and in which time zone, `null` where that is not known. */
  get clock(): Pick<CommandContext, "nowMs" | "timeZone"> {
    return this.#context;
  }

  /** What was not said exactly, with what it is taken for. */
  get made(): readonly Slip[] {
    return this.#made;
  }

  /** Something that was not said exactly is taken for this. */
  take(slip: Slip): void {
    this.#made.push(slip);
  }

  /** The value of an option, or `null`. */
  option(name: OptionName): string | null {
    return this.#option(name)?.value ?? null;
  }

  /** The value of an option with its place in the line, or `null`. */
  part(name: OptionName): Part | null {
    const option = this.#option(name);
    return option === undefined ? null : { text: option.value, from: option.from, to: option.to };
  }

  /** Whether an option that takes no value is there. */
  flag(name: OptionName): boolean {
    return this.#option(name) !== undefined;
  }

  /** The name of the cluster that the line names, by `--cluster` or as the first word; else `null`. */
  namedCluster(): string | null {
    return this.#named?.name ?? null;
  }

  /** The cluster the line is about: named, else the channel's, else the only one. */
  cluster(): CommandCluster {
    if (this.#named) return this.#named;
    const implied = impliedCluster(this.#context);
    if (!implied.ok) throw new Mistake(implied.problem);
    return implied.cluster;
  }

  /** The same, or `null` where several clusters may be meant. */
  clusterIfAny(): string | null {
    const implied = impliedCluster(this.#context);
    return this.#named?.name ?? (implied.ok ? implied.cluster.name : null);
  }

  /** The cluster that a verb which takes nothing else names, or `null`. */
  clusterNamedAlone(): string | null {
    const [word] = this.#line.words;
    return word === undefined ? this.namedCluster() : this.clusterAlone().name;
  }

  /** The cluster of a verb that takes nothing else. */
  clusterAlone(): CommandCluster {
    const [word] = this.#line.words;
    if (word && this.#named === null) throw unknownCluster(word.text, word.from, this.#context);
    this.end();
    return this.cluster();
  }

  /** The cluster that the line names, else all there are. */
  clustersMeant(): readonly CommandCluster[] {
    return this.#named ? [this.#named] : this.#context.clusters;
  }

  /** Whether every word has been read. */
  done(): boolean {
    return this.#next === undefined;
  }

  /** The next word, left to be read, or `null` at the end. */
  peek(): string | null {
    return this.#next?.text ?? null;
  }

  /** The next word, of any kind, or `null` at the end. */
  word(): string | null {
    return this.next()?.text ?? null;
  }

  /** The same with its place in the line. */
  next(): Part | null {
    const word = this.#next ?? null;
    this.#at += 1;
    return word;
  }

  /** A host pattern of good form. */
  hosts(): string {
    let text = this.word();
    if (text === null) throw new Mistake(`Which hosts? ${this.verb} needs them.`);
    const shown = asShown(this.#line.words.slice(this.#at - 1));
    if (shown !== null) throw shown;
    // A verb whose words are a sentence does not join those of its hosts.
    while (this.#line.form.prose && this.#next && belongTogether(text, this.#next.text)) text += this.word();
    if (/^<.*>$/.test(text)) throw new Mistake(`Put the hosts in place of ${text}.`);
    if (looksLikeDuration(text))
      throw new Mistake(`${text} looks like a duration, not like hosts.`, this.#swapped());
    const last = /[,:]\s*([^\s,:]+)$/.exec(text)?.[1] ?? "";
    if (isPlainDuration(last))
      throw new Mistake(`${last} among the hosts looks like the duration, which is a word of its own.`);
    const apart = hostsApart(this.#line.words.slice(this.isClassic ? 1 : 0), this.#line.form);
    if (apart !== null) throw apart;
    const parsed = parsePattern(text);
    if (!parsed.ok) throw new Mistake(parsed.problem);
    return text;
  }

  /** The id of one maintenance, in lower case. */
  id(): string {
    const status = `; ${COMMAND} status shows the open ones.`;
    const word = this.#next;
    if (!word) throw new Mistake(`Which maintenance? ${this.verb} needs its id`, null, status);
    const { text } = word;
    if (!isId(text)) {
      const problem = `${this.verb} takes the id of a maintenance, such as m-7k3q2, not ${text}`;
      throw this.#notAnId(word) ?? new Mistake(problem, null, status);
    }
    this.#at += 1;
    return text.toLowerCase();
  }

  /** A maintenance's id or a host pattern. */
  target(): Target {
    const word = this.#next;
    if (!word) {
      const hint = `; ${COMMAND} status shows what is open.`;
      throw new Mistake(`${this.verb} needs hosts or the id of a maintenance`, null, hint);
    }
    if (isId(word.text)) return { kind: "id", id: this.id() };
    const ids = word.text.split(/[,;:\s]+/).filter((text) => text !== "");
    if (ids.length > 1 && ids.every(isId)) {
      const slips = ids.map((id) => ({ from: word.from, to: word.to, meant: id }));
      throw new Mistake(`${this.verb} takes one id; send a line for each.`, { of: "each", slips });
    }
    const meant = this.#notAnId(word);
    if (meant) throw meant;
    return { kind: "hosts", hosts: this.hosts() };
  }

  /** A verb's hosts or id, with the cluster they are in. Hosts belong to a cluster; an id is one of a kind, so it needs none. */
  on(): { readonly cluster: string | null; readonly target: Target } {
    const target = this.target();
    return { cluster: target.kind === "id" ? this.namedCluster() : this.cluster().name, target };
  }

  /** The same with nothing after it. */
  targetAlone(): { readonly cluster: string | null; readonly target: Target } {
    const on = this.on();
    this.end();
    return on;
  }

  /** What is left of the line as one text, or `null`. */
  rest(): string | null {
    const words = this.#line.words.slice(this.#at).map(({ text }) => text);
    this.#at = this.#line.words.length;
    return words.length === 0 ? null : words.join(" ");
  }

  /** Nothing may be left. */
  end(): void {
    if (!this.done()) throw leftOver(this.#line, this.#at, this.#named !== null, this.#context);
  }

  /** The word that was read last and the next one in each other's place, where these are a duration and what it is of. */
  #swapped(): Slip | null {
    const [first, second] = this.#line.words.slice(this.#at - 1);
    if (!first || !second?.adjoins || first.quoted || second.quoted) return null;
    const isOfNext = isId(second.text) || (!looksLikeDuration(second.text) && parsePattern(second.text).ok);
    if (!this.#line.form.takes.includes("duration") || !isPlainDuration(first.text) || !isOfNext) return null;
    return { from: first.from, to: second.to, meant: `${second.text} ${first.text}` };
  }

  get #next(): Positional | undefined {
    return this.#line.words[this.#at];
  }

  #option(name: OptionName): Option | undefined {
    return this.#line.options.find((option) => option.name === name);
  }

  /**
   * The classic order: `<cluster> <hosts> [duration]`. A cluster's name with nothing after it is a host pattern, unless
   * the verb needs no hosts.
   */
  #leadingCluster(): CommandCluster | null {
    const { words, form } = this.#line;
    const [first, second] = words;
    const alone = form.takes.startsWith("[") && form.options.includes("cluster");
    return first && (second || alone) ? clusterNamed(first.text, this.#context) : null;
  }

  #clusterOf({ value, from }: Option): CommandCluster {
    const cluster = clusterNamed(value, this.#context);
    if (cluster) return cluster;
    if (value.includes(",")) throw new Mistake("--cluster takes one cluster; send a line for each.");
    throw unknownCluster(value, from, this.#context);
  }

  /** The mistake of an id that was copied with what stood around it; `null` for anything else. */
  #notAnId({ text, from, to }: Positional): Mistake | null {
    const meant = idWithin(text);
    const problem = `${text} is not an id; they look like m-7k3q2.`;
    return meant === null ? null : new Mistake(problem, { from, to, meant });
  }
}
