import type { Json } from './records.ts'

/**
 * A keyed digest of a value: tells two equal values of one log to be equal, and nobody without the key what they are,
 * be they as short as a yes. The key is random and never leaves this device (`LibraryRow.logKey`). A sponge over a
 * round like ChaCha’s; small, because the worker is.
 */
export function digestOf(key: string, value: Json): string {
  const text = key + JSON.stringify(value)
  let [a, b, c, d] = [1, 2, 3, 4]
  // JSON holds no NUL, so the empty words that stir the end are no text.
  for (let i = 0; i < text.length + 8; i++) {
    c ^= text.charCodeAt(i)
    for (let by = 17; by > 0; by -= 5) {
      const sum = (a + b) | 0
      const mixed = d ^ sum
      a = c
      c = sum
      d = b
      b = (mixed << by) | (mixed >>> (32 - by))
    }
  }
  return ((a ^ c) >>> 0).toString(36) + ((b ^ d) >>> 0).toString(36)
}
