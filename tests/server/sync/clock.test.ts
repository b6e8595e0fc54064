import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TOLERATED_SKEW } from '../../../src/core/stamp.ts'
import { device, mutation } from '../device.ts'
import { type Client, NOW, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
})
afterEach(() => server.stop())

const HOUR = 3600_000
const DAY = 24 * HOUR

/** What the server keeps of a stamp `before` the present time of a device whose clock is `off`. */
async function kept(off: number, before: number): Promise<number> {
  const stamps = { title: NOW + off - before }
  const { record } = await device(ada, { now: NOW + off }).one(mutation({ title: 'x' }, { stamps }))
  return record.stamps.title - NOW
}

describe('stamps of a device whose clock is wrong', () => {
  it.each([
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
    ['a day ahead', DAY],
    ['a day behind', -DAY],
    ['forty years behind', -40 * 365 * DAY],
    ['just too far ahead', TOLERATED_SKEW + 1],
    ['just too far behind', -TOLERATED_SKEW - 1],
  ])('%s tell how long ago an edit was, by the server’s clock', async (_, off) => {
    expect(await kept(off, 0)).toBe(0)
    expect(await kept(off, 5 * 60_000)).toBe(-5 * 60_000)
    // An edit of its future: made before the clock was set back.
    expect(await kept(off, -10 * 60_000)).toBe(0)
  })

  it.each([
    ['ahead', TOLERATED_SKEW],
    ['behind', -TOLERATED_SKEW],
  ])('two minutes %s are as it says, but never of the future', async (_, off) => {
    expect(await kept(off, TOLERATED_SKEW * 2)).toBe(off - TOLERATED_SKEW * 2)
    expect(await kept(off, 0)).toBe(Math.min(off, 0))
  })

  it('21 do not make it win or lose against another device’s edits', async () => {
    const note = mutation({ title: 'a', content: 'b' })
    await device(ada).one(note)
    const at = async (off: number, version: number, field: string): Promise<number> => {
      server.clock.now += 1000
      const now = server.clock.now + off
      const change = mutation(
        { [field]: `${off}` },
        { record: note.record, on: version, above: version, stamps: { [field]: now } },
      )
      return (await device(ada, { now }).one(change)).record.stamps[field]
    }
    const stamps = [await at(DAY, 1, 'title'), await at(-DAY, 2, 'content'), await at(0, 3, 'title')]
    expect(stamps).toEqual([NOW + 1000, NOW + 2000, NOW + 3000])
  })
})
