/** What the server has of clock and randomness; given in, so that tests hold both. */
export interface World {
  readonly now: () => number
  /** A UUIDv7. */
  readonly newId: () => string
  /** Random and short: tells a change from the one that has its seq after a restored copy. */
  readonly newTag: () => string
  /** In [0, 1), for jitter. */
  readonly random: () => number
}
