import { describe, expect, test } from 'vitest'
import type { DeviceView } from '../../src/ui/device-model.ts'
import { asOfWords, type Part, presenceWords, receiptsWords, syncedWords } from '../../src/ui/device-words.ts'
import { clockTime, shortTime } from '../../src/ui/words.ts'

const at = (day: number, hour: number): number => new Date(2026, 4, day, hour, 5).getTime()
const NOW = at(8, 14)
const phone: DeviceView = {
  ...{ id: 'p', name: 'Phone', own: false, online: true },
  ...{ seenAt: at(8, 13), syncedAt: at(8, 12), complete: true },
}

describe('P12 what is said of another device', () => {
  test('whether it is there now, was there when it was asked, or when it was last', () => {
    expect(presenceWords(phone, false, NOW)).toBe('Online now')
    expect(presenceWords(phone, true, NOW)).toBe('Was online')
    const gone = { ...phone, online: false }
    for (const past of [true, false])
      expect(presenceWords(gone, past, NOW)).toBe(`Last seen ${clockTime(at(8, 13))}`)
  })

  test('that it has everything only where that is known now', () => {
    const seen = clockTime(at(8, 13))
    expect(syncedWords(phone, false, NOW)).toBe(`Up to date since ${clockTime(at(8, 12))}`)
    // It may have said the same cursor a hundred times since it first did.
    expect(syncedWords(phone, true, NOW)).toBe(`Last synced ${seen}`)
    expect(syncedWords({ ...phone, complete: false }, false, NOW)).toBe(`Last synced ${seen}`)
    expect(syncedWords({ ...phone, syncedAt: null }, false, NOW)).toBe('Not synced yet')
  })

  test('of when it is, and why it is not newer', () => {
    const time = clockTime(at(8, 13))
    expect(asOfWords(at(8, 13), null, NOW)).toBe(`As of ${time}.`)
    expect(asOfWords(at(8, 13), 'You are offline.', NOW)).toBe(`You are offline. As of ${time}.`)
    expect(asOfWords(0, 'You are offline.', NOW)).toBe('You are offline. The server has not been asked yet.')
  })
})

describe('P12 where else a record is', () => {
  const on = (name: string, since: number | null) => ({ name, since })
  const told = (parts: readonly Part[] | null) =>
    parts?.map((part) => (typeof part === 'string' ? part : part.name)).join('')

  test('nothing where no device has said so', () => {
    expect(receiptsWords([], NOW)).toBe(null)
  })

  test('since when on each; no time that is not known, no name that it has not', () => {
    const receipts = [on('', null), on('Desk', at(3, 9)), on('Laptop', at(7, 23)), on('Phone', at(8, 12))]
    const [desk, time] = [shortTime(at(3, 9), NOW), clockTime(at(8, 12))]
    expect(told(receiptsWords(receipts, NOW))).toBe(
      `Also on another device, on Desk since ${desk}, on Laptop since yesterday, on Phone since ${time}`,
    )
  })

  test('as many as one reads', () => {
    const receipts = Array.from({ length: 5 }, (_, n) => on(`D${n}`, null))
    expect(told(receiptsWords(receipts, NOW))).toBe('Also on D0, on D1, on D2, on 2 more')
  })

  test('names stand apart from the words, whatever direction they are written in', () => {
    const name = '\u202eטלפון'
    expect(receiptsWords([on(name, null)], NOW)).toContainEqual({ name })
  })
})
