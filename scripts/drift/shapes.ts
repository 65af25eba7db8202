/** The shape of what an agent prints: which kinds of lines there are, and which fields each has. Values don't count. */

/** Fields as `part.state.status: string`, by kind of line. */
export type Shapes = ReadonlyMap<string, ReadonlySet<string>>;

/** Keys whose value says what an object is. */
const kindKeys = ["type", "subtype", "method", "sessionUpdate"];

/** How deep kinds are looked for: below it are the caller's own data, such as a tool's input. */
const kindDepth = 3;

/** The shapes of all lines that are JSON objects. */
export function shapesOf(lines: Iterable<string>): Shapes {
  const shapes = new Map<string, Set<string>>();
  for (const line of lines) {
    const value = parseObject(line);
    if (value === undefined) continue;
    const fields = shapes.get(kindOf(value)) ?? new Set();
    addFields(value, "", fields);
    shapes.set(kindOf(value), fields);
  }
  return shapes;
}

/** What a line calls itself and its parts: `item.completed/command_execution`; `result` for an answer of JSON-RPC. */
export function kindOf(value: object): string {
  const names = kindNames(value, kindDepth);
  return names.length > 0 ? names.join("/") : "result" in value ? "result" : "other";
}

function kindNames(value: object, depth: number): readonly string[] {
  if (depth === 0 || Array.isArray(value)) return [];
  const entries = Object.entries(value) as [string, unknown][];
  const own = entries.flatMap(([key, inner]) => (kindKeys.includes(key) && typeof inner === "string" ? [inner] : []));
  return [...own, ...entries.flatMap(([, inner]) => (isObject(inner) ? kindNames(inner, depth - 1) : []))];
}

function addFields(value: unknown, path: string, fields: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addFields(item, `${path}[]`, fields);
  else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) addFields(inner, path === "" ? key : `${path}.${key}`, fields);
  } else fields.add(`${path}: ${value === null ? "null" : typeof value}`);
}

export function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // Agents print other things too.
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
