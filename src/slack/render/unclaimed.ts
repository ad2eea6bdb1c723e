import type { UnclaimedShown } from "../../maintenance/adopting/unclaimed.js";
import { counted } from "../../maintenance/text/list.js";
import type { Millis } from "../../maintenance/time.js";
import { aboutSpan } from "../../maintenance/time.js";
import { LIMITS } from "../wire/limits.js";
import {
  actions,
  type Block,
  button,
  type Confirm,
  context,
  message,
  type SlackMessage,
  section,
} from "./blocks.js";
import { type AdoptValue, encodeButton } from "./button-value.js";
import { code, free, type Mrkdwn, mrk } from "./mrkdwn.js";
import { hosts } from "./parts.js";
import { moment } from "./when.js";

/** So many groups are shown in one message; a name list of each has at most this many characters. */
const MOST_GROUPS = 10;

const NAMES = 500;

/** What a cluster's channel is told of machines that are out of service and that nobody looks after. */
export function renderUnclaimed(
  cluster: string,
  groups: readonly UnclaimedShown[],
  nowMs: Millis,
): SlackMessage {
  const count = groups.reduce((sum, { machines }) => sum + machines.length, 0);
  const shown = groups.slice(0, MOST_GROUPS);
  const left = groups.length - shown.length;
  return message([
    section(
      mrk`🧭 *Nobody looks after ${counted(count, "machine")} of ${free(cluster, 60)}* that ${count === 1 ? "is" : "are"} out of service: in no open maintenance of this bot. Another team or tool may be at work on them, or their maintenance was lost with the queue. Nothing was done about them.`,
    ),
    ...shown.flatMap((group) => groupBlocks(cluster, group, nowMs)),
    ...(left === 0
      ? []
      : [
          context(
            mrk`And ${counted(left, "more window")}; see ${code(`/mesos schedule --cluster ${cluster}`)}.`,
          ),
        ]),
    context(
      mrk`This is told again only when it changes. Adopt opens a maintenance around them and posts nothing.`,
    ),
  ]);
}

function groupBlocks(cluster: string, group: UnclaimedShown, nowMs: Millis): Block[] {
  const { machines, hosts: typed, stand } = group;
  const { isDown } = stand;
  const line = `/mesos adopt ${typed} --cluster ${cluster} --confirm ${machines.length}`;
  const value: AdoptValue = {
    v: 1,
    adopt: { cluster, hosts: typed, machines: machines.length, shown: stand },
  };
  const text = mrk`*${isDown ? "Down" : "Draining"}:* ${hosts(machines, NAMES)}\n${since(group, nowMs)}`;
  if (!fits(value)) {
    return [
      section(
        mrk`${text}\nTo adopt them, type ${code("/mesos adopt")} with a pattern that stands for these ${machines.length}.`,
      ),
    ];
  }
  const way = line.length > NAMES ? text : mrk`${text}\n${code(line)}`;
  return [section(way), ...actions([button("Adopt", value, { confirm: sure(machines.length, isDown) })])];
}

function fits(value: AdoptValue): boolean {
  try {
    return encodeButton(value).length <= LIMITS.buttonValue;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Since when they are Down a master does not tell; the window is all there is. */
function since({ startMs, endMs }: UnclaimedShown, nowMs: Millis): Mrkdwn {
  const begun =
    startMs > nowMs
      ? mrk`The window begins ${moment(startMs)}`
      : mrk`The window began ${moment(startMs)}, ${aboutSpan(nowMs - startMs)} ago`;
  if (endMs === null) return mrk`${begun}, and has no end.`;
  return endMs > nowMs
    ? mrk`${begun}, and ends ${moment(endMs)}.`
    : mrk`${begun}, and ended ${moment(endMs)}, ${aboutSpan(nowMs - endMs)} ago.`;
}

function sure(count: number, isDown: boolean): Confirm {
  return {
    title: `Adopt ${counted(count, "machine")}?`,
    text: `Nobody can tell whose window it is: somebody else may be at work on ${count === 1 ? "it" : "them"}. Ask first. Nothing is posted; ${isDown ? "they stay Down until somebody presses Up" : "Down is asked for in the thread"}.`,
    confirm: "Adopt",
    deny: "Not now",
  };
}
