import { expect, test } from "vitest";
import { readCommandLine, UsageError } from "../../src/config/command-line.js";

test.each([
  [[], { kind: "run", role: "all", envFile: true, takeOver: false }],
  [["--role", "worker"], { kind: "run", role: "worker", envFile: true, takeOver: false }],
  [["--role=bot"], { kind: "run", role: "bot", envFile: true, takeOver: false }],
  [["--take-over"], { kind: "run", role: "all", envFile: true, takeOver: true }],
  [["--no-env-file"], { kind: "run", role: "all", envFile: false, takeOver: false }],
  [["--check"], { kind: "check", role: "all", envFile: true, takeOver: false }],
  [["--check", "--role", "bot"], { kind: "check", role: "bot", envFile: true, takeOver: false }],
  [["--help"], { kind: "help" }],
  [["-h", "--role", "boss"], { kind: "help" }],
  [["--version"], { kind: "version" }],
])("%j is understood", (args, line) => {
  expect(readCommandLine(args, {})).toEqual(line);
});

test.each([
  [["--rolle", "bot"], "Unknown option '--rolle'. Nothing was started."],
  [["-x"], "Unknown option '-x'. Nothing was started."],
  [["worker"], "Unexpected argument 'worker'. Nothing was started."],
  [["--role"], "Option '--role <value>' argument missing. Nothing was started."],
  [["--role", "--help"], "Option '--role' argument is ambiguous. Nothing was started."],
  [["--help=1"], "Option '-h, --help' does not take an argument. Nothing was started."],
  [["--role", "boss"], '--role is one of bot, worker, all, not "boss". Nothing was started.'],
  [["--check", "--take-over"], "--check changes nothing, so it takes nothing over. Nothing was started."],
  [["--role="], '--role is one of bot, worker, all, not "". Nothing was started.'],
])("%j is refused with the usage line", (args, sentence) => {
  expect(() => readCommandLine(args, {})).toThrow(UsageError);
  expect(() => readCommandLine(args, {})).toThrow(
    `${sentence}\n\nUsage: npm start -- [--role bot|worker|all] [--no-env-file]`,
  );
});

test.each([
  ["npm start --role bot", ["bot"], "true"],
  ["npm start --role=bot", [], "bot"],
])("the role of `%s` would be lost, so it is told where it stands", (_, args, kept) => {
  expect(() => readCommandLine(args, { npm_config_role: kept })).toThrow(/npm kept --role to itself/);
});
