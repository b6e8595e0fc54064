import { beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts'
import type { RecordState } from '../../src/core/records.ts'
import { applyPage } from '../../src/store/apply.ts'
import { conflictsAmong, readConflicts, resolveConflict } from '../../src/store/conflicts.ts'
import { discardChange, retryFailed } from '../../src/store/failed.ts'
import { readJournal } from '../../src/store/journal.ts'
import { OtherLibrary, wipeLibrary } from '../../src/store/library.ts'
import { moveLibrary } from '../../src/store/move.ts'
import { freezeBatch, readOutbox } from '../../src/store/outbox.ts'
import { readPolicy, writePolicy } from '../../src/store/policy.ts'
import { readSyncState } from '../../src/store/read.ts'
import { Clock, Device } from '../support/device.ts'
import { changed, idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

const base = note('one', { version: 3 })
const HOUR = 3600_000
let device: Device
beforeEach(async () => {
  const clock = new Clock()
  device = await Device.open(new MemoryServer(() => clock.now), { clock })
})
let cursor = 0
const pulled = (record: RecordState, offset = 0) => {
  const after = cursor
  cursor += 1
  const page = { changes: [{ seq: cursor, record }], after, cursor, more: false, mark: null }
  return applyPage(device.db, { library: device.library, ...page, now: T0, offset })
}
/** Both sides rewrote the same word. */
async function meet(theirs = 'deux') {
  cursor = 0
  await pulled(base)
  await device.write(base.id, { content: 'zwei' })
  return pulled({ ...changed(base, { content: theirs }), version: 4 })
}
const shown = async () => {
  const [found] = await readConflicts(device.db, [base.id])
  if (!found) throw new Error('no conflict')
  return { mine: found.record, theirs: found.base }
}
const request = async (resolution: Parameters<typeof resolveConflict>[1]['resolution']) => ({
  ...device.writing,
  id: base.id,
  shown: await shown(),
  resolution,
  now: T0 + 9000,
})
const values = async () => (await device.history()).map(({ value, why, side }) => [value, why, side])

describe('an open conflict in the store', () => {
  test('P4 conflicts losing data: both versions are there, one notice, one line in the log, and it is not sent', async () => {
    const applied = await meet()
    expect(applied.conflicts.map(({ id }) => id)).toEqual([base.id])
    expect(applied.events).toContainEqual({ what: 'conflict', record: base.id, fields: ['content'] })
    expect(await shown()).toMatchObject({
      mine: { fields: { content: 'zwei' } },
      theirs: { fields: { content: 'deux' } },
    })
    const outbox = await readOutbox(device.db, T0 + HOUR, true)
    expect(outbox).toMatchObject({ due: [], sendable: 0, waits: [] })
    const frozen = await freezeBatch(device.db, device.library, [base.id], () => device.newId())
    expect(frozen).toEqual([])
    expect((await device.held(base.id)).entry?.state.is).toBe('conflict')
  })

  test('however often it repeats it is one, told once, with the newest other side', async () => {
    await meet()
    const again = await pulled({ ...changed(base, { content: 'trois' }), version: 5 })
    expect(again.conflicts).toEqual([])
    expect((await shown()).theirs).toMatchObject({ version: 5, fields: { content: 'trois' } })
    const { entries } = await readSyncState(device.db)
    expect(conflictsAmong(entries)).toEqual([base.id])
  })

  test('another field that meets one too joins the question: one more line in the log, no second notice', async () => {
    await writePolicy(device.db, device.library, { ...DEFAULT_POLICY, ours: 'ask' })
    await meet()
    await device.write(base.id, { title: 'hier' })
    const again = await pulled({ ...changed(base, { content: 'deux', title: 'ici' }), version: 5 })
    expect(again.conflicts).toEqual([])
    const joined = again.events.filter(({ what }) => what === 'conflict')
    expect(joined).toEqual([{ what: 'conflict', record: base.id, fields: ['title', 'content'] }])
  })

  test('P8: others sync on', async () => {
    await meet()
    await device.write(idOf(2), { content: 'other' })
    expect((await readOutbox(device.db, T0 + HOUR, true))?.due).toEqual([idOf(2)])
  })
})

describe('P4 another account of the space changed it too', () => {
  const BEA = { account: 'bea', device: 'Phone' }
  /** Both renamed it and rewrote its word; hers came `later` or sooner. */
  async function meetAnother(theirs: Policy['theirs'] | null, later: boolean) {
    cursor = 0
    await pulled(base)
    if (theirs) await writePolicy(device.db, device.library, { theirs })
    await device.write(base.id, { title: 'mine', content: 'zwei' }, { now: T0 + 5000 })
    const hers = changed(base, { title: 'hers', content: 'deux' }, T0 + (later ? 9000 : 1000))
    const { overruled, conflicts } = await pulled({ ...hers, version: 4, by: [BEA] } as RecordState)
    const { fields } = (await device.held(base.id)).record as RecordState
    const lost = (await device.history()).map(({ value }) => value)
    return {
      title: fields.title,
      content: fields.content,
      told: overruled.length,
      asked: conflicts.length,
      lost,
    }
  }

  test.each([
    // By default hers wins, with a notice, and text that overlaps is asked about.
    [null, false, { title: 'hers', content: 'zwei', told: 1, asked: 1, lost: ['mine'] }],
    ['server', true, { title: 'hers', content: 'zwei', told: 1, asked: 1, lost: ['mine'] }],
    ['device', true, { title: 'mine', content: 'zwei', told: 0, asked: 0, lost: ['hers', 'deux'] }],
    ['latest', true, { title: 'hers', content: 'deux', told: 1, asked: 0, lost: ['mine', 'zwei'] }],
    ['latest', false, { title: 'mine', content: 'zwei', told: 0, asked: 0, lost: ['hers', 'deux'] }],
    ['ask', true, { title: 'mine', content: 'zwei', told: 0, asked: 1, lost: [] }],
  ] as const)('the choice %s, hers later: %s', async (choice, later, becomes) => {
    const met = await meetAnother(choice, later)
    expect({ ...met, lost: [...met.lost].sort() }).toEqual({ ...becomes, lost: [...becomes.lost].sort() })
  })
})

test('P11: a merge is in the sync log, and can be undone; a change of one side alone is none', async () => {
  cursor = 0
  await pulled(base)
  await device.write(base.id, { title: 'here' })
  const { events } = await pulled({ ...changed(base, { content: 'there' }), version: 4 })
  expect(events).toEqual([{ what: 'merged', record: base.id, lost: ['content'], returned: false }])
  const before = { field: 'content', value: base.fields.content, side: 'local', why: 'merged' }
  expect(await device.history()).toMatchObject([before])
  const alone = await pulled({ ...changed(base, { content: 'there' }), version: 5 })
  expect(alone.events).toEqual([])
  const both = await pulled({ ...changed(base, { title: 'here', content: 'there' }), version: 6 })
  expect(both.events, 'the same on both sides').toEqual([
    { what: 'merged', record: base.id, lost: [], returned: false },
  ])
  expect(await device.history()).toHaveLength(1)
})

describe('a person resolves it', () => {
  test('Keep local version: sent as an ordinary mutation on the version shown, the other in history', async () => {
    await meet()
    expect(await resolveConflict(device.db, await request({ take: 'local' }))).toMatchObject({
      is: 'resolved',
    })
    expect(await values()).toEqual([['deux', 'resolved', 'remote']])
    const [flight] = await freezeBatch(device.db, device.library, [base.id], () => device.newId())
    expect(flight?.mutation).toMatchObject({ on: 4, fields: { content: 'zwei' } })
  })

  test('P7 the choice is in the log with the epoch that it was made under', async () => {
    await meet()
    await resolveConflict(device.db, await request({ take: 'server' }))
    const [line] = await readJournal(device.db)
    expect(line?.event).toEqual({ what: 'resolved', record: base.id, take: 'server', epoch: 0 })
  })

  test('Use server version: clean, this device’s in history', async () => {
    await meet()
    await resolveConflict(device.db, await request({ take: 'server' }))
    expect(await device.held(base.id)).toMatchObject({ base: null, entry: null, record: { version: 4 } })
    expect(await values()).toEqual([['zwei', 'resolved', 'local']])
  })

  test('P4: what was not shown is not overwritten: another edit here or there makes it `changed`', async () => {
    await meet()
    const stale = await request({ take: 'local' })
    await pulled({ ...changed(base, { content: 'trois' }), version: 5 })
    expect(await resolveConflict(device.db, stale)).toEqual({ is: 'changed' })
    const fresh = await request({ take: 'server' })
    await device.write(base.id, { content: 'zwei!' }, { shown: { content: 'zwei' } })
    expect(await resolveConflict(device.db, fresh)).toEqual({ is: 'changed' })
    expect(await values()).toEqual([])
    expect((await shown()).mine.fields.content).toBe('zwei!')
  })

  test('P4: on a restored server another line may have the same number: another text there is not overwritten', async () => {
    await meet()
    const { shown: seen, ...asked } = await request({ take: 'local' })
    const theirs = { ...seen.theirs, fields: { ...seen.theirs.fields, content: 'of another line' } }
    expect(await resolveConflict(device.db, { ...asked, shown: { ...seen, theirs } })).toEqual({
      is: 'changed',
    })
  })

  test('P4: a Retry that was offered before the conflict came decides nothing', async () => {
    await meet()
    await retryFailed(device.db, device.writing, [base.id], T0)
    expect((await device.held(base.id)).entry?.state).toMatchObject({ ancestors: { content: 'one' } })
  })

  test('P4: a Discard that was offered before the conflict came gives up nothing, and the log tells of none', async () => {
    await meet()
    const before = await device.held(base.id)
    expect(await discardChange(device.db, device.writing, base.id, T0)).toBe(false)
    expect(await device.held(base.id)).toEqual(before)
    expect(await values()).toEqual([])
    expect((await readJournal(device.db)).map(({ event }) => event.what)).not.toContain('discarded')
  })

  test('over already: `gone`; over a limit: named, nothing changed', async () => {
    await meet()
    const asked = await request({ take: 'local' })
    const long = await request({ take: 'merged', fields: { title: 'x'.repeat(1001) } })
    expect(await resolveConflict(device.db, long)).toMatchObject({
      is: 'invalid',
      problems: [{ field: 'title' }],
    })
    await resolveConflict(device.db, asked)
    expect(await resolveConflict(device.db, asked)).toEqual({ is: 'gone' })
  })

  test('P10: in a library that is no longer here nothing is written', async () => {
    await meet()
    const asked = await request({ take: 'local' })
    await wipeLibrary(device.db, idOf(77), null)
    await expect(resolveConflict(device.db, asked)).rejects.toThrow(OtherLibrary)
  })

  test('another account takes the library over: this device’s version goes, the other stays in history', async () => {
    await meet()
    await moveLibrary(device.db, device.library, idOf(78), { id: 'bea', email: 'b@example.com' }, T0)
    expect(await device.held(base.id)).toMatchObject({
      base: null,
      entry: { state: { is: 'ready' } },
      record: { version: 0, fields: { content: 'zwei' } },
    })
    expect(await values()).toEqual([['deux', 'resolved', 'remote']])
  })
})

describe('what the person chose in the settings', () => {
  test('counts from the next answer on, and is wiped with the library', async () => {
    expect(await readPolicy(device.db, device.library)).toEqual(DEFAULT_POLICY)
    await writePolicy(device.db, device.library, { ...DEFAULT_POLICY, ours: 'server' })
    await meet()
    expect(await device.held(base.id)).toMatchObject({ entry: null, record: { fields: { content: 'deux' } } })
    expect(await values()).toEqual([['zwei', undefined, 'local']])
    await wipeLibrary(device.db, idOf(79), null)
    expect(await readPolicy(device.db, idOf(79))).toEqual(DEFAULT_POLICY)
  })

  test('one choice leaves the others as another tab has made them', async () => {
    await writePolicy(device.db, device.library, { ours: 'ask' })
    await writePolicy(device.db, device.library, { deletedThere: 'ask' })
    const chosen = { ...DEFAULT_POLICY, ours: 'ask', deletedThere: 'ask' }
    expect(await readPolicy(device.db, device.library)).toEqual(chosen)
  })

  test('a choice of an earlier version lacks one: that one is as by default', async () => {
    await device.db.run(['meta'], 'readwrite', async (tx) => {
      await tx.objectStore('meta').put({ key: 'policy', policy: { ours: 'ask' } as never })
    })
    expect(await readPolicy(device.db, device.library)).toEqual({ ...DEFAULT_POLICY, ours: 'ask' })
  })
})

describe('a clock that is off neither wins nor loses', () => {
  const DAY = 24 * HOUR
  /** The title changed here by a clock so far ahead, an hour before or after the other side's change. */
  async function title(ahead: number, here: number): Promise<unknown> {
    cursor = 0
    await pulled(base)
    device.clock.now = T0 + ahead + here
    await device.write(base.id, { title: 'here' })
    const theirs = { ...base, version: 4, fields: { ...base.fields, title: 'there' } }
    const stamped = { ...theirs, stamps: { ...base.stamps, title: T0 + 10 * HOUR } }
    const now = T0 + 12 * HOUR
    cursor = 1
    const page = { changes: [{ seq: 2, record: stamped }], after: 9, cursor: 2, more: false, mark: null }
    await applyPage(device.db, {
      library: device.library,
      ...page,
      after: 1,
      now: now + ahead,
      offset: -ahead,
    })
    return (await device.held(base.id)).record?.fields.title
  }

  test.each([
    ['right', 0],
    ['a minute ahead', 60_000],
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
    ['a day ahead', DAY],
    ['a day behind', -DAY],
  ])('P4, trace 21: the clock %s: the later edit stays, the earlier is in history', async (_, ahead) => {
    expect(await title(ahead, 11 * HOUR)).toBe('here')
    expect((await values()).at(-1)).toEqual(['there', undefined, 'remote'])
  })

  test.each([
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
    ['a day ahead', DAY],
    ['a day behind', -DAY],
  ])('P4, trace 21: the clock %s: the earlier edit loses', async (_, ahead) => {
    expect(await title(ahead, 9 * HOUR)).toBe('there')
  })
})
