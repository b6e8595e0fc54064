/// <reference types="vite/client" />
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Persistence } from '../../src/persistence.ts'
import { Database } from '../../src/store/database.ts'
import { readJournal } from '../../src/store/journal.ts'
import { openLibrary } from '../../src/store/library.ts'
import { PawkitModel } from '../../src/ui/controllers/page-model.ts'
import { until } from '../support/device.ts'
import { idOf, T0 } from '../support/device-records.ts'
import { freshBrowser } from '../support/memory.ts'
import { aloneHere } from '../support/presence.ts'

let ids = 0x900000
let model: PawkitModel
let db: Database

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  vi.stubGlobal('navigator', { ...navigator, onLine: true, locks: { query: async () => ({ held: [] }) } })
  db = await Database.open()
  const newId = (): string => idOf(ids++)
  const library = await openLibrary(db, newId())
  const memory = () => ({ getItem: () => null, setItem: () => {} })
  const persistence = new Persistence({ manager: undefined, memory })
  const world = {
    db,
    library,
    worker: null,
    stream: null,
    presence: aloneHere,
    persistence,
    ...freshBrowser(),
    now: () => T0,
    newId,
  }
  model = await PawkitModel.open(world)
})
afterEach(() => vi.unstubAllGlobals())

const made = async (fields: { readonly deleted?: boolean } = {}): Promise<string> => {
  const { id, done } = model.create('note', { title: 'Held', ...fields })
  await done
  return id
}
/** The question as the worker leaves it in the store. */
async function ask(...asked: readonly string[]): Promise<void> {
  await db.run(['vanishing'], 'readwrite', async (tx) => {
    await tx.objectStore('vanishing').clear()
    for (const id of asked) await tx.objectStore('vanishing').put({ id, tombstone: null })
  })
  await model.refresh()
}
const told = (): readonly string[] => model.notices.map(({ text }) => text)

describe('records that would vanish', () => {
  test('P11 another set of the same size is another question: told though the first was dismissed', async () => {
    const [first, second] = [await made(), await made()]
    await ask(first)
    await until(() => told().length === 1, 'the first')
    for (const { id } of model.notices) model.dismiss(id)
    await ask(second)
    await until(() => told().length === 1, 'the second')
    expect(told()).toEqual(['1 record would vanish from this device.'])
  })

  test('P12 how many of them are not in the Trash is counted anew', async () => {
    const [live, binned] = [await made(), await made()]
    await model.edit(binned, { deleted: false }, { deleted: true })
    await ask(live)
    await until(() => model.vanishing.live === 1, 'a live one')
    await ask(binned)
    await until(() => model.vanishing.live === 0, 'one in the Trash')
    expect(model.vanishing.count).toBe(1)
  })

  test('one that was dismissed and has lost a record is not told again', async () => {
    const [first, second] = [await made(), await made()]
    await ask(first, second)
    await until(() => told().length === 1, 'the question')
    for (const { id } of model.notices) model.dismiss(id)
    await ask(second)
    await until(() => model.vanishing.count === 1, 'the smaller one')
    expect(told()).toEqual([])
  })

  test('P7 the answer is in the log with the epoch that it was given under', async () => {
    const id = await made()
    await ask(id)
    await model.vanishing.answer('keep', [id])
    const lines = (await readJournal(db)).map(({ event }) => event)
    expect(lines).toContainEqual({ what: 'vanishing-answered', answer: 'keep', records: 0, epoch: 1 })
  })
})
