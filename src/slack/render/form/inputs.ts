/**
 * The inputs of the form for a drain, by the ids of their elements, with their labels. A label is the id of its block as well: the
 * local Slack's page says that where something is wrong with an input.
 */
export const LABELS = {
  cluster: "Cluster",
  hosts: "Machines",
  duration: "Duration",
  other_duration: "Another duration",
  start: "Start",
  reason: "Reason",
  ticket: "Ticket",
  batches: "Batches",
  canary: "Canary",
  runbook: "Runbook",
  confirm: "Number of machines",
  options: "Other options",
} as const;

export type InputName = keyof typeof LABELS;

export const INPUTS = Object.keys(LABELS) as readonly InputName[];

/** The inputs that stand for one option of a line, by the option's name. */
const OF_OPTION: Readonly<Record<string, InputName>> = {
  at: "start",
  reason: "reason",
  ticket: "ticket",
  batch: "batches",
  canary: "canary",
  run: "runbook",
  confirm: "confirm",
};

/** A sentence of ours about a line, for somebody who filled in the form: an option that has an input there is called by its label. */
export function inForm(sentence: string): string {
  return sentence.replace(/--([a-z-]+)/g, (option, name: string) => {
    const input = OF_OPTION[name];
    return input === undefined ? option : `“${LABELS[input]}” (${option})`;
  });
}

/** What somebody filled in, as they typed or chose it; `null` for what was left empty. */
export interface DrainForm {
  readonly cluster: string | null;
  readonly hosts: string | null;
  /** A word of a line, such as `4h`. */
  readonly duration: string | null;
  /** The same, typed; it counts instead of the chosen one. */
  readonly otherDuration: string | null;
  /** Epoch ms; of a page without a picker for it the time as it was typed. */
  readonly start: number | string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly batches: string | null;
  readonly canary: string | null;
  readonly runbook: string | null;
  /** How many machines it is, typed by who has counted them. */
  readonly confirm: string | null;
  /** Any other options, as they are typed in a line. */
  readonly options: string | null;
}

/** What the form offers. */
export interface FormChoices {
  readonly clusters: readonly {
    readonly name: string;
    readonly defaultDurationMs: number;
    readonly maxDurationMs: number;
    /** By their names. */
    readonly runbooks: readonly string[];
  }[];
  /** The cluster that is meant unless another one is chosen; `null` where none is. */
  readonly chosen: string | null;
  /** Of the person whom it is opened for, for times that they type; `null` where it is not known. */
  readonly timeZone: string | null;
}
