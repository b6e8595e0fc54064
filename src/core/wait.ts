/** A wait as it is stored: start and length in ms, since a due time alone breaks when the clock is set back. */
export interface Wait {
  readonly start: number
  readonly length: number
}

/** Over when its time has come, or when the clock was set back before its start (traces.md, 15). */
export const isOver = (wait: Wait, now: number): boolean =>
  now >= wait.start + wait.length || now < wait.start

/** ms until it is over, 0 when it is. */
export const remaining = (wait: Wait, now: number): number =>
  isOver(wait, now) ? 0 : wait.start + wait.length - now
