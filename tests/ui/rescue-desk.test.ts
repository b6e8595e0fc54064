/// <reference types="vite/client" />
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Persistence } from '../../src/persistence.ts'
import { Database } from '../../src/store/database.ts'
import { readJournal } from '../../src/store/journal.ts'
import { openLibrary } from '../../src/store/library.ts'
import { wantRight } from '../../src/store/session.ts'
import { watchFailures } from '../../src/store/watch-failures.ts'
import { PawkitModel } from '../../src/ui/controllers/page-model.ts'
import { idOf, T0 } from '../support/device-records.ts'
import { eventually } from '../support/eventually.ts'
import { freshBrowser } from '../support/memory.ts'
import { aloneHere } from '../support/presence.ts'

let ids = 0x900000
let model: PawkitModel
let db: Database
const quota = (): never => {
  throw new DOMException('The current transaction exceeded its quota limitations.', 'QuotaExceededError')
}
const stored = async (id: string): Promise<unknown> =>
  (await db.run(['records'], 'readonly', (tx) => tx.objectStore('records').get(id)))?.fields.content
const note = async (content: string): Promise<string> => {
  const { id, done } = model.create('note', { title: 'Groceries', content })
  await done
  return id
}

async function open(): Promise<void> {
  db = await Database.open()
  watchFailures(db, (error) => model?.rescue.failed(error))
  const library = await openLibrary(db, idOf(ids++))
  const memory = new Map<string, string>()
  const persistence = new Persistence({
    manager: undefined,
    memory: () => ({
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
    }),
  })
  const newId = (): string => idOf(ids++)
  model = await PawkitModel.open({
    db,
    library,
    worker: null,
    stream: null,
    persistence,
    ...freshBrowser(),
    presence: aloneHere,
    now: () => T0,
    newId,
  })
}

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  vi.stubGlobal('navigator', { ...navigator, onLine: true, locks: { query: async () => ({ held: [] }) } })
  await open()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('rescue mode', () => {
  test('P1 a write that finds no room is kept, and stored by the next try that holds', async () => {
    const id = await note('milk')
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    expect(await model.type(id, { content: 'milk' }, { content: 'milk, b' })).toMatchObject({ is: 'storage' })
    expect(model.rescue.trouble).toBe('full')
    expect(model.rescue.texts).toEqual([{ title: 'Groceries', part: 'text', text: 'milk, b' }])
    expect(model.rescue.holds, 'no update may reload it').toBe(true)
    expect(await model.rescue.tryAgain()).toBe(false)
    expect(model.rescue.texts).toHaveLength(1)
    put.mockRestore()
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(await stored(id)).toBe('milk, b')
    expect(model.rescue.trouble).toBe(null)
    expect(model.rescue.holds).toBe(false)
    expect(model.notices.map(({ text }) => text)).toEqual([
      'All is well again. Everything you typed is stored.',
    ])
    expect(model.rescue.texts).toEqual([])
    expect(await model.type(id, { content: 'milk, b' }, { content: 'milk' })).toMatchObject({ is: 'written' })
  })

  test('P7 what the next try stores is in the log with the epoch that it was typed under', async () => {
    const id = await note('milk')
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    await model.type(id, { content: 'milk' }, { content: 'milk, b' })
    put.mockRestore()
    await model.rescue.tryAgain()
    const line = { what: 'written', record: id, epoch: 1, writes: 1 }
    const lines = async () =>
      (await readJournal(db)).flatMap(({ event }) => (event.what === 'written' ? [event] : []))
    await eventually(async () => expect(await lines(), 'made, and stored').toEqual([line, line]))
  })

  test('an update may reload a page in rescue mode that holds nothing of its own, and no other', async () => {
    const id = await note('milk')
    model.rescue.enter('newer')
    expect(model.rescue.holds).toBe(false)
    await model.edit(id, { pinned: false }, { pinned: true })
    expect(model.rescue.holds, 'a pin that was not stored').toBe(true)
    await open()
    model.rescue.enter('gone')
    expect(model.rescue.holds, 'the whole library').toBe(true)
  })

  test('P12 nor one with a text that was refused and stands in its field alone; what is on its way is no reason', async () => {
    const id = await note('milk')
    const text = { id, field: 'content', text: 'too long' }
    const forget = model.rescue.follow(() => [text])
    expect(model.rescue.holds).toBe(true)
    const typing = model.type(id, { content: 'milk' }, { content: 'too long' })
    expect(model.rescue.holds).toBe(false)
    const title = model.rescue.follow(() => [{ id, field: 'title', text: 'too long as well' }])
    expect(model.rescue.holds, 'another field of it').toBe(true)
    title()
    await typing
    forget()
    expect(model.rescue.holds).toBe(false)
  })

  test('P1 what comes in rescue mode is kept too, a new note with its letters', async () => {
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    const { id, done } = model.create('note', {})
    await done
    await model.type(id, { content: '' }, { content: 'new' })
    put.mockRestore()
    await model.type(id, { content: 'new' }, { content: 'newer' })
    expect(await stored(id), 'nothing is tried before a person says so').toBeUndefined()
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(await stored(id)).toBe('newer')
    expect(model.records.get(id)?.record.fields.content).toBe('newer')
  })

  test('P4 another tab’s edit meanwhile is merged with, not overwritten', async () => {
    const id = await note('milk')
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    await model.type(id, { content: 'milk' }, { content: 'milk, bread' })
    put.mockRestore()
    const here = model
    await open()
    await model.edit(id, { content: 'milk' }, { content: 'oat milk' })
    model = here
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(await stored(id)).toBe('oat milk, bread')
  })

  test('P1 a library that the browser removed is put back from memory, with what was typed', async () => {
    const [kept, id] = [await note('kept'), await note('milk')]
    db.close()
    await new Promise((resolve) => {
      indexedDB.deleteDatabase('pawkit').onsuccess = resolve
    })
    await model.type(id, { content: 'milk' }, { content: 'milk, bread' })
    expect(model.rescue.trouble).toBe('gone')
    expect(model.records.size, 'reading goes on').toBe(2)
    expect(await model.rescue.tryAgain()).toBe(true)
    expect([await stored(kept), await stored(id)]).toEqual(['kept', 'milk, bread'])
    expect(model.summary.figures.queue, 'both are still to be sent some day').toBe(2)
  })

  test('P1 a library begun anew meanwhile is not written into', async () => {
    const id = await note('milk')
    db.close()
    await new Promise((resolve) => {
      indexedDB.deleteDatabase('pawkit').onsuccess = resolve
    })
    await model.type(id, { content: 'milk' }, { content: 'milk, bread' })
    const here = model
    await open()
    await note('another person’s')
    model = here
    expect(await model.rescue.tryAgain()).toBe(false)
    expect(model.rescue.texts).toEqual([{ title: 'Groceries', part: 'text', text: 'milk, bread' }])
    expect(await db.run(['records'], 'readonly', (tx) => tx.objectStore('records').count())).toBe(1)
  })

  test('P12 a read that fails for good begins it; an error of our own code does not', async () => {
    await note('milk')
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
      throw new DOMException('Internal error.', 'UnknownError')
    })
    await expect(model.refresh()).rejects.toThrow()
    expect(transaction, 'once more on a new connection').toHaveBeenCalledTimes(2)
    transaction.mockRestore()
    expect(model.rescue.trouble).toBe('broken')
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(model.rescue.failed(new TypeError('ours'))).toBe(false)
    expect(model.rescue.trouble).toBe(null)
  })

  test('P12 a new card whose address is here already was not stored, and nobody says that it was', async () => {
    await model.create('card', { url: 'https://a.example/', title: 'Here' }).done
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    await model.create('card', { url: 'https://a.example/', title: 'Again' }).done
    put.mockRestore()
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(model.notices.map(({ text }) => text)).toEqual([expect.stringContaining('“Again” was not stored')])
  })

  test('P1 P7 what another tab’s control has made a draft is told as one, and a pin as not made', async () => {
    const [id, other] = [await note('milk'), await note('rolls')]
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    await model.type(id, { content: 'milk' }, { content: 'milk, bread' })
    await model.edit(other, { pinned: false }, { pinned: true })
    put.mockRestore()
    await wantRight(db, 'another page', 'take', aloneHere.held)
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(await stored(id)).toBe('milk')
    expect(model.tabs.drafts).toMatchObject([{ recordId: id, typed: { content: 'milk, bread' } }])
    expect(model.notices.map(({ text }) => text)).toEqual([
      'What you typed in “Groceries” in a tab without control is kept as a draft.',
      expect.stringContaining('Another tab is editing, so this change was not made.'),
    ])
  })

  test('P4 a text over its limit stands in the way of nobody: it is told, the rest is stored', async () => {
    const id = await note('milk')
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(quota)
    await model.type(id, { content: 'milk' }, { content: 'milk, bread' })
    await model.edit(idOf(1), { title: '' }, { title: 'of a record that is not here' })
    put.mockRestore()
    expect(await model.rescue.tryAgain()).toBe(true)
    expect(await stored(id)).toBe('milk, bread')
    expect(model.notices.map(({ text }) => text)).toEqual([expect.stringContaining('was not stored')])
  })
})
