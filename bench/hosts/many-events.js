// Prints this many lines as pi prints them, then ends.
const count = Number(process.argv[2]);
const line = JSON.stringify({
  type: "message_update",
  assistantMessageEvent: { type: "text_delta", contentIndex: 0, delta: "word " },
});
const block = `${line}\n`.repeat(1000);
for (let left = count; left > 0; left -= 1000) {
  if (!process.stdout.write(block)) await new Promise((resolve) => process.stdout.once("drain", resolve));
}
