/** Options of all verbs; which verb takes which stands in the table of verbs. */
export const OPTIONS = [
  { name: "cluster", value: "<name>", summary: "the cluster, if it is not the channel's" },
  { name: "reason", value: '"<text>"', summary: "why, shown with the maintenance" },
  { name: "ticket", value: "<id>", summary: "a ticket or change number" },
] as const satisfies readonly { name: string; value: string; summary: string }[];

export type OptionName = (typeof OPTIONS)[number]["name"];
