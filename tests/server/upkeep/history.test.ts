import { afterEach, describe, expect, it } from 'vitest'
import { TRASH_MS } from '../../../server/upkeep/trash.ts'
import { device, mutation } from '../device.ts'
import { type Client, newId, type Settings, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
afterEach(() => server.stop())

const DAY = 24 * 3600_000

async function begin(history: Settings['history']): Promise<void> {
  server = await testServer(history ? { history } : {})
  ada = await server.signUp()
}
const later = async (ms: number): Promise<void> => {
  server.clock.now += ms
  await server.upkeep()
}
/** A note that was changed until it is at the version, a change each `step`. */
async function noteAt(version: number, step = 1000): Promise<string> {
  const { note } = (await ada.send('POST', '/api/notes', { title: '1' })).body
  for (let at = 1; at < version; at++) {
    server.clock.now += step
    await ada.send('PATCH', `/api/notes/${note.id}`, { title: `${at + 1}`, version: at })
  }
  return note.id
}
async function versionsOf(id: string): Promise<number[]> {
  const { body } = await ada.send('GET', `/api/notes/${id}/versions?limit=500`)
  expect(body.next).toBe(null)
  return body.versions.map((entry: { version: number }) => entry.version)
}
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, n) => from - n)

describe('the version history', () => {
  it('P4 keeps 90 days and the newest 100 versions, whichever is more, and always the first', async () => {
    await begin(undefined)
    const many = await noteAt(130)
    const few = await noteAt(20)
    await later(90 * DAY - 200_000)
    expect(await versionsOf(many)).toEqual(down(130, 1))
    await later(200_000)
    expect(await versionsOf(many)).toEqual([...down(130, 31), 1])
    await later(1000 * DAY)
    expect(await versionsOf(many)).toEqual([...down(130, 31), 1])
    expect(await versionsOf(few)).toEqual(down(20, 1))
  })

  it('keeps what the settings say', async () => {
    await begin({ days: 7, versions: 2 })
    const id = await noteAt(10, DAY)
    await server.upkeep()
    expect(await versionsOf(id)).toEqual([...down(10, 3), 1])
    await later(100 * DAY)
    expect(await versionsOf(id)).toEqual([10, 9, 1])
  })

  it('is pruned of every record of a large library', async () => {
    await begin({ days: 1, versions: 2 })
    const notes = Array.from({ length: 500 }, (_, n) => mutation({ title: `${n}` }))
    await device(ada).push(notes)
    const last = await noteAt(5)
    await later(2 * DAY)
    expect(await versionsOf(last)).toEqual([5, 4, 1])
  })

  it('goes of changes refused as conflicts too, and each record has its own', async () => {
    await begin({ days: 1, versions: 2 })
    const a = device(ada)
    const [id, other] = [await noteAt(3), await noteAt(3)]
    await a.one(mutation({ title: 'late' }, { record: id, on: 1, above: 1 }))
    await a.one(mutation({ title: 'later' }, { record: id, on: 1, above: 1 }))
    const bob = await server.signUp('bob')
    await device(bob).push([mutation({ title: 'his' }, { record: id })])
    await later(2 * DAY)
    const { versions } = (await ada.send('GET', `/api/notes/${id}/versions`)).body
    expect(versions.map((entry: { fields: { title: string } }) => entry.fields.title)).toEqual([
      'later',
      'late',
      '1',
    ])
    expect(await versionsOf(other)).toEqual([3, 2, 1])
    expect((await bob.send('GET', `/api/notes/${id}/versions`)).body.versions).toHaveLength(1)
  })

  it('pruned, it breaks neither the same POST again, conflicts, a repeated mutation nor restore', async () => {
    await begin({ days: 1, versions: 1 })
    const a = device(ada)
    const first = { id: newId(), title: 'first', content: 'made so' }
    await ada.send('POST', '/api/notes', first)
    const edit = mutation({ title: 'edit' }, { record: first.id, on: 1, above: 1 })
    const outcome = await a.one(edit)
    await a.one(mutation({ title: 'late' }, { record: first.id, on: 1, above: 1 }))
    for (let version = 2; version < 9; version++)
      await ada.send('PATCH', `/api/notes/${first.id}`, { title: `${version}`, version })
    await ada.send('DELETE', `/api/notes/${first.id}`)
    await later(2 * DAY)
    expect(await versionsOf(first.id)).toEqual([10, 1])
    expect((await ada.send('POST', `/api/notes/${first.id}/restore`)).body.note.title).toBe('8')
    await later(2 * DAY)
    expect((await ada.send('POST', '/api/notes', first)).status).toBe(200)
    const taken = await ada.send('POST', '/api/notes', { ...first, title: 'edit' })
    expect([taken.status, taken.body.error.code]).toEqual([409, 'id_taken'])
    const late = await ada.send('PATCH', `/api/notes/${first.id}`, { title: 'x', version: 3 })
    expect([late.status, late.body.note.version]).toEqual([409, 11])
    const { version, seq } = outcome
    expect(await a.one(edit)).toMatchObject({ outcome: 'applied', version, seq, record: { version: 11 } })
  })

  describe('P10 an edit refused by a deletion for good', () => {
    /** A note that one device deletes for good, while another has an edit of it to send. */
    const refused = async () => {
      await begin(undefined)
      const a = device(ada)
      const note = mutation({ title: 'Note', content: 'text' })
      await a.one(note)
      await a.one(mutation({ deleted: true, purged: true }, { record: note.record, on: 1, above: 1 }))
      const edit = mutation({ content: 'secret words' }, { record: note.record, on: 1, above: 1 })
      expect((await device(ada).one(edit)).outcome).toBe('conflict')
      return note.record
    }
    const contents = async (id: string): Promise<unknown[]> => {
      const { body } = await ada.send('GET', `/api/notes/${id}/versions`)
      return body.versions.map((entry: { fields: { content?: string } }) => entry.fields.content)
    }

    it('P4 stays as long as a record stays in the Trash: its device may bring the record back', async () => {
      const id = await refused()
      await later(TRASH_MS - 1)
      expect(await contents(id)).toEqual(['secret words', undefined, undefined])
    })

    it('leaves no text on the server after that, where nobody did', async () => {
      const id = await refused()
      const taken = async (): Promise<unknown[]> => {
        const { body } = await ada.send('GET', `/api/notes/${id}/versions`)
        return body.versions.filter(({ applied }: { applied: boolean }) => applied)
      }
      const before = await taken()
      await later(TRASH_MS)
      expect(await contents(id)).toEqual([undefined, undefined, undefined])
      expect(await taken(), 'what was taken stays as it was').toEqual(before)
      const { text } = await ada.send('GET', `/api/notes/${id}/versions`)
      expect(text).not.toContain('secret')
    })

    it('P4 stays with the record where it came back, and so do those of other records', async () => {
      const id = await refused()
      const whole = { title: 'Note', content: 'both', deleted: false, purged: false }
      await device(ada).one(mutation(whole, { record: id, on: 2, above: 2 }))
      const other = await noteAt(2)
      await device(ada).one(mutation({ content: 'late' }, { record: other, on: 1, above: 1 }))
      await later(TRASH_MS)
      expect(await contents(id)).toContain('secret words')
      expect(await contents(other)).toContain('late')
    })
  })

  it('pages right while new versions come in and old ones go', async () => {
    await begin({ days: 1, versions: 30 })
    const id = await noteAt(60)
    server.clock.now += 2 * DAY
    const shown: number[] = []
    let cursor = ''
    for (let page = 0; page < 60; page++) {
      const { body } = await ada.send('GET', `/api/notes/${id}/versions?limit=7&cursor=${cursor}`)
      shown.push(...body.versions.map((entry: { version: number }) => entry.version))
      if (body.next === null) break
      cursor = body.next
      for (const title of ['a', 'b'])
        await ada.send('PATCH', `/api/notes/${id}`, { title }, { 'x-force-update': 'true' })
      if (page === 5) await server.upkeep()
    }
    // 42 were shown before the older ones went: each once, newest first, and none of those made meanwhile.
    expect(shown).toEqual([...down(60, 19), 1])
  })

  it('comes in pages of at most 8 MiB, but one version at least', async () => {
    await begin(undefined)
    const { note } = (await ada.send('POST', '/api/notes', { content: '' })).body
    for (let version = 1; version < 20; version++) {
      const content = String.fromCharCode(96 + version).repeat(1024 * 1024)
      await ada.send('PATCH', `/api/notes/${note.id}`, { content, version })
    }
    const sizes: number[] = []
    const shown: number[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body, text } = await ada.send('GET', `/api/notes/${note.id}/versions?cursor=${cursor}`)
      sizes.push(text.length)
      shown.push(...body.versions.map((entry: { version: number }) => entry.version))
      cursor = body.next
    }
    expect(shown).toEqual(down(20, 1))
    expect(Math.max(...sizes)).toBeLessThan(8.1 * 1024 * 1024)
    expect(sizes.length).toBeLessThan(5)
  })
})
