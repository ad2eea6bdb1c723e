import type { Amounts } from "../../maintenance/cluster/task.js";
import { appOf } from "./app-of.js";
import { AmountsSum } from "./read-resources.js";
import { stateName } from "./task-states.js";
import { Texts } from "./texts.js";

/** The same few names, roles, apps and amounts stand in thousands of tasks: one number for all of them. */
export class TaskNames {
  readonly uses = new AmountsSum();
  readonly texts = new Texts();
  readonly amounts: Amounts[] = [];
  /** The empty text. */
  readonly none = this.texts.numberOf("");
  readonly #known = new Map<string, string>();
  /** By the numbers of names. */
  readonly #apps: number[] = [];
  /** By state. */
  readonly #states = new Map<number, number>();
  readonly #roles = new Map<string, number>();
  readonly #uses = new Map<number, Map<number, number>>();

  once(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#known.set(name, name);
    return name;
  }

  /** What a task of this name is a copy of. */
  app(name: number, labels: ReadonlyMap<string, string>): number {
    if (labels.size > 0) return this.texts.numberOf(appOf(this.texts.text(name), labels));
    const known = this.#apps[name];
    if (known !== undefined) return known;
    const app = this.texts.numberOf(appOf(this.texts.text(name), labels));
    this.#apps[name] = app;
    return app;
  }

  state(code: number): number {
    const known = this.#states.get(code);
    if (known !== undefined) return known;
    const state = this.texts.numberOf(stateName(code));
    this.#states.set(code, state);
    return state;
  }

  role(name: string): number {
    const known = this.#roles.get(name);
    if (known !== undefined) return known;
    const role = this.texts.numberOf(name);
    this.#roles.set(name, role);
    return role;
  }

  /** The place in `amounts` of what was added up in `uses`. */
  usage(): number {
    const { cpus, memMb } = this.uses;
    const known = this.#uses.get(cpus)?.get(memMb);
    if (known !== undefined) return known;
    const place = this.amounts.push(this.uses.amounts()) - 1;
    const byMemory = this.#uses.get(cpus) ?? new Map<number, number>();
    this.#uses.set(cpus, byMemory.set(memMb, place));
    return place;
  }
}
