import { describe, expect, test } from "vitest";
import { parseEndpoint, redirectTarget } from "../../src/mesos/endpoint.js";

describe("the address of a master", () => {
  test.each([
    ["http://10.0.0.1:5050", "http://10.0.0.1:5050"],
    ["http://10.0.0.1:5050/", "http://10.0.0.1:5050"],
    ["10.0.0.1:5051", "http://10.0.0.1:5051"],
    ["10.0.0.1", "http://10.0.0.1:5050"],
    ["master-1", "http://master-1:5050"],
    ["MASTER-1:80", "http://master-1:80"],
    ["https://mesos.example.com", "https://mesos.example.com:443"],
    ["http://mesos.example.com", "http://mesos.example.com:80"],
    ["http://[::1]:5050", "http://[::1]:5050"],
  ])("%s means %s", (address, origin) => {
    expect(parseEndpoint(address).origin).toBe(origin);
    expect(origin.endsWith(parseEndpoint(address).name)).toBe(true);
  });

  test.each(["", "ftp://10.0.0.1", "http://10.0.0.1/mesos", "http://", "a b", "zk://zk-1:2181/mesos"])(
    "%j is none",
    (text) => {
      expect(() => parseEndpoint(text)).toThrow(/address of a master/);
    },
  );

  test("that holds a password is refused without repeating it", () => {
    expect(() => parseEndpoint("http://ops:hunter2@10.0.0.1")).toThrow(/^(?!.*hunter2)/);
  });
});

describe("where a redirect leads", () => {
  const from = parseEndpoint("https://10.0.0.1:5050");

  test.each([
    ["//10.0.0.2:5050/master/api/v1", "https://10.0.0.2:5050"],
    ["//Leader.example.com:5050/master/api/v1", "https://leader.example.com:5050"],
    ["http://10.0.0.2:5050/api/v1", "http://10.0.0.2:5050"],
    ["/api/v1", "https://10.0.0.1:5050"],
  ])("%s", (location, origin) => {
    expect(redirectTarget(location, from)?.origin).toBe(origin);
  });

  test.each(["//", "javascript:alert(1)", "//user:secret@10.0.0.2:5050/", "//10.0.0.2:99999/"])(
    "%s leads nowhere",
    (location) => {
      expect(redirectTarget(location, from)).toBeNull();
    },
  );
});
