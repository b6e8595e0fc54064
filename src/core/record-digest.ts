import { isObject, isPurged, list, mergeKind, type RecordState } from './records.ts'

/**
 * Digests by which a device and the server compare what they hold. They guard against faults (a row altered or lost
 * behind the app's back, a program that forgot a field), not against an attacker, who could sync the change itself:
 * 52 well mixed bits pass one accidental difference in 4.5 × 10^15, and cost little more than reading.
 */
const SIZE = 2 ** 52

/** What an id may be spelled with: ranges are ids with one ending, and each splits by the sign before it. */
export const ID_SIGNS = '0123456789abcdef-'

function mix(lane: number): number {
  const mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
}

/** Two 32-bit lanes, turned at each step so that every bit reaches every other; 52 bits of them are kept. */
function hash(text: string, seed: number): number {
  let a = seed | 0
  let b = (seed / 2 ** 20) ^ text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b ^ unit, 0x5f356495)
    b = (b << 17) | (b >>> 15)
  }
  a = mix(a ^ (b >>> 15))
  b = mix(b ^ (a >>> 16))
  return (b >>> 12) * 2 ** 32 + ((a ^ (b << 7)) >>> 0)
}

const sorted = (_name: string, value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, value[key]]),
      )
    : value

/**
 * Of id, kind, version and fields, as sync takes them for equal: sets without order, an absent `deleted` as false.
 * Not of stamps: an edit taken back before it was sent leaves a stamp behind that never travels.
 */
export function recordDigest({ id, kind, version, fields }: Omit<RecordState, 'stamps'>): number {
  let sum = 0
  for (const [field, value] of Object.entries(fields)) {
    const merges = mergeKind(kind, field)
    if (merges === 'life' && value !== true) continue
    const known = merges === 'set' ? [...new Set(list(value))].sort() : value
    const text = typeof known === 'string' ? known : JSON.stringify(known, sorted)
    sum = add(sum, hash(text, hash(field, typeof known === 'string' ? 1 : 2)))
  }
  // Mixed with the id once more: two records that swapped a text must not add up to the same.
  return hash(`${id} ${kind} ${version}`, sum)
}

/** Both below 2^52, so that no bit is rounded away and the order of adding does not count. */
const add = (a: number, b: number): number => (a + b) % SIZE

/** As it travels. */
export const digestText = (digest: number): string => digest.toString(36)

/** Whether a record is compared: what is purged is on its way out on both sides, and nobody sees it. */
export const isCompared = (record: RecordState): boolean => record.version > 0 && !isPurged(record)

/** What a range of records adds up to: how many there are, and the sum of their digests. */
export class RangeDigest {
  #count = 0
  #sum = 0

  add(digest: number): void {
    this.#count++
    this.#sum = add(this.#sum, digest)
  }

  get text(): string {
    return `${this.#count}.${digestText(this.#sum)}`
  }
}
