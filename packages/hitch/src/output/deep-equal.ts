/** Whether two JSON values are the same, whatever the order of their properties. */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    return Object.hasOwn(right, key) && deepEqual(left[key as keyof object], right[key as keyof object]);
  });
}
