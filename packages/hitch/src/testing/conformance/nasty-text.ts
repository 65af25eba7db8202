/** Texts that get lost or changed on the way wherever somebody quotes, trims, expands or splits. */

/** Quotes, references, commands, odd separators and characters beyond the first plane. */
export const nasty =
  'Say "it\'s", \\n, \\", `$(touch made-by-backticks)`, $(touch made), $HOME, 100%, <b>&amp;\u2028\u2029' +
  "{env:HOME} {file:/etc/hostname} @{notes.txt} !{touch made}\r\n\ttab 😀";
