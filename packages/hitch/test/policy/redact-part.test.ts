import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, type Redact } from "../../src/policy/redaction.ts";
import { createTextRedactor } from "../../src/policy/text-redaction.ts";

const redactorOf = (...secrets: readonly string[]): Redact =>
  createRedactor(Object.fromEntries(secrets.map((secret, index) => [`S${index}_KEY`, secret])));

/** What is given for each piece, and at the end. */
function pushAll(redact: Redact, pieces: readonly string[]): readonly string[] {
  const redactor = createTextRedactor(redact);
  return [...pieces.map((piece) => redactor.push(piece)), redactor.end()];
}

describe("a secret in pieces", () => {
  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ["in two", ["sk-12345678"], ["the sk-12", "345678 in"], ["the ", "[redacted] in", ""]],
    [
      "in many",
      ["sk-12345678"],
      [..."a sk-12345678 b"],
      ["a", " ", ..."          ".split("").map(() => ""), "[redacted]", " ", "b", ""],
    ],
    ["not one after all", ["sk-12345678"], ["the sk-12", "34 in"], ["the ", "sk-1234 in", ""]],
    ["never finished", ["sk-12345678"], ["the sk-12"], ["the ", "sk-12"]],
    ["the longer of two", ["12345678", "12345678-long"], ["12345678", "-long x"], ["", "[redacted] x", ""]],
    ["the shorter of two", ["12345678", "12345678-long"], ["12345678-lo", "w"], ["", "[redacted]-low", ""]],
    ["the shorter of two, at the end", ["12345678", "12345678-long"], ["12345678-lo"], ["", "[redacted]-lo"]],
    ["begun twice", ["aaaaaaab"], ["aaaaaaa", "ab"], ["", "a[redacted]", ""]],
    ["behind another", ["12345678", "78901234"], ["1234567890", "1234x"], ["[redacted]90", "1234x", ""]],
    ["written as in JSON", ['quo"ted-key'], ['{"a":"quo\\', '"ted-', 'key"}'], ['{"a":"', "", '[redacted]"}', ""]],
    ["none known", [], ["sk-12", "345678"], ["sk-12", "345678", ""]],
    ["short ones are none", ["k"], ["o", "k"], ["o", "k", ""]],
  ])("%s", (_, secrets, pieces, given) => {
    expect(pushAll(redactorOf(...secrets), pieces)).toEqual(given);
  });

  test("holds no more than may become a secret", () => {
    const redactor = createTextRedactor(redactorOf("sk-12345678"));
    redactor.push(`${"sk-1234567".repeat(1000)}`);
    expect(redactor.held).toBe("sk-1234567");
    redactor.push("9");
    expect(redactor.held).toBe("");
  });
});

/** Few letters, so that secrets overlap, repeat themselves and begin with one another. */
const text = (lengths: fc.StringConstraints) =>
  fc.string({ unit: fc.constantFrom("a", "b", '"', "\n", "é", "😀"), ...lengths });
const cases = fc.tuple(
  fc.array(text({ minLength: 8, maxLength: 14 }), { maxLength: 4 }),
  fc.array(fc.oneof(text({ maxLength: 12 }), fc.nat(3)), { maxLength: 12 }),
  fc.array(fc.nat(6), { maxLength: 60 }),
);

test("the pieces together are the redaction of the whole, wherever it is cut", () => {
  fc.assert(
    fc.property(cases, ([secrets, parts, cuts]) => {
      const redact = redactorOf(...secrets);
      // A number stands for a secret.
      const whole = parts.map((part) => (typeof part === "string" ? part : (secrets[part] ?? ""))).join("");
      const pieces: string[] = [];
      let rest = whole;
      for (const length of cuts) {
        pieces.push(rest.slice(0, length));
        rest = rest.slice(length);
      }
      const stored = pushAll(redact, [...pieces, rest]).join("");
      expect(stored).toBe(redact(whole));
      for (const secret of secrets) expect(stored).not.toContain(secret);
    }),
    { numRuns: 2000 },
  );
});
