import { askMaster, type Leader, type MasterAnswer } from "./ask-master.js";
import { type Endpoint, redirectTarget } from "./endpoint.js";
import { type MesosError, mesosError } from "./errors/errors.js";
import type { ErrorCode } from "./errors/table.js";
import type { Masters } from "./masters.js";
import type { Transport } from "./transport.js";

export interface LeaderOptions {
  readonly cluster: string;
  readonly masters: Masters;
  readonly transport: Transport;
}

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

  /**
   * The leader as far as is known without asking. A master that stands among ours no longer is none, even while it answers as if
   * it led (invariant 2).
   */
  get known(): Leader | null {
    const leader = this.#leader;
    return leader !== null && this.#options.masters.includes(leader.endpoint) ? leader : null;
  }

  /**
   * The leader; asks the masters only if none is remembered, and once for all who wait.
   *
   * @throws MesosError with `sent: "no"`, because whatever the leader was wanted for has not been sent.
   */
  async find(): Promise<Leader> {
    const { known } = this;
    if (known !== null) return known;
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
    this.#hint = target !== null && this.#options.masters.includes(target) ? target : null;
  }

  async #look(): Promise<Leader> {
    const hint = this.#hint;
    this.#hint = null;
    if (hint !== null) {
      const outcome = await askMaster(hint, this.#options);
      if (outcome.kind === "leads") return this.#found(outcome.leader);
    }
    const { masters } = this.#options;
    for (;;) {
      const outcomes = await this.#askAll(await masters.addresses());
      const leads = outcomes.find((outcome) => outcome.kind === "leads");
      if (leads !== undefined) return this.#found(leads.leader);
      if (!(await masters.lookAgain())) throw this.#conclude(outcomes);
    }
  }

  #found(leader: Leader): Leader {
    this.#leader = leader;
    return leader;
  }

  /** Asks all at once and stops at the first that leads: a master that hangs delays nothing. */
  async #askAll(masters: readonly Endpoint[]): Promise<readonly MasterAnswer[]> {
    const stop = new AbortController();
    const outcomes: MasterAnswer[] = [];
    await new Promise<void>((resolve) => {
      for (const master of masters) {
        void askMaster(master, this.#options, stop.signal).then((outcome) => {
          outcomes.push(outcome);
          if (outcome.kind === "leads" || outcomes.length === masters.length) resolve();
        });
      }
    });
    stop.abort();
    return [...outcomes];
  }

  /** The most telling of several failures, as one error. */
  #conclude(outcomes: readonly MasterAnswer[]): MesosError {
    const { cluster, masters } = this.#options;
    const failures = outcomes.flatMap((outcome) => (outcome.kind === "fails" ? [outcome.error] : []));
    const telling = TELLING.map((code) => failures.find((error) => error.code === code)).find(Boolean);
    if (telling !== undefined) return telling.as("no");
    const redirect = outcomes.find((outcome) => outcome.kind === "redirects");
    if (redirect !== undefined) {
      const silent = failures.find((error) => error.status === null);
      const target = redirect.target?.name ?? "an address that cannot be read";
      // The leader's name in a redirect may be unknown here, so one of the silent masters may well be the leader.
      if (silent !== undefined)
        return mesosError("leader_gone", { cluster, master: target }, { sent: "no", cause: silent });
      const settled = masters.isWhole && redirect.target !== null && !masters.includes(redirect.target);
      return mesosError(
        settled ? "leader_elsewhere" : "leader_unsettled",
        { cluster, value: target },
        { sent: "no" },
      );
    }
    const [first] = failures;
    return first?.as("no") ?? mesosError("no_leader", { cluster }, { sent: "no" });
  }
}

/** Failures that say why there is no leader, or that a person has to mend, whatever the other masters say. */
const TELLING: readonly ErrorCode[] = [
  "not_recovered",
  "unauthorized",
  "forbidden",
  "no_leader",
  "certificate_expired",
  "certificate_not_yet_valid",
  "certificate_self_signed",
  "certificate_unknown_authority",
  "certificate_other_name",
  "tls_not_spoken",
  "tls_too_old",
];
