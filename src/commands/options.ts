/**
 * Options of all verbs; which verb takes which stands in the table of verbs. One with an empty `value` takes none: it
 * is on or left out. One in brackets may have a duration.
 */
export const OPTIONS = [
  {
    name: "cluster",
    value: "<name>",
    summary: "the cluster, if it is not the channel's",
    elsewhere: ["master", "env"],
  },
  {
    name: "reason",
    value: '"<text>"',
    summary: "why, shown with the maintenance",
    elsewhere: ["why", "because", "message", "comment", "note"],
  },
  {
    name: "ticket",
    value: "<id>",
    summary: "a ticket or change number",
    elsewhere: ["issue", "jira", "change"],
  },
  {
    name: "in",
    value: "<duration>",
    summary: "start the window that much later; frameworks are asked to leave at once all the same",
    elsewhere: ["after", "delay"],
  },
  {
    name: "at",
    value: "<time>",
    summary: "start the window at that time, as your clock shows it",
    elsewhere: ["start", "when", "from", "begin", "time"],
  },
  {
    name: "until",
    value: "<time>",
    summary: "end the window at that time, in place of a duration",
    elsewhere: ["till", "end", "to"],
  },
  {
    name: "announce",
    value: "<duration>",
    summary: "post the window only that long before it starts; the drain waits in the queue until then",
    elsewhere: ["lead", "notice"],
  },
  {
    name: "deadline",
    value: "<duration>",
    summary: "when the machines have to be empty, counted from the window's start",
    elsewhere: ["timeout"],
  },
  {
    name: "then",
    value: "<release|ask|force>",
    summary:
      "what to do then if tasks are left: give back, ask for the Down (default), or go on, once approved",
    elsewhere: ["else", "otherwise"],
  },
  {
    name: "batch",
    value: "<number|percent|@attribute|zone|region>",
    summary: "take the machines down one batch after another, of so many or by where they are",
    elsewhere: ["serial", "batch-size", "max-parallel", "forks", "rolling"],
  },
  {
    name: "canary",
    value: "<number>",
    summary: "a first batch of that many machines",
    elsewhere: ["first", "pilot"],
  },
  {
    name: "horizon",
    value: "<number>",
    summary: "announce the windows of that many batches at a time; 2 where more than half of the agents go",
    elsewhere: ["ahead"],
  },
  {
    name: "approve",
    value: "<each|canary|once>",
    summary: "an approval for each batch (default), one after the canary for all others, or one for all",
    elsewhere: ["approval", "approvals"],
  },
  {
    name: "kill",
    value: "[duration]",
    summary:
      "have the master kill what runs there, once approved, before the window is posted; tasks that do not say it themselves get the duration to end",
    elsewhere: ["kill-drain", "max-grace-period"],
  },
  {
    name: "up",
    value: "<ask|auto>",
    summary:
      "after Down: a person asks for Up (default), or it comes by itself: after the runbook, else when the window ends",
    elsewhere: ["return", "back"],
  },
  {
    name: "run",
    value: "<runbook>",
    summary: "a runbook of the clusters file, which is run between Down and Up",
    elsewhere: ["runbook", "playbook", "exec", "script"],
  },
  {
    name: "override",
    value: '"<reason>"',
    summary: "go on outside the calendar or over a budget, for a reason that everybody sees",
    elsewhere: ["ignore-policy", "break-glass", "bypass"],
  },
  {
    name: "confirm",
    value: "<number>",
    summary: "the number of machines, where a rule asks for it; another number than it is stops the drain",
    elsewhere: ["yes", "count"],
  },
  {
    name: "by",
    value: "<person>",
    summary: "asked for by this person: @name, or me",
    elsewhere: ["who", "user", "requester"],
  },
  {
    name: "since",
    value: "<duration>",
    summary: "open or ended within that time",
    elsewhere: ["last", "within"],
  },
  {
    name: "refused",
    value: "",
    summary: "drains that were refused, alone",
    elsewhere: ["denied", "rejected"],
  },
  {
    name: "csv",
    value: "",
    summary: "all of it as a CSV file, for a spreadsheet",
    elsewhere: ["export", "excel"],
  },
  {
    name: "dry-run",
    value: "",
    summary: "show the machines and what would go away, and do nothing",
    elsewhere: ["check", "noop", "plan", "preview", "what-if", "simulate"],
  },
] as const satisfies readonly Option[];

interface Option {
  readonly name: string;
  /** What follows it, as the help shows it. */
  readonly value: string;
  readonly summary: string;
  /** Words of other tools, which are answered with this option but never taken for it. */
  readonly elsewhere: readonly string[];
}

export type OptionName = (typeof OPTIONS)[number]["name"];

/** An option as it is written in a line: `--ticket <id>`, `--dry-run`. */
export function optionUsage(option: { readonly name: string; readonly value: string }): string {
  return `--${option.name} ${option.value}`.trim();
}

/** Whether its value can be left out; only a duration is one then. */
export function hasOptionalValue(name: OptionName): boolean {
  return OPTIONS.some((option) => option.name === name && option.value.startsWith("["));
}

/** Whether an option takes no value. */
export function isFlag(name: OptionName): boolean {
  return OPTIONS.some((option) => option.name === name && option.value === "");
}

/** The option that another tool's word stands for, or `null`. */
export function optionKnownAs(word: string): OptionName | null {
  const typed = word.toLowerCase();
  return OPTIONS.find(({ elsewhere }) => elsewhere.some((known) => known === typed))?.name ?? null;
}
