import { DEVICE_NAME_MAX } from '../core/device-name.ts'
import type { ConnectionState } from '../core/status.ts'
import type { DeviceReceipt, DeviceView } from './device-model.ts'
import type { NoDevices } from './devices-client.ts'
import { clockTime, momentOf, number, shortTime } from './words.ts'

export const UNNAMED = 'A device without a name'
export const NO_NAME = `A name has 1 to ${DEVICE_NAME_MAX} characters.`
export const NOT_STORED = 'This device could not save the name. Nothing was changed.'

/** Why the server cannot be asked; null: it can. */
export const closedWords = (connection: ConnectionState): string | null => CLOSED[connection]

const CLOSED: Readonly<Record<ConnectionState, string | null>> = {
  online: null,
  offline: 'You are offline.',
  'signed-out': 'You are signed out.',
  'server-unreachable': 'The server does not answer.',
}

export function noDevicesWords(problem: Exclude<NoDevices, 'aborted'>): string {
  switch (problem) {
    case 'signed-out':
      return 'You are signed out.'
    case 'other-account':
      return 'This browser is signed in as somebody else.'
    case 'unknown':
      return 'The server does not know it any more.'
    case 'busy':
      return 'The server is busy.'
    case 'no-answer':
      return 'The server does not answer.'
  }
}

/** Why another device keeps its name. */
export const notRenamed = (why: string): string => `${why} Renaming another device needs the server.`

/** Of when the list is, where it is not of now. */
export function asOfWords(asOf: number, why: string | null, now: number): string {
  const when = asOf === 0 ? 'The server has not been asked yet.' : `As of ${momentOf(asOf, now)}.`
  return why === null ? when : `${why} ${when}`
}

/** Whether it is there. What was heard a while ago is not said of now. */
export function presenceWords({ online, seenAt }: DeviceView, past: boolean, now: number): string {
  if (online) return past ? 'Was online' : 'Online now'
  return `Last seen ${momentOf(seenAt, now)}`
}

/** Since when it has everything, by its own word; else when it last synced, which it does whenever it is here. */
export function syncedWords({ seenAt, syncedAt, complete }: DeviceView, past: boolean, now: number): string {
  if (syncedAt === null) return 'Not synced yet'
  if (complete && !past) return `Up to date since ${momentOf(syncedAt, now)}`
  return `Last synced ${momentOf(seenAt, now)}`
}

/** As many as a line names. */
const NAMED = 3

/** Words, and a name among them, which may be written in any direction. */
export type Part = string | { readonly name: string }

/** "Also on Phone since 14:05, on Laptop since yesterday" or null: on none that is known. */
export function receiptsWords(receipts: readonly DeviceReceipt[], now: number): readonly Part[] | null {
  if (receipts.length === 0) return null
  const named = receipts.slice(0, receipts.length > NAMED + 1 ? NAMED : NAMED + 1)
  const words = named.flatMap(({ name, since }, place): Part[] => [
    place === 0 ? 'Also on ' : ', on ',
    name ? { name } : 'another device',
    since === null ? '' : ` since ${sinceWords(since, now)}`,
  ])
  const more = receipts.length - named.length
  return more > 0 ? [...words, `, on ${number(more)} more`] : words
}

function sinceWords(at: number, now: number): string {
  const short = shortTime(at, now)
  if (short === 'Yesterday') return 'yesterday'
  return short === '' ? clockTime(at) : short
}
