import { v7 } from 'uuid'

/** A UUIDv7 (RFC 9562) from the time in ms and 16 random bytes: ids sort by when they were made. */
export const uuidV7 = (now: number, random: Uint8Array): string =>
  v7({ msecs: now, random, seq: sequence(random) })

/** Random, since two tabs share no counter; 31 bits, as the sequence has. */
const sequence = (random: Uint8Array): number =>
  (((random[6] ?? 0) & 0x7f) << 24) | ((random[7] ?? 0) << 16) | ((random[8] ?? 0) << 8) | (random[9] ?? 0)
