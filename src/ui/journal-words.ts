import type { JournalEvent } from '../core/journal.ts'

const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`)
const many = (count: number, one: string): string => (count === 1 ? `1 ${one}` : `${count} ${one}s`)

const DOING = {
  push: 'Sending',
  pull: 'Reading',
  verify: 'Comparing',
  'sign-out': 'Sign-out',
  storage: 'Storage',
  code: 'Pawkit itself',
} as const

const RESTS: Readonly<Record<string, string>> = {
  'no-account': 'no account on this device',
  'signed-out': 'paused until somebody signs in again',
  'too-old': 'paused until app and server fit',
  offline: 'offline',
  backoff: 'it waits before the next try',
}

const WOKEN: Readonly<Record<string, string>> = {
  changed: 'A change here',
  hidden: 'The page was left',
  opened: 'Pawkit was opened',
  shown: 'The page came back',
  poke: 'The server has news',
  online: 'The network is back',
  timer: 'It was time',
  'sync-now': 'Sync now',
  retry: 'Retry',
  'signed-in': 'Signed in',
  'sync-event': 'The browser called',
  'periodic-sync': 'The browser called, as it does from time to time',
  activated: 'The app’s worker began',
}

const RESOLVED: Readonly<Record<string, string>> = {
  local: 'this device’s version',
  server: 'the other version',
  merged: 'both merged',
}

const FAILURES: Readonly<Record<string, string>> = {
  'no-answer': 'the server did not answer',
  server: 'the server has a fault',
  busy: 'the server asked for a pause',
  refused: 'the server refused it',
  'signed-out': 'the session has ended',
  'other-account': 'another account is signed in',
  reset: 'the library must be read afresh',
  'too-old': 'app and server do not fit',
}

/** `why` is the program's own word; a bare name of an error says nothing to a person. The export has it. */
const failedText = (failure: string, why: string): string =>
  `${FAILURES[failure] ?? failure}${why && !/^\w*Error$/.test(why) ? ` (${why})` : ''}`

/** A step of sync as a sentence. `title` names the record where the step is about one. */
export function journalText(event: JournalEvent, title: string): string {
  switch (event.what) {
    case 'woken':
      return `${WOKEN[event.reason] ?? event.reason}: ${event.due} to send, ${event.waiting} waiting.`
    case 'pushed':
      return `Sent ${many(event.mutations, 'change')}${event.voids > 0 ? `, took ${event.voids} back,` : ''} in ${seconds(event.ms)}.`
    case 'outcome':
      return `“${title}”: ${outcomeText(event)}.`
    case 'merged': {
      const lost = event.lost.length > 0 ? ` What lost is kept (${event.lost.join(', ')}).` : ''
      return `“${title}” was merged.${event.returned ? ' It was deleted on one side and is back.' : ''}${lost}`
    }
    case 'conflict':
      return event.fields.length > 0
        ? `“${title}” was changed in two places (${event.fields.join(', ')}); both versions are kept until you choose.`
        : `The conflict in “${title}” is over: nothing differs any more.`
    case 'resolved':
      return `You resolved the conflict in “${title}” (${RESOLVED[event.take] ?? event.take}).`
    case 'written':
      return `“${title}” was written here (epoch ${event.epoch}).`
    case 'pulled':
      return `Read ${many(event.changes, 'change')} up to ${event.cursor} in ${seconds(event.ms)}.`
    case 'failed':
      return `${DOING[event.doing]} failed: ${failedText(event.failure, event.why)}.`
    case 'duplicate':
      return `“${title}” has the link of another card: ${event.how}.`
    case 'halved':
      return `${many(event.mutations, 'change')} sent in halves: ${failedText(event.failure, '')}.`
    case 'retry-planned':
      return `Next try in ${seconds(event.ms)}${event.rounds > 0 ? `, after ${many(event.rounds, 'failed round')}` : ''}.`
    case 'set-aside':
      return `“${title}” was set aside (${event.code}).`
    case 'retried':
      return `“${title}”: a person asked for another try.`
    case 'discarded':
      return `“${title}”: a person gave the change up.`
    case 'rested':
      return `At rest: ${RESTS[event.why] ?? event.why}.`
    case 'rereading':
      return `The library is read afresh (${event.how}).`
    case 'unread':
      return 'A change that this version of Pawkit cannot read is kept; a newer version reads it.'
    case 'parked-vanishing':
      return `${many(event.records, 'record')} would vanish from this device; you are asked.`
    case 'vanishing-answered': {
      const records = many(event.records, 'record')
      return event.answer === 'remove'
        ? `${records} deleted elsewhere left this device.`
        : `${records} deleted elsewhere are kept and sent.`
    }
    case 'verified': {
      const { records, differing, bytes, ms } = event
      const cost = `${many(bytes, 'byte')} in ${seconds(ms)}`
      return `Compared ${many(records, 'record')} with the server: ${differing} differed (${cost}).`
    }
    case 'session-ended':
      return 'The session at the server has ended.'
    case 'control-taken':
      return `A tab has the right to write (epoch ${event.epoch}).`
  }
}

function outcomeText({ outcome, version, code, on }: Extract<JournalEvent, { what: 'outcome' }>): string {
  if (outcome === 'applied') return `on the server, version ${version}`
  if (outcome === 'conflict') return `changed elsewhere since version ${on}`
  if (outcome === 'rejected') return `refused (${code})`
  if (outcome === 'duplicate') return 'another card holds its URL'
  return outcome
}
