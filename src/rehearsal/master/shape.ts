import type { Json, JsonObject } from "./exact-json.js";

/** JSON that does not fit the message; the text is that of Mesos' JSON to protobuf conversion. */
export class ShapeError extends Error {}

/**
 * How one type of a protobuf message is read from JSON; `null` is an absent field. `path` says where the value stands;
 * the paths of required fields that are absent are added to `missing`. Throws a `ShapeError` for the wrong type.
 */
export type Type<T> = (value: Json, path: string, missing: string[]) => T;

type Fields = Readonly<Record<string, Type<unknown>>>;

type MessageOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Type<infer T> ? T : never };

/** Reads a whole message. Throws a `ShapeError` with the master's words. */
export function readMessage<T>(type: Type<T>, value: Json): T {
  const missing: string[] = [];
  const read = type(value, "", missing);
  if (missing.length > 0) throw new ShapeError(`Missing required fields: ${missing.join(", ")}`);
  return read;
}

function refuse(value: Json, path: string): never {
  const type = Array.isArray(value) ? "array" : typeof value === "bigint" ? "number" : typeof value;
  const field = path.replace(/^.*\./, "").replace(/\[\d+\]$/, "");
  throw new ShapeError(`Not expecting a JSON ${value === null ? "null" : type} for field '${field}'`);
}

export const text: Type<string> = (value, path) => (typeof value === "string" ? value : refuse(value, path));

export const bool: Type<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(value, path);

const INT64_MIN = -(2n ** 63n);

/**
 * As Mesos reads one: a string of digits is a number too, a fraction is cut off, and what does not fit becomes the
 * smallest int64 (2^63 wraps to negative, with a 200).
 */
export const int64: Type<bigint> = (value, path) => {
  if (typeof value === "string" && /^-?\d+$/.test(value.trim())) return wrap(BigInt(value.trim()));
  if (typeof value === "bigint") return wrap(value);
  if (typeof value === "number") return Number.isFinite(value) ? wrap(BigInt(Math.trunc(value))) : INT64_MIN;
  return refuse(value, path);
};

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value) === value ? value : INT64_MIN;
}

/** A name of an enum; an unknown one reads as `null`, as an enum field of proto2 stays unset. */
export function oneOf<const T extends string>(names: readonly T[]): Type<T | null> {
  return (value, path) => {
    if (typeof value === "string") return names.find((name) => name === value) ?? null;
    return typeof value === "bigint" ? null : refuse(value, path);
  };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Each field is `optional`, `required` or `repeated`; unknown keys are ignored. */
export function message<F extends Fields>(fields: F): Type<MessageOf<F>> {
  return (value, path, missing) => {
    if (!isObject(value)) return refuse(value, path);
    const read = Object.entries(fields).map(([name, type]) => [
      name,
      type(value[name] ?? null, path === "" ? name : `${path}.${name}`, missing),
    ]);
    return Object.fromEntries(read);
  };
}

export function optional<T>(type: Type<T>): Type<T | null> {
  return (value, path, missing) => (value === null ? null : type(value, path, missing));
}

export function required<T>(type: Type<T>): Type<T> {
  return (value, path, missing) => {
    if (value !== null) return type(value, path, missing);
    missing.push(path);
    // `readMessage` refuses the whole message, so this value reaches nobody.
    return undefined as T;
  };
}

/** A lone object where a list is expected is taken as its only item, as Mesos does. */
export function repeated<T>(type: Type<T>): Type<readonly T[]> {
  return (value, path, missing) => {
    if (value === null) return [];
    const items: readonly Json[] = Array.isArray(value) ? value : [value];
    return items.map((item, at) => type(item, `${path}[${at}]`, missing));
  };
}
