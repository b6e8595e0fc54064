import { beforeEach, describe, expect, test } from 'vitest'
import type { Write } from '../../src/core/messages.ts'
import type { Fields } from '../../src/core/records.ts'
import { readDrafts, removeDraft } from '../../src/store/drafts.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})
/** What a tab writes that has lost the right. */
const fenced = async (typed: Fields) => {
  expect(await device.write(idOf(1), typed, { epoch: 9 })).toEqual({ is: 'fenced' })
  return (await readDrafts(device.db)).map((draft) => draft.typed)
}

describe('what a tab wrote that had lost the right', () => {
  test.each<Fields>([{ content: 'words' }, { title: 'a line' }, { pinned: true, title: 'a line' }])(
    'P7: %o is kept as a draft',
    async (typed) => expect(await fenced(typed)).toEqual([typed]),
  )

  test('P7: what is typed on is one draft, with what was shown at first', async () => {
    await fenced({ content: 'one' })
    await device.write(idOf(1), { content: 'one two' }, { shown: { content: 'one' }, epoch: 9 })
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { content: 'one two' } }])
  })

  test('P4: what comes a second time with late last letters is not kept again, once it was taken in or given up', async () => {
    await device.write(idOf(1), { content: 'words' }, { epoch: 9, number: 7 })
    const [draft] = await readDrafts(device.db)
    if (!draft) throw new Error('no draft')
    await removeDraft(device.db, device.library, draft)
    await device.write(idOf(1), { content: 'words' }, { epoch: 9, number: 7 })
    expect(await readDrafts(device.db)).toEqual([])
    await device.write(idOf(1), { content: 'words', title: 'more' }, { epoch: 9, number: 8 })
    expect(await readDrafts(device.db)).toHaveLength(1)
  })

  test.each<Fields>([{ tags: ['a', 'b'] }, { url: 'https://typed.example/' }])(
    'P7 what is typed is kept in whatever field it was: %o',
    async (typed) => expect(await fenced(typed)).toEqual([typed]),
  )

  test('a field of tags that was left as it was types nothing', async () => {
    const shown = { tags: ['b', 'a'] }
    await device.write(idOf(1), { tags: ['a', 'b'] }, { shown, epoch: 9 })
    expect(await readDrafts(device.db)).toEqual([])
  })

  test.each<Fields>([{ pinned: true }, { deleted: true }, { collectionIds: [idOf(7)] }])(
    '%o is made again with one press, and offered to nobody',
    async (typed) => expect(await fenced(typed)).toEqual([]),
  )

  test('P4 so is a restore, which puts aside what it replaces only when it is made', async () => {
    await device.write(idOf(1), { content: 'an afternoon offline' })
    await device.write(idOf(1), { content: 'one' }, { how: 'put-back', epoch: 9 })
    expect(await readDrafts(device.db)).toEqual([])
    await device.write(idOf(1), { content: 'one' }, { how: 'put-back' })
    expect(await device.history()).toMatchObject([{ value: 'an afternoon offline', why: 'replaced' }])
  })

  test('leaving a field types nothing, and is no draft', async () => {
    await device.write(idOf(1), { content: 'one' })
    const shown = { content: 'one' }
    await device.write(idOf(1), { content: 'one' }, { shown, epoch: 9 })
    expect(await readDrafts(device.db)).toEqual([])
  })

  /** Takes it in as a person who was shown it, in some tab. */
  const takeIn = async (rest: Partial<Write> = {}, id = '') => {
    const [draft] = await readDrafts(device.db)
    const { recordId = idOf(1), create = true, shown = {}, typed = { content: 'words' } } = draft ?? {}
    const from = { id: draft?.id ?? id, why: 'take-in' } as const
    return device.write(recordId, typed, { create, shown, draft: from, page: 'second', ...rest })
  }

  test('P7 seed 100: taken in, it goes in the transaction of its write: a tab that dies then leaves it to nobody', async () => {
    await fenced({ content: 'words' })
    await takeIn()
    expect(await readDrafts(device.db)).toEqual([])
    expect((await device.held(idOf(1))).record?.fields.content).toBe('words')
  })

  test.each<string>(['second', 'device-page'])(
    'P4: taken in by two tabs, one of which was asking its person meanwhile, it is taken in once: page %s',
    async (page) => {
      await fenced({ content: 'words' })
      const [{ id } = { id: '' }] = await readDrafts(device.db)
      await takeIn()
      await device.write(idOf(1), { content: 'words and more' }, { page: 'second' })
      const late = await takeIn({ page, shown: { content: '' } }, id)
      expect(late).toMatchObject({ is: 'written', changed: false })
      expect((await device.held(idOf(1))).record?.fields.content).toBe('words and more')
    },
  )

  test('P7: one into which more was typed since it was read is not taken in as it was', async () => {
    await fenced({ content: 'words' })
    const [before] = await readDrafts(device.db)
    await device.write(idOf(1), { content: 'words more' }, { shown: { content: 'words' }, epoch: 9 })
    await takeIn({ typed: before?.typed ?? {} })
    expect((await device.held(idOf(1))).record).toBe(null)
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { content: 'words more' } }])
  })

  test('P1: words typed into a record whose create was refused too are taken in as that record', async () => {
    const at = { epoch: 9, create: true, shown: {} }
    await device.write(idOf(1), { createdAt: '2026-05-04T10:00:00.000Z' }, at)
    await device.write(idOf(1), { content: 'words' }, { epoch: 9, create: false, shown: { content: '' } })
    expect(await readDrafts(device.db)).toMatchObject([{ create: false, typed: { content: 'words' } }])
    expect(await takeIn()).toMatchObject({ is: 'written', changed: true })
    const { record } = await device.held(idOf(1))
    expect(record?.fields).toMatchObject({ content: 'words', createdAt: expect.any(String) })
    expect(await device.write(idOf(2), { content: 'x' }, { create: false })).toEqual({ is: 'missing' })
  })

  test('P12, seed 3402201: words typed into a card that is gone by now make no card without a link, and stay a draft', async () => {
    const card = { kind: 'card', create: false, shown: { description: '' } }
    await device.write(idOf(1), { description: 'words' }, { ...card, epoch: 9 })
    expect(await takeIn({ kind: 'card' })).toMatchObject({ is: 'invalid' })
    expect((await device.state()).entries, 'nothing that the server would refuse').toEqual([])
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { description: 'words' } }])
  })

  test('P7: an edit that its person makes after all is written, though its draft was given up elsewhere', async () => {
    await device.write(idOf(1), { content: 'one' })
    await device.write(idOf(1), { content: 'one two' }, { epoch: 9 })
    const [draft] = await readDrafts(device.db)
    if (!draft) throw new Error('no draft')
    await removeDraft(device.db, device.library, draft)
    const again = { id: draft.id, why: 'again' } as const
    const shown = { content: 'one' }
    await device.write(idOf(1), { content: 'one two' }, { draft: again, shown, epoch: 9 })
    expect(await readDrafts(device.db), 'refused again, it is kept again').toHaveLength(1)
    await device.write(idOf(1), { content: 'one two' }, { draft: again, shown })
    expect((await device.held(idOf(1))).record?.fields.content).toBe('one two')
  })

  test('P1 seed 20080: a write that repeats the words of a draft, and not its change, leaves it', async () => {
    await device.write(idOf(1), { title: 'one' })
    await device.write(idOf(1), { title: 'two' }, { shown: { title: 'one' }, epoch: 9 })
    const [{ id } = { id: '' }] = await readDrafts(device.db)
    const from = { id, why: 'again' } as const
    await device.write(idOf(1), { title: 'two' }, { shown: { title: 'two' }, draft: from })
    expect((await device.held(idOf(1))).record?.fields.title, 'nothing was typed').toBe('one')
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { title: 'two' } }])
  })

  test('P7: what else was typed into it stays when an edit in it is made after all', async () => {
    await fenced({ content: 'words', title: 'a line' })
    const [{ id } = { id: '' }] = await readDrafts(device.db)
    await device.write(idOf(1), { title: 'a line' }, { draft: { id, why: 'again' } })
    expect(await readDrafts(device.db)).toHaveLength(1)
  })

  test('P7: refused as it is taken in, it is kept once', async () => {
    await fenced({ content: 'words' })
    expect(await takeIn({ epoch: 9, page: 'another' })).toEqual({ is: 'fenced' })
    expect(await readDrafts(device.db)).toHaveLength(1)
  })
})
