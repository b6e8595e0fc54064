/** The contract's limits. A character is a UTF-16 unit; content is measured in bytes of UTF-8. */
export const LIMITS = {
  contentBytes: 1024 * 1024,
  title: 1000,
  name: 1000,
  url: 8192,
  tags: 100,
  tag: 100,
  descriptionBytes: 64 * 1024,
  collectionIds: 1000,
  formerIds: 1000,
  requestBytes: 8 * 1024 * 1024,
  /** A field that this version does not know, as JSON. */
  unknownBytes: 64 * 1024,
} as const

/** Bytes of UTF-8 without a TextEncoder, which core must not know. A lone surrogate counts as U+FFFD, 3 bytes. */
export function utf8Length(value: string): number {
  let bytes = 0
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (
      unit >= 0xd800 &&
      unit < 0xdc00 &&
      value.charCodeAt(i + 1) >= 0xdc00 &&
      value.charCodeAt(i + 1) < 0xe000
    ) {
      bytes += 4
      i++
    } else bytes += 3
  }
  return bytes
}

/** No lone surrogate and no NUL: PostgreSQL refuses NUL, and JSON cannot carry half a character. */
export const isWellFormed = (value: string): boolean => !/\p{Surrogate}/u.test(value) && !value.includes('\0')

/** What a page does to typed text before it writes: a store and a server never change text (traces.md, 24). */
export const toWellFormed = (value: string): string =>
  value.replace(/\p{Surrogate}/gu, '�').replaceAll('\0', '')
