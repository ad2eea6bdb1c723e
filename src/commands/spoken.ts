/** Words of a sentence that no verb needs. */
const FILLER =
  /^(?:for|and|or|plus|\+|also|with|please|pls|the|of|on|from|my|id|host|hosts|machine|machines|lasting|now|asap|immediately)$/i;

/** `until 22:00`, `6am`, `2027-01-31T22:00`. */
const TIME_OF_DAY =
  /^(?:until|till|til|noon|midnight|\d{1,2}(?::\d{2}){1,2}(?:am|pm)?|\d{1,2}[ap]m|\d{4}-\d{2}-\d{2}(?:T.*)?|\d{1,2}:\d{2}-\d{1,2}:\d{2})$/i;

/** `tomorrow`, `tonight`: when, but not for how long. */
const DAY =
  /^(?:today|tonight|tomorrow|overnight|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)$/i;

/** Whether a word says nothing that the line would miss: `for`, `please`. */
export function isFiller(text: string): boolean {
  return FILLER.test(text);
}

export function isTimeOfDay(text: string): boolean {
  return TIME_OF_DAY.test(text);
}

export function isDay(text: string): boolean {
  return DAY.test(text);
}

/** Verbs that take a duration as a word. */
export function isTimed(verb: string): boolean {
  return verb === "drain" || verb === "extend";
}

export const TIME_NOT_TAKEN =
  "How long a window lasts is typed as a duration, such as 4h, not as a time of day.";
