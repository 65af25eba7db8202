// `node scripts/build.js`: compiles packages/hitch into dist, type errors being failures, and copies docs into the package.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { nodeBinary, root, runScript, StepFailed, toolchainEnvironment } from "./repository.js";

const packageDirectory = join(root, "packages", "hitch");
const outputDirectory = join(packageDirectory, "dist");
const docsDirectory = join(root, "docs");
const packagedDocsDirectory = join(packageDirectory, "docs");
const stampFile = join(root, "node_modules", ".cache", "hitch", "build.json");

/**
 * Builds unless dist already is what these sources give.
 * @param {{ check?: boolean }} [options] `check: false` leaves out the type check, for a test run in the middle of an edit
 */
export function buildIfStale(options) {
  if (isCurrent(hashOfSources())) copyDocs();
  else build(options);
}

/**
 * Compiles, then removes what an earlier build left and this one didn't write. dist is never missing meanwhile, so that
 * whoever runs it in parallel isn't disturbed.
 * @param {{ check?: boolean }} [options]
 */
export function build({ check = true } = {}) {
  const hash = hashOfSources();
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [compiler, "-p", packageDirectory, "--listEmittedFiles", ...(check ? [] : ["--noCheck"])];
  const { status, stdout } = spawnSync(nodeBinary, args, { cwd: root, encoding: "utf8", env: toolchainEnvironment() });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const emitted = lines.filter((line) => line.startsWith("TSFILE: ")).map((line) => line.slice("TSFILE: ".length));
  if (status !== 0) {
    console.error(lines.filter((line) => !line.startsWith("TSFILE: ")).join("\n"));
    throw new StepFailed("The build failed (tsc -p packages/hitch)");
  }
  for (const file of listFiles(outputDirectory)) if (!emitted.includes(file)) rmSync(file);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ hash, files: emitted }));
  copyDocs();
}

/** The package has the docs beside it, because the hints of its errors name them. */
function copyDocs() {
  mkdirSync(packagedDocsDirectory, { recursive: true });
  const pages = readdirSync(docsDirectory).filter((name) => name.endsWith(".md"));
  for (const name of pages) copyFileSync(join(docsDirectory, name), join(packagedDocsDirectory, name));
  for (const name of readdirSync(packagedDocsDirectory)) {
    if (!pages.includes(name)) rmSync(join(packagedDocsDirectory, name));
  }
}

/** @param {string} hash */
function isCurrent(hash) {
  if (!existsSync(stampFile)) return false;
  const stamp = JSON.parse(readFileSync(stampFile, "utf8"));
  return stamp.hash === hash && stamp.files.every(existsSync);
}

function hashOfSources() {
  const hash = createHash("sha256");
  const settings = ["tsconfig.base.json", "packages/hitch/tsconfig.json", "node_modules/typescript/package.json"];
  for (const file of [...settings.map((path) => join(root, path)), ...listFiles(join(packageDirectory, "src"))]) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

/**
 * @param {string} directory
 * @returns {string[]} absolute paths, sorted
 */
function listFiles(directory) {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) runScript(() => build());
