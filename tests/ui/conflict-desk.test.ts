import { expect, test } from 'vitest'
import { DEFAULT_POLICY } from '../../src/core/policy.ts'
import type { RecordState } from '../../src/core/records.ts'
import { applyPage } from '../../src/store/apply.ts'
import { writePolicy } from '../../src/store/policy.ts'
import { readSyncState } from '../../src/store/read.ts'
import { ConflictDesk } from '../../src/ui/controllers/conflict-desk.ts'
import type { PageWorld } from '../../src/ui/controllers/page-world.ts'
import { Clock, Device } from '../support/device.ts'
import { note, T0 } from '../support/device-records.ts'
import { MemoryServer } from '../support/device-server.ts'

test('P12 what was deleted for good has the time of that, not of the day when it went to the Trash', async () => {
  const clock = new Clock()
  const device = await Device.open(new MemoryServer(() => clock.now), { clock })
  const { db, library, writing } = device
  const pulled = (record: RecordState) => {
    const after = record.version - 1
    const page = { changes: [{ seq: record.version, record }], after, cursor: record.version, more: false }
    return applyPage(db, { library, ...page, mark: null, now: T0, offset: 0 })
  }
  const base = note('one')
  await pulled({ ...base, version: 1 })
  await writePolicy(db, library, { ...DEFAULT_POLICY, deletedThere: 'ask' })
  await device.write(base.id, { content: 'two' })
  const stamps = { deleted: T0, purged: T0 + 30 * 24 * 3600_000 }
  const by = [{ account: '', device: '' }]
  await pulled({ ...base, version: 2, fields: { deleted: true, purged: true }, stamps, by })
  const { entries } = await readSyncState(db)
  const desk = new ConflictDesk({ db } as PageWorld, new EventTarget(), {
    writing,
    permit: (_, change) => change(),
    entries: () => entries,
    changed: async () => {},
  })
  await desk.look()
  expect(desk.get(base.id)?.fields).toMatchObject([{ field: 'deleted', theirsAt: stamps.purged, by: by[0] }])
})
