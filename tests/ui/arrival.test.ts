import { beforeEach, describe, expect, test } from 'vitest'
import { Arrival } from '../../src/ui/controllers/arrival.ts'

const PLACE = { path: '/notes/1', field: 'content', start: 3, end: 4, scroll: 9, asked: true }
let now: number
let arrival: Arrival
beforeEach(() => {
  now = 1_000_000
  arrival = new Arrival(() => now)
  arrival.expect(PLACE)
})

describe('where a person goes on', () => {
  test('is told to the page of that address, once', () => {
    expect(arrival.at('/notes/2')).toBe(null)
    expect(arrival.at('/notes/1')).toEqual(PLACE)
    expect(arrival.at('/notes/1')).toBe(null)
  })

  test.each([
    ['opened long after', 60_000],
    ['opened after the clock was set back', -60_000],
  ])('a page that is %s is opened for something else', (_, passed) => {
    now += passed
    expect(arrival.at('/notes/1')).toBe(null)
  })
})
