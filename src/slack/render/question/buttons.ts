import type { types } from "@slack/bolt";
import { isOffered } from "../../../maintenance/decisions/table.js";
import { isStopped } from "../../../maintenance/record/batch.js";
import type { Approval, Batch, Maintenance } from "../../../maintenance/record/record.js";
import { counted } from "../../../maintenance/text/list.js";
import { button, type Confirm } from "../blocks.js";
import { carriedBy } from "../button-value.js";
import { goingOn } from "../going-on.js";
import { countOrNo } from "../parts.js";
import { withoutAgent } from "./loss.js";

/** What can be answered now: while it is held, or a rule has paused it, nobody can approve. */
export function approvalButtons(record: Maintenance, batch: Batch, approval: Approval): types.Button[] {
  const value = carriedBy(record);
  const at = { batch: batch.id, approval: approval.id };
  const approve = { kind: "approve", ...at, questionAtMs: approval.askedAtMs } as const;
  const machines = counted(approval.seen.machines.length, "machine");
  const tasks = countOrNo(approval.seen.tasks.length, "task");
  const last = approval.seen.blast.lastCopies.length;
  const copies = last === 0 ? "" : `, among them the last running copies of ${counted(last, "app")}`;
  const harm =
    withoutAgent(batch, approval.seen).length === approval.seen.machines.length
      ? `The master knows no agent on ${machines}, so nothing is known of tasks there.`
      : `The agents on ${machines} stop and ${tasks} will be lost${copies}.`;
  const deny = button("Deny", { ...value, decision: { kind: "deny", ...at, reason: null } });
  if (record.held !== null) return [deny, button("Release", { ...value, decision: { kind: "release" } })];
  if (record.unwatched !== null || isStopped(record, batch))
    return [deny, button("Go on", { ...value, decision: goingOn(record) })];
  if (approval.about === "kill_drain") {
    const askDown = { kind: "ask_down", batch: batch.id } as const;
    const confirm: Confirm = {
      title: `Kill ${tasks}?`,
      text: `The master ends ${tasks} on ${machines}${copies}. It cannot be taken back. If it got worse since the question, nothing is killed and the question is asked again.`,
      confirm: "Kill them",
      deny: "Not now",
    };
    return [
      button("Approve kill-drain", { ...value, decision: approve }, { style: "danger", confirm }),
      deny,
      ...(isOffered(record, askDown) ? [button("Ask for Down", { ...value, decision: askDown })] : []),
      button("Hold", { ...value, decision: { kind: "hold", reason: null } }),
    ];
  }
  const more = (approval.limits?.batches.length ?? 1) - 1;
  const next =
    more === 0
      ? ""
      : ` The next ${more === 1 ? "batch goes" : `${more} batches go`} down without another question if inside of the limits.`;
  const run =
    approval.runbook === undefined
      ? ""
      : ` Then the runbook ${approval.runbook.name} is run on the machines.`;
  const confirm: Confirm = {
    title: `Take ${machines} down?`,
    text: `${harm}${next}${run} If it got worse since the question, nothing is taken down and the question is asked again.`,
    confirm: "Take down",
    deny: "Not now",
  };
  return [
    button(
      more === 0 ? "Approve Down" : `Approve ${more + 1} batches`,
      { ...value, decision: approve },
      { style: "danger", confirm },
    ),
    deny,
    button("Hold", { ...value, decision: { kind: "hold", reason: null } }),
  ];
}

/** The same for the question whether to move tasks. */
export function moveButtons(record: Maintenance, batch: Batch, approval: Approval): types.Button[] {
  const value = carriedBy(record);
  const at = { batch: batch.id, approval: approval.id };
  const approve = { kind: "approve", ...at, questionAtMs: approval.askedAtMs } as const;
  const deny = button("Deny", { ...value, decision: { kind: "deny", ...at, reason: null } });
  if (record.held !== null) return [deny, button("Release", { ...value, decision: { kind: "release" } })];
  const confirm: Confirm = {
    title: "Move these tasks?",
    text: "Marathon kills them one after another and starts others. If it got worse since the question, none is killed and the question is asked again.",
    confirm: "Move them",
    deny: "Not now",
  };
  return [
    button("Approve moving", { ...value, decision: approve }, { style: "danger", confirm }),
    deny,
    button("Hold", { ...value, decision: { kind: "hold", reason: null } }),
  ];
}
