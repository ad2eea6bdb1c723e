import { APP_LABELS } from "./app-of.js";
import { lengthTag, messageEnd, skipField, varintTag, type WireReader } from "./wire.js";

// Fields of Task in mesos.proto, read by hand: there are hundreds of thousands, and most of each is passed over.
export const TASK_NAME = lengthTag(1);
export const TASK_ID = lengthTag(2);
export const TASK_FRAMEWORK_ID = lengthTag(3);
export const TASK_AGENT_ID = lengthTag(5);
export const TASK_STATE = varintTag(6);
export const TASK_RESOURCES = lengthTag(7);
export const TASK_STATUSES = lengthTag(8);
export const TASK_LABELS = lengthTag(11);
const LABELS_LABEL = lengthTag(1);
const LABEL_KEY = lengthTag(1);
const LABEL_VALUE = lengthTag(2);

export const NO_LABELS: ReadonlyMap<string, string> = new Map();

const WANTED: ReadonlySet<string> = new Set(APP_LABELS);

/** The labels that name an app; mostly there are none. */
export function readAppLabels(reader: WireReader): ReadonlyMap<string, string> {
  const end = messageEnd(reader);
  let found: Map<string, string> | null = null;
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag !== LABELS_LABEL) {
      skipField(reader, tag);
      continue;
    }
    const inside = messageEnd(reader);
    let key = "";
    let value = "";
    while (reader.pos < inside) {
      const field = reader.tag();
      if (field === LABEL_KEY) key = reader.string();
      else if (field === LABEL_VALUE) value = reader.string();
      else skipField(reader, field);
    }
    if (WANTED.has(key)) {
      found ??= new Map();
      found.set(key, value);
    }
  }
  return found ?? NO_LABELS;
}
