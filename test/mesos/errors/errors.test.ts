import { describe, expect, test } from "vitest";
import { ASK_AGAIN, BY_ITSELF } from "../../../src/maintenance/text/go-on.js";
import { type MesosError, mesosError, refusal, transportFailure } from "../../../src/mesos/errors/errors.js";
import { ERROR_TABLE } from "../../../src/mesos/errors/table.js";

const blanks = { cluster: "prod", master: "10.0.0.1:5050" };

const web01 = '{"hostname":"web-01","ip":"127.0.0.2"}';

describe("what a master says, word for word, and what we make of it", () => {
  test.each([
    [401, "401 Unauthorized.", "unauthorized"],
    [503, "No leader elected", "no_leader"],
    [503, "Master has not finished recovery", "not_recovered"],
    [403, "403 Forbidden.", "forbidden"],
    [400, "List of machines in the maintenance window is empty", "window_empty"],
    [400, "Unavailability 'duration' is negative", "negative_duration"],
    [400, "Both 'hostname' and 'ip' for a machine are empty", "machine_unnamed"],
    [400, "Failed to parse IPv4: 300.1.1.1", "bad_ip"],
    [400, "Failed to parse IPv4: ::1", "bad_ip"],
    [400, `Machine '${web01}' appears more than once in the schedule`, "machine_twice"],
    [
      400,
      `Machine '${web01}' is deactivated and cannot be removed from the schedule`,
      "down_machine_left_out",
    ],
    [400, "List of machines is empty", "no_machines"],
    [400, `Machine '${web01}' is not part of a maintenance schedule`, "not_scheduled"],
    [400, `Machine '${web01}' is not in DRAINING mode and cannot be brought down`, "not_draining"],
    [400, `Machine '${web01}' is not in DOWN mode and cannot be brought up`, "not_down"],
    [400, "Failed to parse body into JSON: syntax error at line 1 near:", "unreadable_call"],
    [404, "404 Not Found.", "not_a_master"],
    [405, "405 Method Not Allowed. Expecting one of { 'POST' }, but received 'GET'.", "method_refused"],
    [406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'", "no_protobuf_answer"],
    [415, "Expecting 'Content-Type' of application/json or application/x-protobuf", "no_protobuf_call"],
    [429, "", "too_many_calls"],
    [503, "", "unavailable"],
    [400, "something new", "refused"],
    [418, "I am a teapot", "unexpected_status"],
  ])("a master that answers %d %s is understood", (status, said, code) => {
    const error = refusal(status, said, blanks);
    expect(error).toMatchObject({ code, status, said: said === "" ? null : said, sent: "yes" });
    expectSentences(error);
  });

  test.each([
    [
      `Machine '${web01}' is not in DRAINING mode and cannot be brought down`,
      "web-01 (127.0.0.2) is not draining",
    ],
    [`Machine '{"hostname":"web-01"}' is not part of a maintenance schedule`, "web-01 stands in no"],
    ["Failed to parse IPv4: 300.1.1.1", "cannot read 300.1.1.1 as one"],
  ])("the sentence for %s names whom it is about", (said, part) => {
    expect(refusal(400, said, blanks).what).toContain(part);
  });

  test("each text has a code of its own", () => {
    const texts = ERROR_TABLE.filter((row) => row.when.by === "text");
    for (const row of texts) {
      const said = row.when.by === "text" ? row.when.text.replace(/<\w+>/g, "x") : "";
      expect(refusal(400, said, blanks).code).toBe(row.code);
    }
  });

  test("a page of a proxy is cut to one line that can be shown", () => {
    const { said } = refusal(502, `<html>\n\u0007${"x".repeat(5000)}`, blanks);
    expect(said).toMatch(/^<html> x+…$/);
    expect(said?.length).toBeLessThan(1010);
  });
});

function failure(code: string, more: object = {}): Error {
  return Object.assign(new Error("something about a socket"), { code, ...more });
}

describe("what goes wrong on the way", () => {
  test.each([
    ["ENOTFOUND", "name_unknown", "no"],
    ["EAI_AGAIN", "name_unknown", "no"],
    ["ECONNREFUSED", "connection_refused", "no"],
    ["EHOSTUNREACH", "no_route", "no"],
    ["UND_ERR_CONNECT_TIMEOUT", "connect_timeout", "no"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate_self_signed", "no"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate_unknown_authority", "no"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate_unknown_authority", "no"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate_other_name", "no"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls_not_spoken", "no"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls_too_old", "no"],
    ["CERT_REVOKED", "tls", "no"],
    ["EPROTO", "tls", "no"],
    ["UND_ERR_HEADERS_TIMEOUT", "headers_timeout", "maybe"],
    ["UND_ERR_BODY_TIMEOUT", "body_timeout", "maybe"],
    ["TooLargeError", "answer_too_large", "maybe"],
    ["HPE_INVALID_CONSTANT", "not_http", "maybe"],
    ["UND_ERR_DESTROYED", "client_closed", "no"],
    ["ECONNRESET", "connection_lost", "maybe"],
    ["UND_ERR_SOCKET", "connection_lost", "maybe"],
    ["ETIMEDOUT", "connection_lost", "maybe"],
    ["EWHATEVER", "transport_failed", "maybe"],
  ])("%s is %s, and the call has arrived: %s", (code, expected, sent) => {
    const error = transportFailure(failure(code), blanks);
    expect(error).toMatchObject({ code: expected, sent, status: null, said: null });
    expectSentences(error);
  });

  test("whatever failed while connecting has not sent anything", () => {
    expect(transportFailure(failure("ETIMEDOUT", { syscall: "connect" }), blanks).sent).toBe("no");
  });

  test("the reason is found behind a wrapper and among several addresses", () => {
    const inner = new AggregateError([failure("ECONNREFUSED"), failure("ECONNREFUSED")]);
    expect(transportFailure(new TypeError("fetch failed", { cause: inner }), blanks).code).toBe(
      "connection_refused",
    );
  });
});

describe("the table of errors", () => {
  test.each(ERROR_TABLE.map(({ code }) => code))("%s says what happened and what to do next", (code) => {
    expectSentences(mesosError(code, { ...blanks, machine: "m", value: "v" }, { sent: "no" }));
  });

  test.each(ERROR_TABLE.map(({ code }) => code))(
    "%s promises nobody who asked that it goes on by itself",
    (code) => {
      const error = mesosError(code, blanks, { sent: "no" });
      expect(error.nextFor(ASK_AGAIN)).not.toMatch(/by itself|nothing to do/i);
      expect(error.nextFor(BY_ITSELF)).not.toMatch(/ask again/i);
    },
  );
});

function expectSentences(error: MesosError): void {
  for (const sentence of [error.what, error.nextFor(BY_ITSELF), error.nextFor(ASK_AGAIN)]) {
    expect(sentence).toMatch(/^[A-Z].*\.$/s);
    expect(sentence).not.toMatch(/[{}<>]/);
  }
  expect(error.message).toContain(error.what);
  expect(error.message).toContain(error.nextFor(BY_ITSELF));
}
