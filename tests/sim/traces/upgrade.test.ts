import { describe, expect, test } from 'vitest'
import { uuidV7 } from '../../../src/core/ids.ts'
import { DATABASE_VERSION } from '../../../src/store/schema.ts'
import { leaveOlder } from '../older.ts'
import { within } from '../run.ts'
import { World } from '../script.ts'
import { Simulation } from '../simulation.ts'

describe('P1 P3: a death in the midst of an upgrade of the database', () => {
  test.each([
    ['opened when it has died', false],
    ['waiting for the database meanwhile', true],
  ])(
    'undoes it whole; the next page, %s, completes it, and the note of the older version is sent',
    async (_, beside) => {
      const sim = await Simulation.begin({ seed: 7, devices: 1 })
      await within(sim, async () => {
        const world = new World(sim)
        const [a] = world.hands
        if (!a) throw new Error('there is no device')
        const { device } = a
        const version = async (): Promise<number | undefined> =>
          (await sim.scheduler.until(sim.disks.factory.databases())).find(({ name }) => name === device.name)
            ?.version
        const newId = (): string => uuidV7(sim.scheduler.now, sim.random.bytes(16))
        const [id, library, content] = [newId(), newId(), world.word()]
        await sim.scheduler.until(
          leaveOlder(sim.disks.factory, device.name, { id, content, library, now: sim.scheduler.now }),
        )
        sim.model.saved('an older version', null, content)
        const left = a.disk
        expect([left.records.length, left.entries.length, await version()]).toEqual([1, 1, 1])

        const dying = device.openTab()
        dying.actor.diesAtUpgrade = true
        const next = beside ? device.openTab() : null
        await sim.scheduler.quiet()
        expect([dying.actor.dead, dying.ready]).toEqual([true, false])
        if (!next) {
          expect(await version()).toBe(1)
          expect(a.disk).toEqual(left)
          device.openTab()
          await sim.scheduler.quiet()
        }

        expect(a.tab.ready).toBe(true)
        expect(await version()).toBe(DATABASE_VERSION)
        expect([a.disk.records, a.disk.entries]).toEqual([left.records, left.entries])
        expect(a.disk.library?.id).toBe(library)
        expect(a.tab.views.get(id)?.fields.content).toBe(content)
        await a.signIn()
        await world.calm()
        expect(world.everywhere(id, 'content')).toBe(content)
        expect(a.disk.entries).toEqual([])
      })
      if (sim.violation) throw sim.violation
    },
  )
})
