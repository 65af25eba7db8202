import ts from "typescript";

/** What the layer rules ask about one source file, read from its syntax tree. */
export interface SourceFacts {
  /** Module specifiers of static imports, `export … from`, dynamic and type imports. */
  readonly imports: readonly string[];
  /** Names used as values that the file doesn't declare itself, `Math.random`, `Date.now` and `new Date()` among them. */
  readonly freeNames: ReadonlySet<string>;
  /** Texts of string literals and of the fixed parts of templates, module specifiers left out. */
  readonly strings: readonly string[];
  readonly lineCount: number;
  readonly longestLine: number;
}

/** Parses a source text. Comments are no facts. */
export function readSourceFacts(path: string, text: string): SourceFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const imports: string[] = [];
  const strings: string[] = [];
  const used = new Set<string>();
  const declared = new Set<string>();

  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push(specifier);
    else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      if (specifierOf(node.parent) === undefined && !isArgumentOfTypeImport(node)) strings.push(node.text);
    }
    if (ts.isIdentifier(node)) {
      if (isDeclaredName(node)) declared.add(node.text);
      else if (isUsedAsValue(node)) used.add(node.text);
    }
    const special = specialUse(node);
    if (special !== undefined) used.add(special);
    ts.forEachChild(node, visit);
  };
  visit(source);

  const lines = text.replace(/\n$/, "").split("\n");
  const freeNames = new Set([...used].filter((name) => !declared.has(name)));
  return {
    imports,
    freeNames,
    strings,
    lineCount: lines.length,
    longestLine: Math.max(...lines.map((line) => line.length)),
  };
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (!ts.isCallExpression(node)) return undefined;
  const isLoader = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === "require";
  // A specifier that is computed can't be judged, so it is reported as itself and no rule allows it.
  return isLoader ? (textOf(node.arguments[0]) ?? node.getText()) : undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isArgumentOfTypeImport(node: ts.Node): boolean {
  return ts.isLiteralTypeNode(node.parent) && ts.isImportTypeNode(node.parent.parent);
}

function isDeclaredName(node: ts.Identifier): boolean {
  const { parent } = node;
  const isBinding = ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent);
  const isNamed = ts.isFunctionDeclaration(parent) || ts.isFunctionExpression(parent) || ts.isClassDeclaration(parent);
  const isImported = ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent);
  return (isBinding || isNamed || isImported) && parent.name === node;
}

function isUsedAsValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeNode(parent) || ts.isQualifiedName(parent)) return false;
  const isMemberName =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isGetAccessor(parent);
  if (isMemberName) return parent.name !== node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  return !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

/** Uses of the clock and of chance hide behind globals that pure code may otherwise use. */
function specialUse(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) return "new Date()";
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const text = node.getText();
  return text === "Date.now" || text === "Math.random" ? text : undefined;
}
