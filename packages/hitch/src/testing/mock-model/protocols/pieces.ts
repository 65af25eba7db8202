/**
 * Cuts a text into the pieces of a stream: at least `minimumLength` characters each and at most about 64 of them,
 * however long the text. No character is torn apart. An empty text has no pieces.
 */
export function cutIntoPieces(text: string, minimumLength = 12): string[] {
  const length = Math.max(minimumLength, Math.ceil(text.length / 64));
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = start + length;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
