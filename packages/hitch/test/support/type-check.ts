import { join } from "node:path";
import ts from "typescript";
import { repository } from "./docs.ts";

/**
 * Checks texts as modules of a project that depends on hitch; keys are their names. Gives what the compiler says against
 * them, each with name and line. What it has against other files is left out.
 */
export function typeErrorsIn(modules: Readonly<Record<string, string>>): readonly string[] {
  const directory = join(repository, "packages", "hitch", "test");
  const texts = new Map(Object.entries(modules).map(([name, text]) => [join(directory, `${name}.ts`), text]));
  const options = readOptions();
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => texts.has(path) || disk.fileExists(path),
    readFile: (path) => texts.get(path) ?? disk.readFile(path),
    getSourceFile(path, ...how) {
      const text = texts.get(path);
      return text === undefined ? disk.getSourceFile(path, ...how) : ts.createSourceFile(path, text, how[0], true);
    },
  };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options, host });
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    if (source === undefined) throw new Error(`the compiler did not read ${path}`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start, messageText }) => {
      const line = source.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `${path.slice(directory.length + 1, -".ts".length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}

/** The repository's own, with `hitch` as its sources: no build is needed. */
function readOptions(): ts.CompilerOptions {
  const file = join(repository, "tsconfig.base.json");
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, repository);
  const sources = join(repository, "packages", "hitch", "src", "index.ts");
  return { ...options, noEmit: true, noUnusedLocals: false, paths: { hitch: [sources] } };
}
