import type { Json, JsonObject } from "./exact-json.js";

/** JSON that does not fit the message; the text is that of Mesos' JSON to protobuf conversion. */
export class ShapeError extends Error {}

/** How one type of a protobuf message is read from JSON. */
export interface Type<T> {
  /** `field` is the name an error tells. Throws a `ShapeError`. */
  readonly read: (value: Json, field: string) => T;
  /** Paths of required fields that are absent. */
  readonly missing: (value: Json, path: string) => readonly string[];
}

/** A field of a message: what its absence means, and how its presence is read. */
interface Field<T> extends Type<T> {
  readonly required: boolean;
  readonly absent: () => T;
}

type Fields = Readonly<Record<string, Field<unknown>>>;

type MessageOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

function refuse(value: Json, field: string): never {
  throw new ShapeError(`Not expecting a JSON ${jsonType(value)} for field '${field}'`);
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "bigint") return "number";
  return value === null ? "null" : typeof value;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar<T>(read: (value: Json, field: string) => T): Type<T> {
  return { read, missing: () => [] };
}

export const text: Type<string> = scalar((value, field) =>
  typeof value === "string" ? value : refuse(value, field),
);

export const bool: Type<boolean> = scalar((value, field) =>
  typeof value === "boolean" ? value : refuse(value, field),
);

const INT64_MIN = -(2n ** 63n);

const INT64_MAX = 2n ** 63n - 1n;

/**
 * As Mesos reads one: a string of digits is a number too, a fraction is cut off, and what does not fit becomes the
 * smallest int64 (2^63 wraps to negative, with a 200).
 */
export const int64: Type<bigint> = scalar((value, field) => {
  if (typeof value === "string" && /^-?\d+$/.test(value.trim())) return wrap(BigInt(value.trim()));
  if (typeof value === "bigint") return wrap(value);
  if (typeof value === "number") return wrap(Number.isFinite(value) ? BigInt(Math.trunc(value)) : INT64_MIN);
  return refuse(value, field);
});

function wrap(value: bigint): bigint {
  return value < INT64_MIN || value > INT64_MAX ? INT64_MIN : value;
}

/** A name of an enum; an unknown one reads as `null`, as an enum field of proto2 stays unset. */
export function oneOf<const T extends string>(names: readonly T[]): Type<T | null> {
  return scalar((value, field) => {
    if (typeof value === "string") return names.find((name) => name === value) ?? null;
    return typeof value === "bigint" ? null : refuse(value, field);
  });
}

export function message<F extends Fields>(fields: F): Type<MessageOf<F>> {
  const present = (value: JsonObject, name: string): Json => value[name] ?? null;
  return {
    read: (value, field) => {
      if (!isObject(value)) return refuse(value, field);
      const read = Object.entries(fields).map(([name, type]) => {
        const given = present(value, name);
        return [name, given === null ? type.absent() : type.read(given, name)];
      });
      return Object.fromEntries(read);
    },
    missing: (value, path) => {
      if (!isObject(value)) return [];
      return Object.entries(fields).flatMap(([name, type]) => {
        const given = present(value, name);
        const at = path === "" ? name : `${path}.${name}`;
        if (given === null) return type.required ? [at] : [];
        return type.missing(given, at);
      });
    },
  };
}

export function optional<T>(type: Type<T>): Field<T | null> {
  return { ...type, required: false, absent: () => null };
}

export function required<T>(type: Type<T>): Field<T> {
  const absent = (): never => {
    throw new Error("A required field was read although it is missing.");
  };
  return { ...type, required: true, absent };
}

/** A lone object where a list is expected is taken as its only item, as Mesos does. */
export function repeated<T>(type: Type<T>): Field<readonly T[]> {
  const items = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value]);
  return {
    required: false,
    absent: () => [],
    read: (value, field) => items(value).map((item) => type.read(item, field)),
    missing: (value, path) => items(value).flatMap((item, at) => type.missing(item, `${path}[${at}]`)),
  };
}

/** Reads a whole message. Throws a `ShapeError` with the master's words. */
export function readMessage<T>(type: Type<T>, value: Json): T {
  const missing = type.missing(value, "");
  if (missing.length > 0) throw new ShapeError(`Missing required fields: ${missing.join(", ")}`);
  return type.read(value, "");
}
