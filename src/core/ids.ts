export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * A UUIDv7 (RFC 9562, 5.7): 48 bits of time in ms, then version, variant and 74 random bits, so that ids sort by when
 * they were made. Written out because the `uuid` package costs the worker half a kilobyte of its 25.
 * @param random 16 random bytes, of which the first six are replaced by the time
 */
export function uuidV7(now: number, random: Uint8Array): string {
  const time = Math.floor(now).toString(16).padStart(12, '0')
  const rest = Array.from(random.subarray(6, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = (8 + ((random[8] ?? 0) & 3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(1, 4)}-${variant}${rest.slice(5, 8)}-${rest.slice(8)}`
}
