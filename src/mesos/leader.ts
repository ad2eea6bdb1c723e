import { GET_MASTER } from "./calls.js";
import { type Endpoint, redirectTarget } from "./endpoint.js";
import { type MesosError, mesosError, refusal } from "./errors/errors.js";
import { type LeaderInfo, readMaster } from "./read/answers.js";
import { asMesosError, type Transport } from "./transport.js";

/** The leading master and what it said of itself when it was last asked. */
export interface Leader extends LeaderInfo {
  readonly endpoint: Endpoint;
}

export interface LeaderOptions {
  readonly cluster: string;
  readonly masters: readonly Endpoint[];
  /** Where a redirect may lead besides the masters. Credentials are sent there too. */
  readonly allowedRedirects: readonly Endpoint[];
  readonly transport: Transport;
}

/** What a master answered when it was asked whether it leads. */
type Outcome =
  | { readonly kind: "leads"; readonly leader: Leader }
  | {
      readonly kind: "redirects";
      readonly from: Endpoint;
      readonly target: Endpoint | null;
      readonly location: string;
    }
  | { readonly kind: "fails"; readonly from: Endpoint; readonly error: MesosError };

/**
 * Finds the leading master and remembers it. A master's redirect names the leader's `--hostname`, which often does not
 * resolve from outside, so all configured masters are asked at once and the one that does not redirect is the leader.
 */
export class LeaderFinder {
  readonly #options: LeaderOptions;
  #leader: Leader | null = null;
  #hint: Endpoint | null = null;
  #search: Promise<Leader> | null = null;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** The leader as far as is known without asking. */
  get known(): Leader | null {
    return this.#leader;
  }

  /**
   * The leader; asks the masters only if none is remembered, and once for all who wait.
   *
   * @throws MesosError with `sent: "no"`, because whatever the leader was wanted for has not been sent.
   */
  async find(): Promise<Leader> {
    if (this.#leader !== null) return this.#leader;
    this.#search ??= this.#look().finally(() => {
      this.#search = null;
    });
    return this.#search;
  }

  /** Notes what the leader says of itself now. */
  remember(leader: Leader): void {
    this.#leader = leader;
  }

  /** Makes the next `find` ask again, unless another leader has been found since. */
  forget(endpoint: Endpoint): void {
    if (this.#leader?.endpoint.origin === endpoint.origin) this.#leader = null;
  }

  /** Notes that `from` redirected; the next `find` asks the master that it named first, if that is one of ours. */
  moved(from: Endpoint, location: string | null): void {
    this.forget(from);
    const target = location === null ? null : redirectTarget(location, from);
    this.#hint = target === null ? null : this.#trusted(target);
  }

  async #look(): Promise<Leader> {
    const hint = this.#hint;
    this.#hint = null;
    if (hint !== null) {
      const outcome = await this.#ask(hint);
      if (outcome.kind === "leads") return this.#found(outcome.leader);
    }
    const outcomes = await this.#askAll(this.#options.masters);
    const named = outcomes.flatMap((outcome) => {
      const target = outcome.kind === "redirects" ? outcome.target : null;
      const allowed = target === null ? null : this.#trusted(target, this.#options.allowedRedirects);
      return allowed === null ? [] : [allowed];
    });
    const leads = leaderAmong(outcomes) ?? leaderAmong(await this.#askAll(named));
    if (leads !== null) return this.#found(leads);
    throw this.#conclude(outcomes);
  }

  #found(leader: Leader): Leader {
    this.#leader = leader;
    return leader;
  }

  /** Asks all at once and stops at the first that leads: a master that hangs delays nothing. */
  async #askAll(endpoints: readonly Endpoint[]): Promise<readonly Outcome[]> {
    const stop = new AbortController();
    const outcomes: Outcome[] = [];
    await new Promise<void>((resolve) => {
      if (endpoints.length === 0) resolve();
      for (const endpoint of endpoints) {
        void this.#ask(endpoint, stop.signal).then((outcome) => {
          outcomes.push(outcome);
          if (outcome.kind === "leads" || outcomes.length === endpoints.length) resolve();
        });
      }
    });
    stop.abort();
    return [...outcomes];
  }

  async #ask(from: Endpoint, signal?: AbortSignal): Promise<Outcome> {
    const { cluster, transport } = this.#options;
    const blanks = { cluster, master: from.name };
    try {
      const how = signal === undefined ? { fresh: true } : { fresh: true, signal };
      const { status, location, body } = await transport.post(from, GET_MASTER.bytes, how);
      if (status === 307) {
        return {
          kind: "redirects",
          from,
          target: redirectTarget(location ?? "", from),
          location: location ?? "",
        };
      }
      if (status < 200 || status > 299) {
        return { kind: "fails", from, error: refusal(status, body.toString("utf8"), blanks) };
      }
      return { kind: "leads", leader: { endpoint: from, ...decodeAnswer(readMaster, body, blanks) } };
    } catch (error) {
      return { kind: "fails", from, error: asMesosError(error, cluster, from) };
    }
  }

  #trusted(target: Endpoint, among: readonly Endpoint[] = this.#options.masters): Endpoint | null {
    const all = among === this.#options.masters ? [...among, ...this.#options.allowedRedirects] : among;
    return all.find((endpoint) => endpoint.origin.toLowerCase() === target.origin.toLowerCase()) ?? null;
  }

  /** The most telling of several failures, as one error. */
  #conclude(outcomes: readonly Outcome[]): MesosError {
    const { cluster } = this.#options;
    const failures = outcomes.flatMap((outcome) => (outcome.kind === "fails" ? [outcome.error] : []));
    const telling = TELLING.map((code) => failures.find((error) => error.code === code)).find(Boolean);
    if (telling !== undefined) return telling.beforeCall();
    const redirect = outcomes.find((outcome) => outcome.kind === "redirects");
    if (redirect !== undefined) {
      const silent = failures.find((error) => error.status === null);
      const target = redirect.target?.name ?? "an address that cannot be read";
      // The leader's name in a redirect may be unknown here, so one of the silent masters may well be the leader.
      if (silent !== undefined)
        return mesosError("leader_gone", { cluster, master: target }, { sent: "no", cause: silent });
      const settled = redirect.target !== null && this.#trusted(redirect.target) === null;
      return mesosError(
        settled ? "leader_elsewhere" : "leader_unsettled",
        { cluster, value: target },
        { sent: "no" },
      );
    }
    const [first] = failures;
    return first?.beforeCall() ?? mesosError("no_leader", { cluster }, { sent: "no" });
  }
}

/** Failures that say why there is no leader, whatever the other masters say. */
const TELLING = ["not_recovered", "unauthorized", "forbidden", "no_leader"];

function leaderAmong(outcomes: readonly Outcome[]): Leader | null {
  return outcomes.find((outcome) => outcome.kind === "leads")?.leader ?? null;
}

/**
 * Decodes an answer.
 *
 * @throws MesosError `undecodable` instead of whatever the decoder throws.
 */
export function decodeAnswer<T>(
  decode: (answer: Buffer) => T,
  answer: Buffer,
  blanks: { cluster: string; master: string },
): T {
  try {
    return decode(answer);
  } catch (cause) {
    throw mesosError("undecodable", blanks, { sent: "yes", cause });
  }
}
