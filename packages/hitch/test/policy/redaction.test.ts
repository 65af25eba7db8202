import { expect, test } from "vitest";
import { createRedactor, redactValue } from "../../src/policy/redaction.ts";

const secret = "s3cr3t-v4lue";

test.each([
  "OPENAI_API_KEY",
  "GH_TOKEN",
  "MY_SECRET",
  "db_password",
  "AWS_SECRET_ACCESS_KEY",
  "NPM_TOKEN",
  "KEY",
  "Authorization",
  "X-Api-Key",
])("the value of %s is hidden", (name) => {
  expect(createRedactor({ [name]: secret })(`a ${secret} b ${secret}`)).toBe("a [redacted] b [redacted]");
});

test.each(["PATH", "MONKEY", "KEYBOARD_LAYOUT", "SSH_AUTH_SOCK", "TOKENIZER"])("the value of %s is not", (name) => {
  expect(createRedactor({ [name]: secret })(secret)).toBe(secret);
});

test("short values are no secrets: they would be found by chance", () => {
  expect(createRedactor({ API_KEY: "1234567" })("1234567")).toBe("1234567");
});

test("a secret is found in JSON too, where it is written otherwise", () => {
  const value = 'quote " and \\ and \n';
  expect(createRedactor({ API_KEY: value })(JSON.stringify({ text: `x${value}y` }))).toBe('{"text":"x[redacted]y"}');
});

test("a secret that begins with another is hidden whole", () => {
  expect(createRedactor({ A_KEY: "12345678", B_KEY: "12345678-long" })("12345678-long 12345678")).toBe(
    "[redacted] [redacted]",
  );
});

test("secrets of several environments are hidden", () => {
  expect(createRedactor({ A_KEY: "aaaaaaaa" }, { B_KEY: "bbbbbbbb", C_KEY: undefined })("aaaaaaaa bbbbbbbb")).toBe(
    "[redacted] [redacted]",
  );
});

test("what a header says before the secret is none, and without it the secret is hidden too", () => {
  const redact = createRedactor({ servers: { a: { headers: { Authorization: `Bearer ${secret}` } } } });
  expect(redact(`Bearer ${secret}, ${secret}, Bearer of news`)).toBe("[redacted], [redacted], Bearer of news");
});

test("keys inside a variable that holds JSON are secrets too", () => {
  const config = '{ "provider": { "x": { "options": { "apiKey": "abcdefgh", "baseURL": "http://x" } } } } // mine';
  expect(createRedactor({ OPENCODE_CONFIG_CONTENT: config })("abcdefgh http://x")).toBe("[redacted] http://x");
});

test("a value is redacted in its texts alone, so that it stays what it is", () => {
  const redact = createRedactor({ TOKEN: "12345678" });
  const event = { tokens: 12345678, said: ["12345678", { 12345678: "x12345678" }], none: null };
  expect(redactValue(event, redact)).toEqual({
    tokens: 12345678,
    said: ["[redacted]", { "[redacted]": "x[redacted]" }],
    none: null,
  });
  const clean = { a: ["b", { c: 1 }] };
  expect(redactValue(clean, redact)).toBe(clean);
});
