import { expect, test } from 'vitest'
import { joinCards } from '../../src/core/same-link.ts'
import { card, idOf } from '../support/device-records.ts'

const url = 'https://a.example/'
const older = card(url, {
  createdAt: '2026-01-01T00:00:00.000Z',
  title: 'Older',
  tags: ['a'],
  description: 'one',
})
const newer = {
  ...card(url, {
    createdAt: '2026-02-01T00:00:00.000Z',
    title: 'Newer',
    tags: ['b', 'a'],
    collectionIds: [idOf(9)],
    description: 'two',
    pinned: true,
  }),
  id: idOf(2),
}

test('two cards of one link, joined by a person: the older stays and takes in what the other has', () => {
  for (const [a, b] of [
    [older, newer],
    [newer, older],
  ] as const)
    expect(joinCards(a, b)).toEqual({
      stays: older,
      goes: newer,
      fields: {
        tags: ['a', 'b'],
        collectionIds: [idOf(9)],
        description: 'one\n\ntwo',
        title: 'Older',
        pinned: true,
      },
    })
})

test('what both say alike is there once; a missing title is taken from the other', () => {
  const twin = { ...newer, fields: { ...newer.fields, description: 'one' } }
  const { fields } = joinCards({ ...older, fields: { ...older.fields, title: ' ' } }, twin)
  expect(fields).toMatchObject({ description: 'one', title: 'Newer' })
})
