import { describe, expect, test } from 'vitest'
import { type Json, text } from '../../../src/core/records.ts'
import { MINUTE, play, SECOND, type World } from '../script.ts'
import { SCRIPTS } from '../scripts.ts'
import type { Hands } from './hands.ts'

/** Both write another word in the place of one while they cannot see each other; A’s reaches the server first. */
async function clash(world: World, a: Hands, b: Hands) {
  const [first, mine, theirs] = [world.word(), world.word(), world.word()]
  const id = await a.create('note', { title: world.word(), content: `one\n${first}\nthree` })
  await a.sent()
  await b.pull()
  b.device.setOnline(false)
  await a.type(id, 'content', (before) => before.replace(first, theirs))
  await a.sent()
  await b.type(id, 'content', (before) => before.replace(first, mine))
  b.device.setOnline(true)
  await world.until(() => b.entry(id)?.state.is === 'conflict', 'a conflict')
  return { id, mine, theirs }
}
const values = (hands: Hands, id: string): Json[] =>
  hands.disk.history.filter(({ recordId }) => recordId === id).map(({ value }) => value)

describe('P4: what two changed at once waits for a person, and nothing else waits', () => {
  test('each choice, and what was not chosen is kept', () =>
    play(async (world, a, b) => {
      for (const take of ['local', 'server', 'merged'] as const) {
        const { id, mine, theirs } = await clash(world, a, b)
        const note = await b.create('note', { title: world.word() })
        await world.pass(MINUTE)
        expect(b.entry(note), 'others go on').toBeUndefined()
        expect(b.disk.bases.map(({ fields }) => text(fields.content))).toEqual([`one\n${theirs}\nthree`])
        const both = `one\n${theirs} ${mine}\nthree`
        await b.resolve(id, take === 'merged' ? { take, fields: { content: both } } : { take })
        await world.calm()
        const chosen = { local: `one\n${mine}\nthree`, server: `one\n${theirs}\nthree`, merged: both }[take]
        expect(world.everywhere(id, 'content')).toBe(chosen)
        for (const value of [`one\n${mine}\nthree`, `one\n${theirs}\nthree`])
          if (value !== chosen) expect(values(b, id)).toContain(value)
      }
    }))

  test(
    'trace 7: it is not closed by a change of another field, and nothing of it is sent',
    SCRIPTS['a conflict, and a change of another field'],
  )

  test(
    'trace 19: what was chosen by an older version is not written over the newer one',
    SCRIPTS['a choice by what was shown before'],
  )

  test('trace 20: two have one with a third; what one of them settles is the other’s question', () =>
    play(
      async (world, a, b, c) => {
        const [first, third] = [world.word(), world.word()]
        const id = await a.create('note', { title: world.word(), content: first })
        await a.sent()
        await b.pull()
        await c.pull()
        for (const one of [b, c]) one.device.setOnline(false)
        const words = [world.word(), world.word()] as const
        await a.type(id, 'content', third)
        await a.sent()
        await b.type(id, 'content', words[0])
        await c.type(id, 'content', words[1])
        for (const one of [b, c]) one.device.setOnline(true)
        await world.until(
          () => [b, c].every((one) => one.entry(id)?.state.is === 'conflict'),
          'two conflicts',
        )
        await b.resolve(id, { take: 'local' })
        await b.sent()
        await c.pull()
        expect(c.entry(id)?.state.is).toBe('conflict')
        expect(c.disk.bases.map(({ fields }) => fields.content)).toEqual([words[0]])
        await c.resolve(id, { take: 'server' })
        await world.calm()
        expect(world.everywhere(id, 'content')).toBe(words[0])
        expect(values(c, id)).toContain(words[1])
        expect(values(b, id)).toContain(third)
      },
      { devices: 3 },
    ))

  test('another account’s value wins, overlapping text asks', () =>
    play(
      async (world, a, b) => {
        expect(b.disk.library?.account?.id).not.toBe(a.disk.library?.account?.id)
        const { id, mine } = await clash(world, a, b)
        b.device.setOnline(false)
        const [ours, theirs] = [world.word(), world.word()]
        await a.set(id, { title: theirs })
        await a.sent()
        await world.pass(SECOND)
        await b.set(id, { title: ours })
        b.device.setOnline(true)
        await b.pull()
        expect([b.value(id, 'title'), values(b, id)]).toEqual([theirs, [ours]])
        await b.resolve(id, { take: 'local' })
        await world.calm()
        expect(world.everywhere(id, 'content')).toBe(`one\n${mine}\nthree`)
      },
      { member: true },
    ))

  test('deleted for good on the other side while it is open: the edit here wins and the record returns', () =>
    play(async (world, a, b) => {
      const { id, mine } = await clash(world, a, b)
      await a.bin(id)
      await a.purge(id)
      await a.sent()
      await world.calm()
      expect(world.everywhere(id, 'content')).toBe(`one\n${mine}\nthree`)
      expect(world.everywhere(id, 'deleted')).toBe(false)
    }))
})
