/** The main cases of every agent's transcripts, run anew: the agent on the mock model, behind its provider. */
import { join } from "node:path";
import type { Decoded, Provider } from "../../packages/hitch/src/provider.ts";
import { giveValue } from "../../packages/hitch/src/testing/conformance/model-words.ts";
import {
  openBench,
  status,
  text,
  type Call,
  type Ran,
  type Scene,
  type Subject,
} from "../../packages/hitch/src/testing/index.ts";
import type { Seen, SeenCase } from "./compare.ts";
import { kindOf, parseObject, shapesOf } from "./shapes.ts";

interface Case {
  /** `cwd`: the project's directory, which is there when the model is asked. */
  readonly turns: (subject: Subject, cwd: () => string) => NonNullable<Scene["turns"]>;
  readonly options?: NonNullable<Call["options"]>;
}

const schema = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };

const cases: Readonly<Record<string, Case>> = {
  text: { turns: () => [text("Hello.")] },
  tools: {
    turns:
      ({ calls }, cwd) =>
      (_, index) => {
        const path = join(cwd(), "note.txt");
        return [calls.write(path, "Noted."), calls.read(path), calls.shell("echo done")][index] ?? text("Done.");
      },
  },
  schema: {
    turns: () => (request, index) => (index === 0 ? giveValue(request, { age: 42 }) : text('{"age":42}')),
    options: { schema },
  },
  "status 401": { turns: () => () => status(401) },
  "status 500": { turns: () => () => status(500) },
};

/** Runs all cases on the agent whose command is in this directory. */
export async function runCases(subject: Subject, path: string): Promise<Seen> {
  const lines: string[] = [];
  const understood = new Set<string>();
  const provider = overhear(subject.provider, (line, isUnderstood) => {
    lines.push(line);
    const value = parseObject(line);
    if (value && isUnderstood) understood.add(kindOf(value));
  });
  await using bench = openBench({ ...subject, provider }, { path });
  const seen: Record<string, SeenCase> = {};
  for (const [name, { turns, options = {} }] of Object.entries(cases)) {
    let cwd = "";
    await using stage = await bench.stage({ turns: turns(subject, () => cwd) });
    ({ cwd } = stage.place);
    seen[name] = describe(await stage.run({ options }));
  }
  return { cases: seen, shapes: shapesOf(lines), understood };
}

/** The same provider; `hear` is told each line of stdout, and whether the decoder made something of it. */
function overhear(provider: Provider, hear: (line: string, isUnderstood: boolean) => void): Provider {
  return {
    ...provider,
    ...("configure" in provider && {
      configure: (native) => overhear(provider.configure?.(native) ?? provider, hear),
    }),
    decoder(request) {
      const decoder = provider.decoder(request);
      return {
        ...decoder,
        line(line) {
          const decoded = decoder.line(line);
          hear(line, isUnderstood(decoded));
          return decoded;
        },
      };
    },
  };
}

function isUnderstood({ events = [], evidence = [], reply }: Decoded): boolean {
  return evidence.length > 0 || reply !== undefined || events.some(({ type }) => type !== "raw");
}

/** They come and go by chance. */
const incidental = ["raw", "stderr", "warning", "retry"];

function describe({ events, result, error }: Ran): SeenCase {
  const kinds = new Set(events.map(({ type }) => type).filter((type) => !incidental.includes(type)));
  const told = [
    ...[...kinds].map((type) => `event ${type}`),
    ...Object.keys(result.usage ?? {}).map((count) => `count of ${count}`),
    ...(result.cost?.source === "reported" ? ["cost"] : []),
    ...(result.session === undefined ? [] : ["session"]),
    ...(result.output === undefined ? [] : ["value"]),
  ];
  return { verdict: error?.code ?? "completed", told };
}
