import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test } from 'vitest'
import type { RecordState } from '../../src/core/records.ts'
import { draftOf } from '../../src/core/session.ts'
import { readDrafts } from '../../src/store/drafts.ts'
import { OtherLibrary } from '../../src/store/library.ts'
import { putBack } from '../../src/store/put-back.ts'
import { readRight } from '../../src/store/session.ts'
import { ACCOUNT, Clock, Device } from '../support/device.ts'
import { changed, idOf, note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

/** A library that was put back with this record, changed and not sent when the browser removed it. */
async function backWith(record: RecordState): Promise<{ device: Device; server: MemoryServer }> {
  const dirty = new Set([record.id])
  await putBack(
    {
      id: idOf(0x800000),
      account: ACCOUNT,
      records: [record],
      dirty,
      right: { active: 'a', epoch: 3 },
      drafts: [],
    },
    T0,
  )
  const clock = new Clock()
  const server = new MemoryServer(() => clock.now)
  return { device: await Device.open(server, { name: 'pawkit', clock, account: null }), server }
}

describe('a library put back from memory', () => {
  const there = note('as the server has it')

  test('P4 a record deleted here after an edit waits to be sent, and both texts are kept', async () => {
    const { device, server } = await backWith(changed(there, { content: 'edited here', deleted: true }))
    expect((await device.state()).entries).toHaveLength(1)
    server.put(there)
    await device.engine.wake('opened', 0)
    expect(server.records.get(there.id)?.fields.content).toBe('edited here')
    expect((await device.held(there.id)).record?.fields.content).toBe('edited here')
    expect((await device.history()).map(({ field, value }) => [field, value])).toEqual([
      ['content', 'as the server has it'],
      ['deleted', true],
    ])
    expect((await device.state()).entries).toEqual([])
  })

  test('P4 what another device wrote later wins over the deletion, and the edit is in the history', async () => {
    const { device, server } = await backWith(changed(there, { content: 'edited here', deleted: true }))
    server.put({ ...changed(there, { content: 'later there' }, T0 + 5000), version: 2 })
    await device.engine.wake('opened', 0)
    const { record } = await device.held(there.id)
    expect(record?.fields.content).toBe('later there')
    expect(record?.fields.deleted ?? false).toBe(false)
    expect((await device.history()).map(({ field, value }) => [field, value])).toEqual([
      ['content', 'edited here'],
      ['deleted', true],
    ])
    expect(device.announced).toContainEqual(
      expect.objectContaining({ type: 'notice', told: expect.objectContaining({ is: 'returned' }) }),
    )
  })

  test('P1 what the server had is there with its version, drafts and right too; putting back twice changes nothing', async () => {
    const draft = draftOf(undefined, {
      recordId: there.id,
      kind: 'note',
      create: false,
      shown: { content: 'one' },
      typed: { content: 'one two' },
      page: 'p',
      epoch: 2,
      now: T0,
    })
    const gone = { ...there, id: idOf(2), fields: { deleted: true, purged: true } }
    const remembered = {
      id: idOf(0x800000),
      account: ACCOUNT,
      records: [there, gone],
      dirty: new Set<string>(),
      right: { active: 'a', epoch: 3 },
      drafts: [draft],
    }
    await putBack(remembered, T0)
    const clock = new Clock()
    const server = new MemoryServer(() => clock.now)
    const device = await Device.open(server, { name: 'pawkit', clock, account: null })
    expect(await device.held(there.id)).toEqual({ record: there, base: null, entry: null })
    expect((await device.held(gone.id)).record).toBe(null)
    expect(await readDrafts(device.db)).toEqual([draft])
    expect(await readRight(device.db)).toEqual(remembered.right)

    expect(await device.write(there.id, { content: 'typed since' }, { epoch: 3 })).toMatchObject({
      is: 'written',
    })
    await putBack(remembered, T0)
    expect((await device.held(there.id)).record?.fields.content).toBe('typed since')
  })

  test('P10 one that another library has taken the place of is not', async () => {
    await backWith(there)
    await expect(
      putBack(
        {
          id: idOf(0x800001),
          account: null,
          records: [],
          dirty: new Set(),
          right: { active: null, epoch: 0 },
          drafts: [],
        },
        T0,
      ),
    ).rejects.toThrow(OtherLibrary)
  })

  test('a deleted one that the server never heard of has nothing to send', async () => {
    const { device } = await backWith(note('made here', { version: 0, fields: { deleted: true } }))
    expect((await device.state()).entries).toEqual([])
  })
})
