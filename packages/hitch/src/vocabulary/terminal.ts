/** Takes the colours and cursor movements out of a text that was meant for a terminal. */
export function withoutColours(text: string): string {
  return text.replaceAll(terminalCodes, "");
}

// eslint-disable-next-line no-control-regex -- the escape character is what they begin with
const terminalCodes = /\u001b\[[0-9;?]*[A-Za-z]/g;
