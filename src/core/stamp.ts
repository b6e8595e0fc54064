import type { Stamps } from './records.ts'

/** A device whose clock is further off than this has its stamps shifted (design.md, "Reconcile"). */
export const TOLERATED_SKEW = 2 * 60_000

/** A stamp for an edit made at `now` by a device whose clock is `offset` ms behind the server's. */
export const stampAt = (now: number, offset: number): number => Math.max(0, Math.round(now + offset))

/** What to add to the device's clock to get the server's, measured at an answer that took from `sent` to `received`. */
export const clockOffset = (serverNow: number, sent: number, received: number): number =>
  Math.round(serverNow - (sent + received) / 2)

/**
 * Stamps as the server keeps them: shifted as a whole when the device's present time is more than two minutes
 * off, and never in the future. No receive rule of a hybrid clock: one wrong device would become everyone's.
 */
export function settleStamps(stamps: Stamps, deviceNow: number, serverNow: number): Stamps {
  const skew = serverNow - deviceNow
  const shift = Math.abs(skew) > TOLERATED_SKEW ? skew : 0
  return Object.fromEntries(
    Object.entries(stamps).map(([field, at]) => [
      field,
      Math.max(0, Math.min(serverNow, Math.round(at + shift))),
    ]),
  )
}
