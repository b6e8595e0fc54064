/// <reference types="vite/client" />
import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Announcement } from '../../src/core/messages.ts'
import { isDeleted } from '../../src/core/records.ts'
import { Persistence } from '../../src/persistence.ts'
import { Database } from '../../src/store/database.ts'
import { readJournal } from '../../src/store/journal.ts'
import { adoptLibrary, openLibrary, wipeLibrary } from '../../src/store/library.ts'
import { moveLibrary } from '../../src/store/move.ts'
import { readSome, readSyncState } from '../../src/store/read.ts'
import type { LibraryRow } from '../../src/store/schema.ts'
import { PawkitModel } from '../../src/ui/controllers/page-model.ts'
import type { PageWorld } from '../../src/ui/controllers/page-world.ts'
import type { WriteResult } from '../../src/ui/model.ts'
import { problemOf } from '../../src/ui/outcome.ts'
import type { Refused } from '../../src/ui/session-model.ts'
import { until } from '../support/device.ts'
import { idOf, T0 } from '../support/device-records.ts'
import { freshBrowser, memory } from '../support/memory.ts'
import { aloneHere, TabPresence } from '../support/presence.ts'

const ADA = { id: 'ada', email: 'ada@example.com' }
const BEN = { id: 'ben', email: 'ben@example.com' }
const persistence = new Persistence({
  manager: undefined,
  memory: () => ({ getItem: () => null, setItem: () => {} }),
})
const [FIRST, SECOND] = [idOf(11), idOf(12)]
let ids = 0xa00000
const newId = (): string => idOf(ids++)
/** Where the page went. */
let left: string[]
let db: Database
let library: LibraryRow

/** A worker that never answers, whose channel is this target. */
class Silent extends EventTarget {
  handOver(): void {}
  readonly channel = null
  readonly background = 'missing'
  /** What happens once the page has asked for the right to write. */
  asked: () => Promise<void> = async () => {}
  /** Those of the other tabs. */
  others: readonly Silent[] = []
  abort(): void {}
  arm(): void {}
  wake(): void {}
  wakeForChange(): void {}
  say(): void {}
  announce(said: Announcement): void {
    for (const other of this.others) other.says(said)
  }
  async ask(): Promise<null> {
    await this.asked()
    return null
  }
  says(said: Announcement): void {
    this.dispatchEvent(new CustomEvent('said', { detail: said }))
  }
}

const open = (
  worker: Silent = new Silent(),
  presence = aloneHere,
  keeping = persistence,
): Promise<PawkitModel> =>
  PawkitModel.open({
    db,
    library,
    worker: worker as unknown as PageWorld['worker'],
    stream: null,
    persistence: keeping,
    ...freshBrowser(),
    presence,
    now: () => T0,
    newId,
  })

/**
 * Two tabs that hear of each other; the first may write.
 * @param before done in the first before the second is opened
 */
async function two(
  before: (first: PawkitModel) => Promise<unknown> = async () => {},
): Promise<readonly [PawkitModel, PawkitModel]> {
  const [one, other, locks] = [new Silent(), new Silent(), new Set<string>()]
  one.others = [other]
  other.others = [one]
  const first = await open(one, new TabPresence(locks, FIRST))
  await before(first)
  return [first, await open(other, new TabPresence(locks, SECOND))]
}

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory()
  left = []
  vi.stubGlobal('navigator', { ...navigator, onLine: true, locks: { query: async () => ({ held: [] }) } })
  vi.stubGlobal('location', { replace: (to: string) => left.push(to) })
  db = await Database.open()
  library = await openLibrary(db, newId())
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a page that opens', () => {
  test('P10 hears that the library is another one while it still waits for the right to write', async () => {
    const worker = new Silent()
    worker.asked = async () => worker.says({ v: 1, type: 'library-replaced', library: newId() })
    await open(worker)
    expect(left).toEqual(['/'])
  })

  test('shows what another tab writes after it has read', async () => {
    const before = await open()
    const { id, done } = before.create('note', { title: 'Groceries', content: '' })
    await done
    const worker = new Silent()
    worker.asked = async () => {
      await before.type(id, { content: '' }, { content: 'milk' })
      worker.says({ v: 1, type: 'records-changed', ids: [id] })
    }
    const model = await open(worker)
    await until(() => model.records.get(id)?.record.fields.content === 'milk', 'the letters')
    expect(left).toEqual([])
  })
})

test('P1 the browser is asked to keep the library when the first change is stored: not at opening, nor for what was refused', async () => {
  const persist = vi.fn(async () => true)
  const manager = { persist } as unknown as StorageManager
  const model = await open(new Silent(), aloneHere, new Persistence({ manager, memory: memory() }))
  await model.refresh()
  expect(await model.create('card', { url: 'no address' }).done).toMatchObject({ is: 'invalid' })
  expect(persist).not.toHaveBeenCalled()
  expect(await model.create('note', { title: 'First' }).done).toMatchObject({ is: 'written' })
  expect(persist).toHaveBeenCalledOnce()
  await model.create('note', { title: 'Second' }).done
  expect(persist).toHaveBeenCalledOnce()
})

test('P7 a page that goes has its last writes in the sync log, not a second later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const model = await open()
  await model.create('note', { title: 'Last' }).done
  model.handOver()
  vi.useRealTimers()
  const written = async () => (await readJournal(db)).filter(({ event }) => event.what === 'written')
  await until(async () => (await written()).length === 1, 'the line')
})

describe('P10 a page that has not heard of the library that is on this device now', () => {
  test('begins anew when it comes back', async () => {
    const model = await open()
    await wipeLibrary(db, newId(), null)
    await model.comeBack()
    expect(left).toEqual(['/'])
  })

  test('stays where it holds all there is of what was typed', async () => {
    const model = await open()
    model.rescue.enter('gone')
    await wipeLibrary(db, newId(), null)
    await model.refresh()
    expect(left).toEqual([])
  })

  test('P1 P10 one that holds refused text stays where its library has moved, and goes where it was removed', async () => {
    // Its pages' late looks find what has gone, and would be counted as those of the test that runs then.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (const moved of [true, false]) {
      const worker = new Silent()
      const model = await open(worker)
      const { id, done } = model.create('note', { title: 'Groceries' })
      await done
      model.rescue.follow(() => [{ id, field: 'content', text: 'far too long' }])
      expect(model.rescue.holds).toBe(true)
      const next = newId()
      if (moved) await moveLibrary(db, library.id, next, BEN, T0)
      else await wipeLibrary(db, next, T0)
      worker.says({ v: 1, type: 'library-replaced', library: next })
      await model.refresh()
      await model.comeBack()
      expect(left.length > 0).toBe(!moved)
      expect(model.notices.filter(({ text }) => text.includes('copy it first'))).toHaveLength(moved ? 1 : 0)
      left = []
      library = await openLibrary(db, newId())
    }
  })

  test.each(['move', 'export-and-remove'] as const)(
    'does not where a person has replaced it here, whenever it reads: %s',
    async (choice) => {
      await adoptLibrary(db, library.id, ADA)
      const model = await open()
      vi.stubGlobal('fetch', async () => Response.json({ user: BEN }))
      vi.stubGlobal('document', { createElement: () => ({ click: () => {} }) })
      expect(await model.signIn(BEN.email, 'correct horse')).toMatchObject({ is: 'other-library' })
      let looks = 0
      let over = false
      const looking = (async () => {
        while (!over) {
          await model.refresh()
          looks++
        }
      })()
      expect(await model.answerOtherLibrary(choice)).toEqual({ is: 'signed-in' })
      over = true
      await looking
      expect(looks, 'it has looked meanwhile').toBeGreaterThan(1)
      expect(left).toEqual([])
      expect((await readSyncState(db)).library?.id).not.toBe(library.id)
      expect(await model.create('note', { title: 'mine now' }).done).toMatchObject({ is: 'written' })
    },
  )
})

test('P1 New note in a tab that lost control unheard: what is typed while it asks comes after the note itself', async () => {
  const [first, second] = await two()
  await second.tabs.takeControl()
  // As one that slept through it: the store refuses what it begins.
  const asked: Refused[] = []
  first.tabs.addEventListener('refused', (event) => asked.push((event as CustomEvent<Refused>).detail))
  const { id, done } = first.create('note', {})
  await until(() => asked.length === 1, 'the question')
  let typed: Promise<WriteResult> | null = null
  const go = (): void => {
    typed = first.type(id, { title: '' }, { title: 'From here' })
  }
  first.tabs.refuse({ record: id, go, drop: () => {} })
  const all = (): void => {
    for (const one of asked) one.go()
  }
  expect(await first.tabs.takeControl({ record: null, go: all, drop: () => {} })).toBe(true)
  expect(await done).toMatchObject({ is: 'written' })
  expect(await typed).toMatchObject({ is: 'written', record: { fields: { title: 'From here' } } })
})

test('P4 P7 what was typed as control was lost is told to its field at once, however long a look at who has it now takes', async () => {
  const locks = new Set<string>()
  const presence = new TabPresence(locks, FIRST)
  const first = await open(new Silent(), presence)
  const { id, done } = first.create('note', { title: 'Note', content: '' })
  await done
  const second = await open(new Silent(), new TabPresence(locks, SECOND))
  await second.tabs.takeControl()
  const look = presence.held.bind(presence)
  let answer: () => void = () => {}
  presence.held = () => new Promise((resolve) => (answer = () => resolve(look())))
  expect(await first.type(id, { content: '' }, { content: 'a' })).toEqual({ is: 'fenced' })
  expect(first.tabs.control).toBe('read-only')
  presence.held = look
  answer()
  await until(() => first.tabs.drafts.length === 1, 'the draft')
})

test('P4 Delete for good that waits for control deletes nothing that another tab has brought back and goes on with', async () => {
  let id = ''
  const [first, second] = await two(async (first) => {
    const note = first.create('note', { title: 'Recipe', content: 'flour' })
    id = note.id
    await note.done
    await first.remove(id)
  })
  const asked: Refused[] = []
  second.tabs.addEventListener('refused', (event) => asked.push((event as CustomEvent<Refused>).detail))
  const purged = second.purge(id)
  await until(() => asked.length === 1, 'the question')
  await first.restore(id)
  await first.type(id, { content: 'flour' }, { content: 'flour, salt' })
  expect(await second.tabs.takeControl(asked[0])).toBe(true)
  expect(await purged).toMatchObject({ is: 'restored', record: { fields: { content: 'flour, salt' } } })
  expect(problemOf(await purged)).toBe(
    'It was brought back from the Trash meanwhile, so nothing was deleted.',
  )
  const kept = (await readSome(db, [id])).get(id)?.record.fields
  expect(kept).toMatchObject({ deleted: false, content: 'flour, salt' })
  // It may be meant all the same: back in the Trash it goes.
  await second.remove(id)
  expect(await second.purge(id)).toMatchObject({ is: 'written' })
  expect((await readSome(db, [id])).get(id)).toBe(null)
})

test('P4 Delete for good that waits for control spares the card that its own went into meanwhile', async () => {
  const url = 'https://example.com/'
  let [goes, stays] = ['', '']
  const [, second] = await two(async (first) => {
    const old = first.create('card', { url, title: 'Old' })
    await old.done
    await first.remove(old.id)
    const other = first.create('card', { url, title: 'Other' })
    await other.done
    ;[goes, stays] = [old.id, other.id]
  })
  const asked: Refused[] = []
  second.tabs.addEventListener('refused', (event) => asked.push((event as CustomEvent<Refused>).detail))
  const purged = second.purge(goes)
  await until(() => asked.length === 1, 'the question')
  // Brought back elsewhere, and merged as a duplicate.
  await db.run(['records'], 'readwrite', async (tx) => {
    const row = await tx.objectStore('records').get(stays)
    await tx.objectStore('records').delete(goes)
    if (row) await tx.objectStore('records').put({ ...row, fields: { ...row.fields, formerIds: [goes] } })
  })
  await second.tabs.takeControl(asked[0])
  expect(await purged).toMatchObject({ is: 'storage' })
  const kept = (await readSome(db, [stays])).get(stays)?.record
  expect(kept && !isDeleted(kept) && kept.fields.title).toBe('Other')
})

test('P4 Discard where a conflict has come says that nothing was given up', async () => {
  const model = await open()
  const { id, done } = model.create('note', { title: 'Note', content: 'mine' })
  await done
  await db.run(['outbox'], 'readwrite', async (tx) => {
    const entry = await tx.objectStore('outbox').get(id)
    const state = { is: 'conflict', since: T0, ancestors: { content: '' } } as const
    if (entry) await tx.objectStore('outbox').put({ ...entry, state })
  })
  expect(await model.failed.discard(id)).toBe(false)
  expect(await model.failed.discard(newId()), 'nothing to give up').toBe(true)
})

describe('what is done in one tab the others know', () => {
  test('signing in: they show the account, and have their changes sent in the background', async () => {
    const [first, second] = await two((first) => first.create('note', { title: 'From before' }).done)
    const armed = vi.spyOn(Silent.prototype, 'arm')
    vi.stubGlobal('fetch', async () => Response.json({ user: ADA }))
    const account = (): string | undefined => second.summary.account?.email
    expect(account()).toBeUndefined()
    expect(await first.signIn(ADA.email, 'correct horse')).toEqual({ is: 'signed-in' })
    await until(() => account() === ADA.email, 'the other tab knows')
    expect(new Set(armed.mock.contexts).size, 'both tabs').toBe(2)
  })

  test('a choice about conflicts: settings that are open there read it again', async () => {
    const [first, second] = await two()
    const summary = vi.fn()
    second.addEventListener('summary', summary)
    await first.conflicts.setPolicy({ ours: 'ask' })
    await until(() => summary.mock.calls.length > 0, 'the other tab has heard')
    expect(await second.conflicts.policy()).toMatchObject({ ours: 'ask' })
  })
})

test('P1 Delete for good that meets a return from the Trash in whatever moment: it goes, or is said to be back', async () => {
  const met = new Set<string>()
  for (let turns = 0; turns < 60; turns++) {
    const model = await open()
    const { id, done } = model.create('note', { title: 'Bread', content: 'flour' })
    await done
    await model.remove(id)
    const purging = model.purge(id)
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
    await model.restore(id)
    const purged = await purging
    met.add(purged.is)
    if (purged.is === 'restored') expect(purged.record.fields.content).toBe('flour')
    expect(['written', 'restored']).toContain(purged.is)
  }
  expect([...met].sort(), 'before and after').toEqual(['restored', 'written'])
})

test('P12 what is kept only here are values: that a record was deleted on one side is none that signing out would lose', async () => {
  const model = await open()
  await db.run(['history'], 'readwrite', async (tx) => {
    const row = { recordId: newId(), stamp: 0, side: 'local', why: 'merged', at: 0 } as const
    await tx.objectStore('history').add({ ...row, field: 'deleted', value: true })
    await tx.objectStore('history').add({ ...row, field: 'content', value: 'words' })
  })
  expect(await model.unsynced()).toEqual({ changes: 0, keptOnlyHere: 1, drafts: 0 })
})
