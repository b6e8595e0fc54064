import type { JournalEvent } from '../core/journal.ts'

const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`)
const many = (count: number, one: string): string => (count === 1 ? `1 ${one}` : `${count} ${one}s`)

/** A step of sync as a sentence. `title` names the record where the step is about one. */
export function journalText(event: JournalEvent, title: string): string {
  switch (event.what) {
    case 'woken':
      return `Woken (${event.reason}): ${event.due} due, ${event.waiting} waiting.`
    case 'pushed':
      return `Sent ${many(event.mutations, 'change')} in ${seconds(event.ms)}.`
    case 'outcome':
      return `“${title}”: ${outcomeText(event)}.`
    case 'merged': {
      const lost = event.lost.length > 0 ? ` What lost is kept (${event.lost.join(', ')}).` : ''
      return `“${title}” was merged.${event.returned ? ' It was deleted on one side and is back.' : ''}${lost}`
    }
    case 'pulled':
      return `Read ${many(event.changes, 'change')} up to ${event.cursor} in ${seconds(event.ms)}.`
    case 'failed':
      return `${event.doing === 'sign-out' ? 'Sign-out' : event.doing === 'push' ? 'Sending' : 'Reading'} failed: ${event.failure}${event.why ? ` (${event.why})` : ''}.`
    case 'retry-planned':
      return `Next try in ${seconds(event.ms)}, after ${many(event.rounds, 'failed round')}.`
    case 'set-aside':
      return `“${title}” was set aside (${event.code}).`
    case 'rereading':
      return `The library is read afresh (${event.how}).`
    case 'session-ended':
      return 'The session at the server has ended.'
  }
}

function outcomeText({ outcome, version, code, on }: Extract<JournalEvent, { what: 'outcome' }>): string {
  if (outcome === 'applied') return `on the server, version ${version}`
  if (outcome === 'conflict') return `changed elsewhere since version ${on}`
  if (outcome === 'rejected') return `refused (${code})`
  if (outcome === 'duplicate') return 'another card holds its URL'
  return outcome
}
