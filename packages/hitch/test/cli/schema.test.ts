import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hitch, lastOf, makeUser, type FakePi } from "./command.ts";

const schema = { type: "object", properties: { age: { type: "integer", maximum: 100 } }, required: ["age"] };

function run(answer: string, file: unknown, ...flags: string[]) {
  const user = makeUser({ answer } satisfies FakePi);
  writeFileSync(join(user.directory, "schema.json"), typeof file === "string" ? file : JSON.stringify(file));
  const args = ["run", "How old?", "--permissions", "unrestricted", "--schema", "schema.json", ...flags];
  return hitch(user, args);
}

test("with --schema stdout is the value, on one line of JSON", async () => {
  const answer = 'She is:\n```json\n{\n  "age": 42\n}\n```';
  expect(await run(answer, schema)).toEqual({ stdout: '{"age":42}\n', stderr: "", code: 0 });
});

test("a schema file may have comments and a byte order mark", async () => {
  expect(await run('{"age": 42}', `\uFEFF// of a person\n${JSON.stringify(schema)}`)).toMatchObject({ code: 0 });
});

test("an answer that never fits ends with 5, and every answer is in the events", async () => {
  const { stdout, code } = await run('{"age": 1000}', schema, "--json", "--output-retries", "1");
  expect(code).toBe(5);
  const finish = lastOf(stdout);
  expect(finish).toMatchObject({ status: "failed", error: { code: "invalid-output" } });
  expect(finish.result.attempts?.map(({ output }) => output?.raw)).toEqual([['{"age": 1000}'], ['{"age": 1000}']]);
});

test.each([
  ["is not JSON", "{", "not-json"],
  ["is no JSON Schema", { type: "nothing" }, "not-json-schema"],
  ["is no object", "[]", "wrong-type"],
])("a schema file that %s is refused before anything starts", async (_, file, reason) => {
  const { stdout, code } = await run("{}", file, "--json");
  expect(code).toBe(2);
  expect(lastOf(stdout)).toMatchObject({ error: { code: "invalid-options", option: "schema", reason } });
  expect(lastOf(stdout).result.attempts ?? []).toEqual([]);
});
