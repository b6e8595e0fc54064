import { beforeEach, describe, expect, test } from 'vitest'
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

  test('P7: a draft that an older Pawkit kept, without a number, is gone on with', async () => {
    await fenced({ content: 'one' })
    const [draft] = await readDrafts(device.db)
    if (!draft) throw new Error('no draft')
    const { number: _, ...older } = draft
    await device.db.run(['drafts'], 'readwrite', (tx) => tx.objectStore('drafts').put(older))
    await device.write(idOf(1), { content: 'one two' }, { shown: { content: 'one' }, epoch: 9 })
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { content: 'one two' }, number: 2 }])
  })

  test.each<Fields>([{ pinned: true }, { deleted: true }, { tags: ['a'] }])(
    '%o is made again with one press, and offered to nobody',
    async (typed) => expect(await fenced(typed)).toEqual([]),
  )

  test('P7 seed 100: taken in, it goes in the transaction of its write: a tab that dies then leaves it to nobody', async () => {
    await fenced({ content: 'words' })
    const [{ id: draft } = { id: '' }] = await readDrafts(device.db)
    await device.write(idOf(1), { content: 'words' }, { draft })
    expect(await readDrafts(device.db)).toEqual([])
    expect((await device.held(idOf(1))).record?.fields.content).toBe('words')
  })

  test('P4: taken in by two tabs, one of which was asking its person meanwhile, it is taken in once', async () => {
    await fenced({ content: 'words' })
    const [{ id: draft } = { id: '' }] = await readDrafts(device.db)
    const shown = { content: '' }
    await device.write(idOf(1), { content: 'words' }, { draft, shown, page: 'second' })
    await device.write(idOf(1), { content: 'words and more' }, { page: 'second' })
    const late = await device.write(idOf(1), { content: 'words' }, { draft, shown, page: 'third' })
    expect(late).toMatchObject({
      is: 'written',
      changed: false,
      record: { fields: { content: 'words and more' } },
    })
  })

  test('P7: an edit that its person makes after all is written, though its draft was given up elsewhere', async () => {
    await device.write(idOf(1), { content: 'one' })
    await device.write(idOf(1), { content: 'one two' }, { epoch: 9 })
    const [draft] = await readDrafts(device.db)
    if (!draft) throw new Error('no draft')
    await removeDraft(device.db, device.library, draft)
    await device.write(idOf(1), { content: 'one two' }, { draft: draft.id, shown: { content: 'one' } })
    expect((await device.held(idOf(1))).record?.fields.content).toBe('one two')
  })

  test('P7: what else was typed into it stays when an edit in it is made after all', async () => {
    await fenced({ content: 'words', title: 'a line' })
    const [{ id: draft } = { id: '' }] = await readDrafts(device.db)
    await device.write(idOf(1), { title: 'a line' }, { draft })
    expect(await readDrafts(device.db)).toHaveLength(1)
  })

  test('P7: refused as it is taken in, it is kept once', async () => {
    await fenced({ content: 'words' })
    const [{ id: draft } = { id: '' }] = await readDrafts(device.db)
    const again = await device.write(idOf(1), { content: 'words' }, { draft, epoch: 9, page: 'another' })
    expect(again).toEqual({ is: 'fenced' })
    expect(await readDrafts(device.db)).toMatchObject([{ id: draft }])
  })
})
