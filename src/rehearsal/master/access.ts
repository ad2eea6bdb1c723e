import { timingSafeEqual } from "node:crypto";

/** Permissions that only read; names are those of Mesos' ACLs where it has one. */
export const READ_PERMISSIONS = [
  "get_maintenance_schedule",
  "get_maintenance_status",
  "view_agents",
  "view_frameworks",
  "view_tasks",
] as const;

/** What a principal may do. */
export const PERMISSIONS = [
  ...READ_PERMISSIONS,
  "update_maintenance_schedule",
  "start_maintenance",
  "stop_maintenance",
  "drain_agent",
  "deactivate_agent",
  "reactivate_agent",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export interface RehearsalPrincipal {
  readonly name: string;
  readonly secret: string;
  /** @defaultValue everything */
  readonly may?: readonly Permission[];
}

/** Who calls, and what that lets them do. */
export interface Caller {
  readonly principal: string | null;
  readonly may: (permission: Permission) => boolean;
}

/** The caller of a master without credentials may do everything. */
export const ANYBODY: Caller = { principal: null, may: () => true };

/** Who an `Authorization` header names, or `null` for a 401. Without principals everybody is let in. */
export function authenticate(
  header: string | undefined,
  principals: readonly RehearsalPrincipal[],
): Caller | null {
  if (principals.length === 0) return ANYBODY;
  const encoded = /^Basic\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return null;
  const given = Buffer.from(encoded, "base64").toString("utf8");
  const found = principals.find(({ name, secret }) => same(given, `${name}:${secret}`));
  if (found === undefined) return null;
  const may = new Set<Permission>(found.may ?? PERMISSIONS);
  return { principal: found.name, may: (permission) => may.has(permission) };
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
