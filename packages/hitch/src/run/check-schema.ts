/** The schema of the answer. */
import { createRequire } from "node:module";
import { readSchema } from "../output/read-schema.ts";
import type { LoadAjv } from "../output/plain-schema.ts";
import type { OutputSchema } from "../output/schema.ts";
import { HarnessError } from "../vocabulary/error.ts";
import type { Findings } from "./check.ts";

export function checkSchema(findings: Findings, given: unknown): OutputSchema | undefined {
  if (given === undefined) return undefined;
  try {
    return readSchema(given, loadAjv);
  } catch (error) {
    if (!HarnessError.isInstance(error)) throw error;
    findings.refusals.push(error);
    return undefined;
  }
}

const require = createRequire(import.meta.url);

/** Options are checked without waiting, and ajv is worth its loading time only to those who pass a plain schema. */
const loadAjv: LoadAjv = (draft, options) => {
  const addFormats = require("ajv-formats") as typeof import("ajv-formats");
  const ajv = draft === "draft-07" ? new (draft07().Ajv)(options) : new (draft2020().Ajv2020)(options);
  return addFormats.default(ajv);
};

function draft07() {
  return require("ajv") as typeof import("ajv");
}

function draft2020() {
  return require("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
}
