import { vi } from "vitest";

/** Waits until a check gives something truthy, and returns that; the test fails when it does not within the time. */
export async function until<T>(check: () => T | Promise<T>, timeout = 8_000): Promise<NonNullable<T>> {
  return (await vi.waitUntil(check, { timeout, interval: 20 })) as NonNullable<T>;
}
