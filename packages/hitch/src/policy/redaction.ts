/** Keeps the values of secrets out of everything that is stored or shown. Values handed to the caller stay whole. */

/** Replaces secret values in a text. */
export type Redact = (text: string) => string;

/** Names of variables whose values are secrets. */
const secretName = /(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(_|$)/i;

/** Shorter values would be found by chance, in words and numbers. */
const shortestSecret = 8;

const mask = "[redacted]";

/**
 * Makes a redactor for the secrets of these environments. Finds values as they are and as they stand in JSON, so that it
 * also works on a serialised event.
 *
 * @example
 * const redact = createRedactor(process.env);
 * redact("Authorization: Bearer sk-1234567890"); // with OPENAI_API_KEY=sk-1234567890: "Authorization: Bearer [redacted]"
 */
export function createRedactor(...environments: Readonly<Record<string, string | undefined>>[]): Redact {
  const values = environments
    .flatMap((environment) => Object.entries(environment))
    .filter(([name, value]) => value !== undefined && value.length >= shortestSecret && secretName.test(name))
    .flatMap(([, value]) => [value as string, JSON.stringify(value).slice(1, -1)]);
  if (values.length === 0) return (text) => text;
  // The longest first: one secret may begin with another.
  const sorted = [...new Set(values)].sort((left, right) => right.length - left.length);
  const pattern = new RegExp(sorted.map(escapePattern).join("|"), "g");
  return (text) => text.replace(pattern, mask);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
