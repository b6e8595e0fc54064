import { beforeEach, describe, expect, test } from 'vitest'
import { presenceLock, type Wanting } from '../../src/core/session.ts'
import { commitAll } from '../../src/store/commit.ts'
import { resolveConflict } from '../../src/store/conflicts.ts'
import { readDrafts, removeDraft } from '../../src/store/drafts.ts'
import { discardChange, retryFailed } from '../../src/store/failed.ts'
import { readJournal } from '../../src/store/journal.ts'
import { wipeLibrary } from '../../src/store/library.ts'
import { Fenced, readRight, wantRight } from '../../src/store/session.ts'
import { takeOver } from '../../src/store/take-over.ts'
import { answerVanishing } from '../../src/store/vanish.ts'
import { Clock, Device } from '../support/device.ts'
import { idOf } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

let device: Device
let held: Set<string>
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
  held = new Set()
})
const locks = async (): Promise<string[]> => [...held].map(presenceLock)
const want = (session: string, wanting: Wanting = 'ask') => {
  held.add(session)
  return wantRight(device.db, session, wanting, locks)
}

describe('the right to write, in the store', () => {
  test('P7: many that ask at once: one has it, with one epoch', async () => {
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((session) => want(session)))
    expect(new Set(all.map(({ active }) => active)).size).toBe(1)
    expect(all.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 1])
  })

  test('a crashed holder leaves it by its lock; the next that asks has it', async () => {
    await want('a')
    held.delete('a')
    expect(await want('b')).toEqual({ active: 'b', epoch: 2 })
  })

  test('the locks are looked at after the row: one that was given the right meanwhile is not taken for gone', async () => {
    held.add('b')
    let looks = 0
    const late = async (): Promise<string[]> => {
      // Between the row and the locks of the first look another session comes and is given the right.
      const names = await locks()
      if (looks++ === 0) await want('a')
      return names
    }
    expect(await wantRight(device.db, 'b', 'ask', late)).toEqual({ active: 'a', epoch: 1 })
    expect(looks).toBe(2)
  })

  test('let go, it is free, and the epoch goes on', async () => {
    await want('a')
    await wantRight(device.db, 'b', 'leave', locks)
    expect(await readRight(device.db)).toEqual({ active: 'a', epoch: 1 })
    await wantRight(device.db, 'a', 'leave', locks)
    expect(await readRight(device.db)).toEqual({ active: null, epoch: 1 })
    expect(await want('a')).toEqual({ active: 'a', epoch: 2 })
  })

  test('the epoch only grows, also across a wipe', async () => {
    await want('a')
    await want('b', 'take')
    await wipeLibrary(device.db, idOf(70), null)
    expect(await readRight(device.db)).toEqual({ active: 'b', epoch: 2 })
  })
})

describe('taking control', () => {
  const place = { path: '/notes/1', field: 'content', start: 3, end: 3, scroll: 0 }
  const world = (handOver: (session: string) => Promise<typeof place | null>) => ({
    db: device.db,
    heldLocks: locks,
    handOver,
  })

  test('the holder hands over first, and says where its person was typing', async () => {
    await want('a')
    held.add('b')
    const asked: string[] = []
    const taken = await takeOver(
      world(async (session) => {
        asked.push(session)
        expect((await readRight(device.db)).active).toBe('a')
        return place
      }),
      'b',
    )
    expect(taken).toEqual({ right: { active: 'b', epoch: 2 }, place })
    expect(asked).toEqual(['a'])
  })

  test('one that does not answer is overtaken; one that is gone, or oneself, is not asked', async () => {
    await want('a')
    held.add('b')
    expect(
      (
        await takeOver(
          world(async () => null),
          'b',
        )
      ).right,
    ).toEqual({ active: 'b', epoch: 2 })
    const never = world(async () => {
      throw new Error('asked')
    })
    expect((await takeOver(never, 'b')).right.epoch).toBe(2)
    held.delete('b')
    expect((await takeOver(never, 'c')).right).toEqual({ active: 'c', epoch: 3 })
  })
})

describe('a tab that has lost the right', () => {
  test('P7 tabs overwriting each other: it cannot write; what was typed is a draft, with what it was made on', async () => {
    await want('a')
    await device.write(idOf(1), { content: 'one' }, { epoch: 1 })
    await want('b', 'take')
    const before = await device.held(idOf(1))
    expect(await device.write(idOf(1), { content: 'one two' }, { epoch: 1 })).toEqual({ is: 'fenced' })
    const late = { shown: { content: 'one two' }, epoch: 1 }
    expect(await device.write(idOf(1), { content: 'one two three' }, late)).toEqual({ is: 'fenced' })
    expect(await device.held(idOf(1))).toEqual(before)
    expect(await readDrafts(device.db)).toMatchObject([
      { recordId: idOf(1), shown: { content: 'one' }, typed: { content: 'one two three' }, create: false },
    ])
  })

  test('P7: nor can it retry, discard, resolve or answer: none of it is done', async () => {
    await want('a')
    const writing = { library: device.library, epoch: 1 }
    await device.write(idOf(1), { content: 'one' }, { epoch: 1 })
    await want('b', 'take')
    const before = await device.held(idOf(1))
    const mine = before.record
    if (!mine) throw new Error('no record')
    const shown = { mine, theirs: mine }
    const request = { ...writing, id: idOf(1), shown, resolution: { take: 'local' } as const, now: 1 }
    for (const attempt of [
      () => retryFailed(device.db, writing, null, 1),
      () => discardChange(device.db, writing, idOf(1), 1),
      () => resolveConflict(device.db, request),
      () => answerVanishing(device.db, writing, 'remove', 1, [idOf(1)]),
    ])
      await expect(attempt()).rejects.toThrow(Fenced)
    expect(await device.held(idOf(1))).toEqual(before)
  })

  test('P7: a retry or a discard is in the log with its epoch, whatever the page has been given since', async () => {
    await want('a')
    const writing = { library: device.library, epoch: 1 }
    await device.write(idOf(1), { content: 'one' }, { epoch: 1 })
    const retried = retryFailed(device.db, writing, [idOf(1)], 1)
    writing.epoch = 3
    await retried
    await discardChange(device.db, { ...writing, epoch: 1 }, idOf(1), 1)
    expect((await readJournal(device.db)).map(({ event }) => event)).toEqual([
      { what: 'discarded', record: idOf(1), epoch: 1 },
      { what: 'retried', record: idOf(1), epoch: 1 },
    ])
  })

  test('P7: control taken back and lost again: the draft of the first loss stays beside that of the second', async () => {
    await want('a')
    await device.write(idOf(1), { content: 'stored' }, { epoch: 1 })
    await want('b', 'take')
    await device.write(idOf(1), { content: 'stored first' }, { shown: { content: 'stored' }, epoch: 1 })
    await want('a', 'take')
    await want('b', 'take')
    await device.write(idOf(1), { content: 'stored second' }, { shown: { content: 'stored' }, epoch: 3 })
    const typed = (await readDrafts(device.db)).map((draft) => draft.typed.content)
    expect(typed.sort()).toEqual(['stored first', 'stored second'])
  })

  test('P7: what does not go on from a draft is another one: neither takes the other’s words', async () => {
    await want('a')
    await device.write(idOf(1), { content: 'stored' }, { epoch: 1 })
    await want('b', 'take')
    const rest = { shown: { content: 'stored' }, epoch: 1 }
    await device.write(idOf(1), { content: 'stored mine' }, rest)
    // A draft of another tab, taken in where control has just been lost: made on another text.
    await device.write(idOf(1), { content: 'theirs' }, { ...rest, shown: { content: 'older' } })
    await device.write(
      idOf(1),
      { content: 'stored mine too' },
      { ...rest, shown: { content: 'stored mine' } },
    )
    expect(await readDrafts(device.db)).toMatchObject([
      { shown: { content: 'stored' }, typed: { content: 'stored mine too' } },
      { shown: { content: 'older' }, typed: { content: 'theirs' } },
    ])
  })

  test('the same letters by page and worker, several writes of them: one draft', async () => {
    await want('a')
    const rest = { epoch: 9, create: true }
    const write = async (): Promise<void> => {
      await device.write(idOf(1), { content: 'x' }, { ...rest, shown: {}, number: 101 })
      await device.write(idOf(1), { content: 'xy' }, { ...rest, shown: { content: 'x' }, number: 102 })
      // Of another field, and late: the store could not take it before.
      await device.write(idOf(1), { title: 't' }, { ...rest, shown: { title: '' }, number: 100 })
    }
    await write()
    await write()
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { content: 'xy', title: 't' } }])
  })

  test('a draft that has grown since it was offered is not removed with what was offered', async () => {
    await want('a')
    await device.write(idOf(1), { content: 'x' }, { epoch: 9 })
    const [draft] = await readDrafts(device.db)
    if (!draft) throw new Error('no draft')
    device.clock.now += 5
    await device.write(idOf(1), { content: 'x y' }, { shown: { content: 'x' }, epoch: 9, create: true })
    await removeDraft(device.db, device.library, draft)
    expect(await readDrafts(device.db)).toMatchObject([{ typed: { content: 'x y' } }])
  })

  test('the same letters by page and worker: one draft; committed before the right went, they stay committed', async () => {
    await want('a')
    const write = {
      id: idOf(2),
      kind: 'note',
      typed: { content: 'x' },
      shown: {},
      create: true,
      urgency: 'typing' as const,
      library: device.library,
      page: 'p',
      number: 1,
      epoch: 1,
      now: 1,
    }
    await commitAll(device.db, [write], 'strict')
    await want('b', 'take')
    expect(await commitAll(device.db, [write], 'strict')).toMatchObject([{ is: 'written', changed: false }])
    const lost = { ...write, id: idOf(3), number: 2 }
    for (let time = 0; time < 2; time++)
      expect(await commitAll(device.db, [lost], 'strict')).toEqual([{ is: 'fenced' }])
    const drafts = await readDrafts(device.db)
    expect(drafts).toMatchObject([{ recordId: idOf(3), create: true, typed: { content: 'x' } }])
    for (const draft of drafts) await removeDraft(device.db, device.library, draft)
    expect(await readDrafts(device.db)).toEqual([])
  })

  test('P10: drafts go with the library', async () => {
    await want('a')
    await device.write(idOf(4), { content: 'secret' }, { epoch: 7 })
    expect(await readDrafts(device.db)).toHaveLength(1)
    await wipeLibrary(device.db, idOf(71), null)
    expect(await readDrafts(device.db)).toEqual([])
  })
})
