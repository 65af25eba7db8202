/**
 * What OpenCode (1.18.33) keeps of a failure in its database, and tells over the protocol only in words: the status,
 * the name and the headers of the answer. It is the same object that `opencode run` prints.
 */
import type { Failure, Inquiry } from "../../provider.ts";
import { asArray, parseJson, parseObject, stringAt } from "../../vocabulary/json.ts";
import { decodeError } from "./opencode-failures.ts";

/** Asks for the failure with which a session's last answer ended. `database` is another question to its database. */
export function askLastFailure(id: string, database: Inquiry): Inquiry<Failure> {
  // Of a body that is a web page the beginning is enough.
  const error =
    "json_set(json_extract(data, '$.error'), '$.data.responseBody', substr(" +
    "json_extract(data, '$.error.data.responseBody'), 1, 4000))";
  const query =
    `select ${error} as error from message where session_id = '${id.replaceAll("'", "''")}' ` +
    "and json_extract(data, '$.role') = 'assistant' order by time_created desc, id desc limit 1";
  return { ...database, args: ["db", "--format", "json", query], read };
}

function read(stdout: string): Failure | undefined {
  const error = parseObject(stringAt(asArray(parseJson(stdout))[0], "error") ?? "");
  return error && decodeError(error);
}
