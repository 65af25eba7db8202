import { expect, test } from "vitest";
import { createRedactor } from "../../src/policy/redaction.ts";

const secret = "s3cr3t-v4lue";

test.each(["OPENAI_API_KEY", "GH_TOKEN", "MY_SECRET", "db_password", "AWS_SECRET_ACCESS_KEY", "NPM_TOKEN", "KEY"])(
  "the value of %s is hidden",
  (name) => {
    expect(createRedactor({ [name]: secret })(`a ${secret} b ${secret}`)).toBe("a [redacted] b [redacted]");
  },
);

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
