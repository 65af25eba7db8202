/** What is secret in variables, headers, arguments and addresses. */
import { parseJsonc } from "../vocabulary/jsonc.ts";

/** Words that make a name secret, as a part of it. `KEY` of `API_KEY`, of `apiKey` and of `X-Api-Key`. */
const secretWord = /(^|_|-)(API_?KEYS?|KEYS?|TOKENS?|SECRETS?|PAT|CREDENTIALS?|AUTHORIZATION)(_|-|$)/i;

/** The same with something directly before them, as in `PGPASSWORD`. */
const passwordWord = /(PASSWORDS?|PASSWDS?|PASSPHRASES?)(_|-|$)/i;

/** Only at the end of a name; `PWD` alone is a directory. */
const lastWord = /((^|_|-)((SSH)?PASS|COOKIES?)|[_-]PWD)$/i;

/** Several secrets, or how many: `MAX_TOKENS`. */
const plural = /(KEYS|TOKENS|SECRETS|PASSWORDS|PASSWDS|PASSPHRASES)(_|-|$)/i;

/** What a header says before the secret: `Bearer …`. */
const scheme = /^(Basic|Bearer|Token) +/i;

/** The same in `Authorization`, where it may be any word. */
const anyScheme = /^[\w-]+ +/;

/** `--name=value`, `NAME=value` and `Name: value` as an argument. */
const namedArgument = /^-*([\w-]+)(?:=|:\s*)(.*)$/s;

/** `--name`, whose value is the next argument. */
const flag = /^(-+)([\w-]+)$/;

/** The password in `https://user:password@host`. */
const addressPassword = /:\/\/[^/?#\s:@]*:([^/?#\s]*)@/g;

/** The user in `https://user@host`, with or without a password. */
const addressUser = /:\/\/([^/?#\s:@]+)(?::[^/?#\s]*)?@/g;

/** The password in `user:password@host:port`. */
const barePassword = /^(?!mailto:)[^\s/?#:@]+:([^\s/?#]+)@[^\s/?#:@]+(:\d{1,5})?(?:[/?#]\S*)?$/;

/** Variables whose value is an address, so that it needs no port to be taken for one. */
const addressName = /(PROXY|URL|URI|DSN|ADDRESS|HOST|SERVER|ENDPOINT)$/i;

/** `name=value` in an address, after the `?`. */
const addressField = /[?&#]([^?=&#\s]+)=([^&#\s]*)/g;

/** A user name has seldom so many characters, nor letters behind its digits. */
const shortestToken = 16;
const longestUser = 31;

interface Named {
  readonly name: string;
  readonly value: unknown;
  /** All texts in it are secret, whatever their names. */
  readonly isAllSecret: boolean;
}

/** Finds the secrets of an environment, or of an object in which there are some, of any length. Pure. */
export function secretsOf(environment: Readonly<Record<string, unknown>>): readonly string[] {
  const secrets: string[] = [];
  const seen = new Set<object>();
  const open: Named[] = [{ name: "", value: environment, isAllSecret: false }];
  // No recursion: JSON may be nested deeper than the stack.
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, value, isAllSecret } = next;
    if (typeof value === "string") {
      const isSecret = isAllSecret || isSecretText(name, value);
      const json = parseStructure(value);
      if (json !== undefined) open.push({ name: "", value: json, isAllSecret: isSecret });
      else secrets.push(...secretsInText(name, value, isSecret).flatMap(linesOf));
      if (json !== undefined && isSecret) secrets.push(value, value.trim());
    } else if (typeof value === "object" && value !== null && !seen.has(value)) {
      seen.add(value);
      const isList = Array.isArray(value);
      if (isList) for (const argument of argumentsIn(value)) open.push({ ...argument, isAllSecret: false });
      for (const [field, item] of Object.entries(value))
        open.push({ name: isList ? name : field, value: item, isAllSecret });
    }
  }
  return secrets;
}

/** What is printed in lines is stored in lines; and who prints a value often trims it. */
function linesOf(value: string): readonly string[] {
  return [value, ...value.split(/\r?\n/)].flatMap((line) => [line, line.trim()]);
}

/** The object or list that a text is, in JSON. */
function parseStructure(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return parseJsonc(text);
  } catch {
    return undefined; // Not JSON after all: `{SSHA}…`.
  }
}

function isSecretText(name: string, value: string): boolean {
  return isSecretName(name) && !(plural.test(wordsOf(name)) && /^\s*\d+\s*$/.test(value));
}

function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  return [secretWord, passwordWord, lastWord].some((pattern) => pattern.test(words));
}

function wordsOf(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
}

function secretsInText(name: string, value: string, isSecret: boolean): readonly string[] {
  const inAddresses = secretsInAddresses(name, value);
  if (!isSecret) return inAddresses;
  const bare = value.trimStart().replace(/authorization$/i.test(name) ? anyScheme : scheme, "");
  return [value, bare, ...partsOf(name, value), ...inAddresses];
}

/** Each of several: cookies have names. */
function partsOf(name: string, value: string): readonly string[] {
  if (/cookies?$/i.test(name)) return value.split(";").map((cookie) => /=(.*)/s.exec(cookie)?.[1] ?? "");
  return plural.test(wordsOf(name)) ? value.split(/[\s,;]+/) : [];
}

/** The values that names in a list of arguments belong to. */
function argumentsIn(list: readonly unknown[]): readonly Omit<Named, "isAllSecret">[] {
  const values = list.filter((item) => typeof item === "string");
  return values.flatMap((value, index) => {
    const next = values[index + 1];
    const [, dashes = "", name = ""] = flag.exec(value) ?? [];
    // Behind two dashes a single one begins a value.
    const isFlag = next?.startsWith(dashes === "--" ? "--" : "-") ?? true;
    const following = isSecretName(name) && !isFlag ? [{ name, value: next }] : [];
    return [...following, ...argumentIn(value)];
  });
}

/** The value may be a name and a value itself, as in `--header=Authorization: Bearer …`. */
function argumentIn(text: string): readonly Omit<Named, "isAllSecret">[] {
  const [, name = "", value = ""] = namedArgument.exec(text) ?? [];
  if (isSecretName(name)) return [{ name, value }];
  const [, innerName = "", innerValue = ""] = namedArgument.exec(value) ?? [];
  return isSecretName(innerName) ? [{ name: innerName, value: innerValue }] : [];
}

/** As they are written there, and as a program reads them. */
function secretsInAddresses(name: string, text: string): readonly string[] {
  const passwords = [...text.matchAll(addressPassword)].map(([, password = ""]) => password);
  const users = [...text.matchAll(addressUser)].map(([, user = ""]) => user).filter(isToken);
  const [, bare = "", port] = barePassword.exec(text.trim()) ?? [];
  if (port !== undefined || addressName.test(name)) passwords.push(bare);
  const fields = [...text.matchAll(addressField)].filter(([, field = "", value = ""]) => isSecretText(field, value));
  const values = fields.map(([, , value = ""]) => value);
  return [...passwords, ...users, ...values].flatMap((value) => [value, decode(value)]);
}

function isToken(user: string): boolean {
  return user.length > longestUser || (user.length >= shortestToken && /\d.*[a-z]/i.test(user));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value; // A lone % means itself.
  }
}
