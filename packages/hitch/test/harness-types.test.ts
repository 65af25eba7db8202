/** The type of `output` is that of the schema. Nothing is run: the types are checked by the compiler. */
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  harness,
  type Harness,
  type HarnessError,
  type HarnessOptions,
  type Outcome,
  type Run,
  type RunResult,
} from "../src/index.ts";

type Shout = z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;

const zod = z.object({ name: z.string(), age: z.int().optional() });
const valibot = toStandardJsonSchema(v.object({ name: v.string(), age: v.optional(v.number()) }));
const ark = type({ name: "string", "age?": "number" });

interface Person {
  name: string;
  age?: number | undefined;
}

/** Never called: only their types are looked at. */
const calls = {
  zod: () => harness("", { schema: zod }),
  valibot: () => harness("", { schema: valibot }),
  ark: () => harness("", { schema: ark }),
  transformed: () => harness("", { schema: z.string().transform((text) => text.length) satisfies Shout }),
  list: () => harness("", { schema: z.array(zod) }),
  plain: () => harness("", { schema: { type: "object" } }),
  without: () => harness(""),
  notGiven: () => harness("", { schema: undefined }),
  some: (options: HarnessOptions) => harness("", options),
  bound: () => harness.with({ schema: zod })(""),
  boundOver: () => harness.with({ schema: zod })("", { schema: z.array(z.string()) }),
  each: () => harness.each(["", { prompt: "" }], { schema: zod }),
  eachBound: () => harness.with({ schema: zod }).each([""]),
  boundTwice: () => harness.with({ schema: zod }).with({ cwd: "/home/me/project" })(""),
};

type OutputOfCall<Name extends keyof typeof calls> =
  ReturnType<(typeof calls)[Name]> extends Run<infer Output> ? Output : never;

test("output has the type of the schema's library", () => {
  expect(Object.keys(calls)).not.toEqual([]);
  expectTypeOf<OutputOfCall<"zod">>().toEqualTypeOf<Person>();
  expectTypeOf<OutputOfCall<"valibot">>().toEqualTypeOf<Person>();
  expectTypeOf<OutputOfCall<"ark">>().toExtend<Person>();
  expectTypeOf<OutputOfCall<"ark">["name"]>().toEqualTypeOf<string>();
  expectTypeOf<OutputOfCall<"transformed">>().toEqualTypeOf<number>();
  expectTypeOf<OutputOfCall<"list">>().toEqualTypeOf<Person[]>();
});

test("the outcomes of many runs have the type of their common schema", () => {
  type OutputOfEach<Name extends "each" | "eachBound"> =
    Awaited<ReturnType<(typeof calls)[Name]>> extends readonly Outcome<infer Output>[] ? Output : never;
  expectTypeOf<OutputOfEach<"each">>().toEqualTypeOf<Person>();
  expectTypeOf<OutputOfEach<"eachBound">>().toEqualTypeOf<Person>();
});

test("output is unknown for plain JSON Schema, and undefined without a schema", () => {
  expectTypeOf<OutputOfCall<"plain">>().toEqualTypeOf<unknown>();
  expectTypeOf<OutputOfCall<"without">>().toEqualTypeOf<undefined>();
  expectTypeOf<OutputOfCall<"notGiven">>().toEqualTypeOf<undefined>();
  expectTypeOf<OutputOfCall<"some">>().toEqualTypeOf<unknown>();
});

test("a schema among the defaults counts until another one is given", () => {
  expectTypeOf<OutputOfCall<"bound">>().toEqualTypeOf<Person>();
  expectTypeOf<OutputOfCall<"boundOver">>().toEqualTypeOf<string[]>();
  expectTypeOf<OutputOfCall<"boundTwice">>().toEqualTypeOf<Person>();
});

test("what is awaited, iterated and caught has its type too", () => {
  expectTypeOf<Awaited<Run<Person>>>().toEqualTypeOf<RunResult<Person>>();
  expectTypeOf<Awaited<Run<Person>["settled"]>["error"]>().toEqualTypeOf<HarnessError | undefined>();
  expectTypeOf<Harness>().toBeCallableWith("Hi.", { provider: "pi" });
});

test("an option of a wrong type does not compile", () => {
  // @ts-expect-error a schema is no text
  expectTypeOf(harness).toBeCallableWith("", { schema: "object" });
  // @ts-expect-error there is no such level
  expectTypeOf(harness).toBeCallableWith("", { permissions: "all" });
});
