import { describe, expect, test } from "vitest";
import { endpointOf, redirectTarget } from "../../src/mesos/endpoint.js";

describe("the endpoint of a master", () => {
  test.each([
    ["http://10.0.0.1:5050", "http://10.0.0.1:5050"],
    ["https://mesos.example.com", "https://mesos.example.com:443"],
    ["http://mesos.example.com", "http://mesos.example.com:80"],
    ["http://[::1]:5050", "http://[::1]:5050"],
  ])("the endpoint of %s always has a port: %s", (url, origin) => {
    const endpoint = endpointOf(new URL(url));
    expect(endpoint.origin).toBe(origin);
    expect(origin.endsWith(`//${endpoint.name}`)).toBe(true);
  });
});

describe("where a redirect leads", () => {
  const from = endpointOf(new URL("https://10.0.0.1:5050"));

  test.each([
    ["//10.0.0.2:5050/master/api/v1", "https://10.0.0.2:5050"],
    ["//Leader.example.com:5050/master/api/v1", "https://leader.example.com:5050"],
    ["http://10.0.0.2:5050/api/v1", "http://10.0.0.2:5050"],
    ["/api/v1", "https://10.0.0.1:5050"],
  ])("a redirect to %s leads to %s", (location, origin) => {
    expect(redirectTarget(location, from)?.origin).toBe(origin);
  });

  test.each(["//", "javascript:alert(1)", "//user:secret@10.0.0.2:5050/", "//10.0.0.2:99999/"])(
    "a redirect to %s leads nowhere",
    (location) => {
      expect(redirectTarget(location, from)).toBeNull();
    },
  );
});
