import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
  "API_KEYS",
  "API_TOKENS",
  "DB_SECRETS",
  "PGPASSWORD",
  "MYSQL_PWD",
  "DB_PASS",
  "SSHPASS",
  "GITHUB_PAT",
  "Cookie",
  "apiKeys",
])("the value of %s is hidden", (name) => {
  expect(createRedactor({ [name]: secret })(`a ${secret} b ${secret}`)).toBe("a [redacted] b [redacted]");
});

test.each([
  "PATH",
  "MONKEY",
  "KEYBOARD_LAYOUT",
  "SSH_AUTH_SOCK",
  "TOKENIZER",
  "PWD",
  "OLDPWD",
  "COMPASS",
  "PASSAGE",
  "PATTERN",
  "COOKIE_DOMAIN",
])("the value of %s is not", (name) => {
  expect(createRedactor({ [name]: secret })(secret)).toBe(secret);
});

test("short values are no secrets: they would be found by chance", () => {
  expect(createRedactor({ API_KEY: "1234567" })("1234567")).toBe("1234567");
});

test.each([
  ["DB_PASSWORD", "{Xy7secretpass"],
  ["LDAP_PASSWORD", "{SSHA}b64b64b64b64"],
  ["LDAP_PASSWORD", "[Xy7secretpass"],
  ["API_TOKEN", '{"v":"abcdefghijkl"}'],
  ["API_TOKEN", '["abcdefghijkl"]'],
])("a secret may begin like JSON: %s=%s", (name, value) => {
  expect(createRedactor({ [name]: value })(`a ${value} b`)).toBe("a [redacted] b");
});

test.each([
  ["GOOGLE_CREDENTIALS", '[{"private":"hunter2hunter2"}]'],
  ["API_TOKEN", '{"v":{"w":["hunter2hunter2"]}}'],
  ["SERVICE_JSON", '[{"password":"hunter2hunter2"}]'],
  ["SERVICE_JSON", '{"tokens":["hunter2hunter2"]}'],
  ["SERVER_ARGS", '["--api-key","hunter2hunter2"]'],
  ["SERVICE", "[see https://me:hunter2hunter2@x]"],
  ["DEEP_KEY", `${"[".repeat(50_000)}"hunter2hunter2"${"]".repeat(50_000)}`],
  ["API_KEY", "hunter2hunter2\n"],
  ["API_KEYS", "first-key-1, hunter2hunter2"],
  ["Authorization", "ApiKey hunter2hunter2"],
  ["Cookie", "theme=x; session=hunter2hunter2; Secure"],
  ["HTTPS_PROXY", "user:hunter2hunter2@host"],
  ["VIA", "user:hunter2hunter2@host:8080"],
])("of %s the part alone is hidden too", (name, value) => {
  expect(createRedactor({ [name]: value })("hunter2hunter2 first")).toBe("[redacted] first");
});

test("a value is hidden with the space behind it and without", () => {
  expect(createRedactor({ API_KEY: "hunter2hunter2 " })("a hunter2hunter2 b hunter2hunter2c")).toBe(
    "a [redacted]b [redacted]c",
  );
});

test.each([
  ["MAX_OUTPUT_TOKENS", "12345678"],
  ["maxTokens", "12345678"],
  ["CONFIG", '{"model":"hunter2hunter2"}'],
  ["CONFIG", "{hunter2hunter2"],
  ["PACKAGE", "npm:typescript@5.4.0"],
  ["IMAGE", "node:22-alpine@sha256:0123456789abcdef"],
  ["CONTACT_URL", "mailto:hunter2hunter2@example.com"],
  ["REPOSITORY", "hunter2hunter2@github.com:me/project"],
  ["ORIGIN", "ssh://hunter2hunter2@github.com/me/project"],
  ["ORIGIN", "https://git@github.com/me/project"],
])("nothing in %s=%s is a secret", (name, value) => {
  const words = `${value} 12345678 typescript 22-alpine hunter2hunter2 git`;
  expect(createRedactor({ [name]: value })(words)).toBe(words);
});

test("objects that have themselves inside are looked through", () => {
  const server: Record<string, unknown> = { env: { API_KEY: secret } };
  server.self = server;
  expect(createRedactor({ server })(secret)).toBe("[redacted]");
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

describe("a secret of any length", () => {
  const long = "0123456789abcdef".repeat(5000);
  const redact = createRedactor({ A_KEY: long, B_KEY: `${long}-b`, C_KEY: long.slice(0, 2000), D_KEY: `${long}-d"` });

  test.each<[string, string, string]>([
    ["whole", `a ${long} b`, "a [redacted] b"],
    ["the longest of those that begin so", `${long}-b ${long}-d" ${long}-x`, "[redacted] [redacted] [redacted]-x"],
    ["the shorter one, where the longer is not whole", `${long.slice(0, 2008)}!`, "[redacted]01234567!"],
    ["begun in vain before it", `${long.slice(0, 1999)}!${long}`, `${long.slice(0, 1999)}![redacted]`],
    ["begun in vain, and again inside of that", `0123456789abcdef${long}`, "[redacted]0123456789abcdef"],
    ["as JSON writes it", JSON.stringify(`${long}-d"`), '"[redacted]"'],
  ])("is found: %s", (_, text, shown) => {
    // Compared like this, so that no difference of so long texts has to be shown.
    expect(redact(text) === shown).toBe(true);
  });

  test("is found in pieces", () => {
    const part = redact.part?.(`a ${long.slice(0, 1000)}`);
    expect([part?.done, part?.held.length]).toEqual(["a ", 1000]);
    expect(redact.part?.(`a ${long}-b, b`)).toEqual({ done: "a [redacted], b", held: "" });
  });

  test("among very many", () => {
    const keys = Array.from({ length: 30_000 }, (_, index) => [`K${index}_KEY`, `${index}`.padStart(9, "x")] as const);
    const many = createRedactor({ ...Object.fromEntries(keys), LONG_KEY: long });
    expect(many(`a xxxxxxxx7 b xxxx29999 c xxxx30000 d ${long}`)).toBe(
      "a [redacted] b [redacted] c xxxx30000 d [redacted]",
    );
  });
});

/** What redaction is, said simply: from left to right the longest secret that stands there. */
function redactSimply(text: string, secrets: readonly string[]): string {
  const sorted = [...secrets].sort((left, right) => right.length - left.length);
  let done = "";
  for (let index = 0; index < text.length;) {
    const found = sorted.find((secret) => text.startsWith(secret, index));
    done += found === undefined ? text[index] : "[redacted]";
    index += found?.length ?? 1;
  }
  return done;
}

test("every secret is hidden, the longest at each place, and nothing else is touched", () => {
  // Few letters, so that secrets overlap, repeat themselves and begin with one another; some after a long common start.
  const letters = (lengths: fc.StringConstraints) =>
    fc.string({ unit: fc.constantFrom("a", "b", "$", "é"), ...lengths });
  const start = fc.constantFrom("", "", "ab".repeat(600), "a".repeat(1100));
  const secrets = fc.tuple(start, letters({ minLength: 8, maxLength: 12 })).map((parts) => parts.join(""));
  const parts = fc.array(fc.oneof(letters({ maxLength: 10 }), fc.nat(4), start), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(secrets, { minLength: 1, maxLength: 5 }), parts, (known, text) => {
      // A number stands for a secret.
      const whole = text.map((part) => (typeof part === "string" ? part : (known[part] ?? ""))).join("");
      const redact = createRedactor(Object.fromEntries(known.map((value, index) => [`S${index}_KEY`, value])));
      expect(redact(whole)).toBe(redactSimply(whole, known));
    }),
    { numRuns: 1000 },
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

test.each<[string, string]>([
  ["https://x/mcp?a=1&api_key=s3cr3t-v4lue", "https://x/mcp?a=1&api_key=[redacted]"],
  ["https://x/mcp?accessToken=s3cr3t-v4lue#here", "https://x/mcp?accessToken=[redacted]#here"],
  ["https://me:s3cr3t-v4lue@x/mcp", "https://me:[redacted]@x/mcp"],
  ["postgres://me:s3cr3t-v4lue@x:5432/db", "postgres://me:[redacted]@x:5432/db"],
  ["https://ghp_0123456789abcdef@github.com/x", "https://[redacted]@github.com/x"],
  ["https://ghp_0123456789abcdef:@github.com/x", "https://[redacted]:@github.com/x"],
  ["https://git@github.com/git", "https://git@github.com/git"],
  ["https://a-robot-with-a-name@x/git", "https://a-robot-with-a-name@x/git"],
  ["https://x/s3cr3t-v4lue?page=s3cr3t-v4lue", "https://x/s3cr3t-v4lue?page=s3cr3t-v4lue"],
  ["https://x:8080/someone@example", "https://x:8080/someone@example"],
])("of the address %s only what is secret is hidden", (url, shown) => {
  expect(createRedactor({ a: { type: "http", url } })(url)).toBe(shown);
  expect(createRedactor({ ADDRESS: url })(`see ${url}`)).toBe(`see ${shown}`);
});

test("a secret in an address is hidden as it is written there and as a program reads it", () => {
  const redact = createRedactor({
    a: { url: "https://x/?token=a%2Fb%20c+d%2Be" },
    b: { url: "https://x/?key=100%ab%zz" },
  });
  expect(redact("a%2Fb%20c+d%2Be, a/b c d+e, 100%ab%zz")).toBe("[redacted], [redacted], [redacted]");
});

test.each<[readonly string[], readonly string[]]>([
  [
    ["--api-key", secret, "--port", "12345678"],
    ["--api-key", "[redacted]", "--port", "12345678"],
  ],
  [[`--token=${secret}`], ["--token=[redacted]"]],
  [[`-token=${secret}`], ["-token=[redacted]"]],
  [
    ["-e", `API_KEY=${secret}`],
    ["-e", "API_KEY=[redacted]"],
  ],
  [[`--env=API_KEY=${secret}`], ["--env=API_KEY=[redacted]"]],
  [
    ["--header", `Authorization: Bearer ${secret}`],
    ["--header", "Authorization: [redacted]"],
  ],
  [[`--header=X-Api-Key:${secret}`], ["--header=X-Api-Key:[redacted]"]],
  [[`https://x/?key=${secret}`], ["https://x/?key=[redacted]"]],
  [[`{"token":"${secret}"}`], ['{"token":"[redacted]"}']],
  [
    ["--token", "--verbose-output", secret],
    ["--token", "--verbose-output", secret],
  ],
  [
    ["--api-key", `-${secret}`],
    ["--api-key", "[redacted]"],
  ],
  [
    ["-token", "-verbose-output"],
    ["-token", "-verbose-output"],
  ],
  [
    ["--header", `Cookie: session=${secret}`],
    ["--header", "Cookie: [redacted]"],
  ],
  [
    ["--max-tokens", "12345678"],
    ["--max-tokens", "12345678"],
  ],
  [
    ["/home/me/project", secret],
    ["/home/me/project", secret],
  ],
])("of the arguments %j only what is secret is hidden", (args, shown) => {
  expect(args.map(createRedactor({ a: { command: "server", args } }))).toEqual(shown);
});

test("an address of any length is read in a moment", () => {
  const startedAtMs = performance.now();
  for (const piece of ["?", "&a", "://", "://a:", "a:"])
    createRedactor({ A: piece.repeat(50_000), b: [piece.repeat(50_000)] });
  expect(performance.now() - startedAtMs).toBeLessThan(5000);
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

test("of what says by itself how it is written, that is redacted", () => {
  const redact = createRedactor({ TOKEN: "12345678" });
  const itself: Record<string, unknown> = { key: "12345678" };
  itself.toJSON = () => itself;
  const value = {
    url: new URL("https://x/?k=12345678"),
    date: new Date(0),
    fields: { toJSON: () => ({ key: "12345678" }) },
    function: Object.assign(() => undefined, { toJSON: () => "12345678" }),
    boxed: new String("12345678"),
    itself,
  };
  expect(JSON.parse(JSON.stringify(redactValue(value, redact)))).toEqual({
    url: "https://x/?k=[redacted]",
    date: "1970-01-01T00:00:00.000Z",
    fields: { key: "[redacted]" },
    function: "[redacted]",
    boxed: "[redacted]",
    itself: { key: "[redacted]" },
  });
  const clean = { url: new URL("https://x/"), date: new Date(0) };
  expect(redactValue(clean, redact)).toBe(clean);
});
