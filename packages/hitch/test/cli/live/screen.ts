import stringWidth from "string-width";

/** A terminal that understands what the live view writes, and throws at anything else. It scrolls, and keeps what scrolled. */
export interface TestScreen {
  write(bytes: string): void;
  /** Everything above the row of the cursor, from the beginning; without colours. */
  readonly text: readonly string[];
  /** As a terminal does that wraps its lines anew. The cursor has to be at the beginning of a row. */
  resize(columns: number): void;
}

export function openScreen(columns: number): TestScreen {
  /** A row that was full when more was written goes on in the next one. */
  let rows: { text: string; goesOn: boolean }[] = [{ text: "", goesOn: false }];
  let row = 0;

  const rowAt = (index: number): { text: string; goesOn: boolean } => (rows[index] ??= { text: "", goesOn: false });
  const put = (character: string): void => {
    if (stringWidth(rowAt(row).text + character) > columns) {
      rowAt(row).goesOn = true;
      row++;
    }
    rowAt(row).text += character;
  };

  const screen: TestScreen = {
    write(bytes) {
      for (const [token] of bytes.matchAll(tokens)) {
        const up = cursorUp.exec(token)?.[1];
        if (up !== undefined) row = Math.max(0, row - Number(up));
        else if (token === "\u001b[J") rows = [...rows.slice(0, row), { text: "", goesOn: false }];
        else if (token === "\n") rowAt(++row);
        else if (token === "\r" || noMovement.test(token))
          continue; // The view never moves within a row.
        else if (token.startsWith("\u001b")) throw new Error(`unknown: ${JSON.stringify(token)}`);
        else put(token);
      }
    },
    get text() {
      return rows.slice(0, row).map(({ text }) => text);
    },
    resize(newColumns) {
      const lines = rows.slice(0, row).reduce<string[]>((all, { text }, index) => {
        if (index > 0 && rows[index - 1]?.goesOn) all.push((all.pop() ?? "") + text);
        else all.push(text);
        return all;
      }, []);
      columns = newColumns;
      rows = [{ text: "", goesOn: false }];
      row = 0;
      screen.write(lines.map((line) => `${line}\n`).join(""));
    },
  };
  return screen;
}

/* eslint-disable no-control-regex -- the escape character is what they begin with */
const tokens = /\u001b\[[?\d;]*[a-zA-Z]|[^]/gu;
const cursorUp = /^\u001b\[(\d+)A$/;
/** Colours, and the marks around what is to be shown at once. */
const noMovement = /^\u001b\[(\?2026[hl]|[\d;]*m)$/;
