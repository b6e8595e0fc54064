import { isWellFormed } from './limits.ts'

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'Chromebook'],
  [/Windows/, 'Windows'],
  [/Mac/, 'Mac'],
  [/Linux/, 'Linux'],
]
/** Browsers name each other; the first that fits is the right one. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg/, 'Edge'],
  [/OPR/, 'Opera'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
]

/** What a device is called until a person names it: "Chrome on Linux". */
export function deviceName(userAgent: string): string {
  const named = (list: typeof SYSTEMS): string | undefined =>
    list.find(([pattern]) => pattern.test(userAgent))?.[1]
  return `${named(BROWSERS) ?? 'Browser'} on ${named(SYSTEMS) ?? 'a device'}`
}

/** What a person calls a device is at most so long, in characters. */
export const DEVICE_NAME_MAX = 60
export const NO_DEVICE_NAME = `must have 1 to ${DEVICE_NAME_MAX} characters`

/** A character that one can see: neither space nor a sign without a shape of its own (a joiner, a direction). */
const SEEN = /[^\s\p{Cf}\p{Default_Ignorable_Code_Point}]/u

/** A name that a person typed, as it is kept; null: it is none. */
export function readDeviceName(typed: string): string | null {
  const name = typed.trim()
  if (name.length > DEVICE_NAME_MAX || !isWellFormed(name) || /\p{Cc}/u.test(name)) return null
  return SEEN.test(name) ? name : null
}
