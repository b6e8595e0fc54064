import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TRASH_MS } from '../../../server/upkeep/trash.ts'
import { type Device, device, mutation } from '../device.ts'
import { type Client, NOW, type TestServer, testServer } from '../fixture.ts'

let server: TestServer
let ada: Client
let a: Device
beforeEach(async () => {
  server = await testServer()
  ada = await server.signUp()
  a = device(ada, { name: 'Phone' })
})
afterEach(() => server.stop())

const change = (record: string, version: number, fields: Parameters<typeof mutation>[0]) =>
  mutation(fields, { record, on: version, above: version })

describe('the trash', () => {
  it('is emptied 30 days after the deletion: a tombstone, told to every device like any change', async () => {
    const note = mutation({ title: 'secret', content: 'words' })
    const kept = mutation({ title: 'kept' })
    await a.push([note, kept])
    await a.push([change(note.record, 1, { deleted: true })])
    server.clock.now += TRASH_MS - 1
    await server.upkeep()
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toHaveLength(1)
    const { mark, cursor } = (await a.pull()).body
    const { id } = await server.db.selectFrom('space').select('id').executeTakeFirstOrThrow()
    const line = server.pokes.open(id)
    server.clock.now += 1
    await server.upkeep()
    expect(await line.next()).toBe(4)
    const { body } = await a.pull(cursor, { mark: `${mark.seq}.${mark.tag}` })
    const purged = NOW + TRASH_MS
    expect(body.changes).toEqual([
      {
        seq: 4,
        at: purged,
        record: {
          id: note.record,
          kind: 'note',
          version: 3,
          fields: { deleted: true, purged: true },
          stamps: { deleted: NOW, purged },
          by: [{ account: '', device: '' }],
        },
      },
    ])
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toEqual([])
    const history = await ada.send('GET', `/api/notes/${note.record}/versions`)
    expect(history.text).not.toContain('secret')
    expect(history.body.versions[0]).toMatchObject({ version: 3, by: '', byName: '', device: '' })
    expect((await ada.send('GET', `/api/notes/${kept.record}`)).status).toBe(200)
    await server.upkeep()
    expect((await a.pull(4)).body.changes).toEqual([])
  })

  it('counts from the last deletion, and not from an edit of what is in it', async () => {
    const [again, edited] = [mutation({ title: 'again' }), mutation({ title: 'edited' })]
    await a.push([again, edited])
    await a.push([
      change(again.record, 1, { deleted: true }),
      change(edited.record, 1, { deleted: true }),
      change(again.record, 2, { deleted: false }),
    ])
    server.clock.now += TRASH_MS / 2
    await a.push([
      change(again.record, 3, { deleted: true }),
      change(edited.record, 2, { title: 'in the trash' }),
    ])
    server.clock.now += TRASH_MS / 2
    await server.upkeep()
    const left = (await ada.send('GET', '/api/notes?deleted=true')).body.notes
    expect(left.map((note: { id: string }) => note.id)).toEqual([again.record])
    expect((await ada.send('POST', `/api/notes/${again.record}/restore`)).status).toBe(200)
    server.clock.now += TRASH_MS
    await server.upkeep()
    expect((await ada.send('GET', `/api/notes/${again.record}`)).status).toBe(200)
  })

  it('deleted by REST is emptied too, whatever device’s clock is wrong', async () => {
    const { note } = (await ada.send('POST', '/api/notes', { title: 'x' })).body
    await ada.send('DELETE', `/api/notes/${note.id}`)
    const ahead = device(ada, { now: NOW + 2 * TRASH_MS })
    const other = mutation({ title: 'y' })
    await ahead.push([other])
    await ahead.push([change(other.record, 1, { deleted: true })])
    await server.upkeep()
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toHaveLength(2)
    server.clock.now += TRASH_MS
    await server.upkeep()
    expect((await ada.send('GET', '/api/notes?deleted=true')).body.notes).toEqual([])
  })

  it('an edit or restore of what was emptied meanwhile is a conflict with it, and can be sent whole', async () => {
    const note = mutation({ title: 'x', content: 'y' })
    await a.push([note])
    await a.push([change(note.record, 1, { deleted: true })])
    server.clock.now += TRASH_MS
    await server.upkeep()
    const late = await a.one(change(note.record, 2, { deleted: false }))
    expect(late).toMatchObject({ outcome: 'conflict', record: { version: 3, fields: { purged: true } } })
    const whole = change(note.record, 3, { title: 'x', content: 'y', deleted: false, purged: false })
    expect(await a.one(whole)).toMatchObject({ outcome: 'applied', version: 4 })
    server.clock.now += TRASH_MS
    await server.upkeep()
    expect((await ada.send('GET', `/api/notes/${note.record}`)).body.note.content).toBe('y')
  })

  it('P8 a record in it that cannot be removed delays no other', async () => {
    const notes = Array.from({ length: 60 }, (_, n) => mutation({ title: `${n}` }))
    await a.push(notes)
    await a.push(notes.map((note) => change(note.record, 1, { deleted: true })))
    const broken = notes[10]?.record ?? ''
    await server.db.updateTable('record').set({ fields: 'broken' }).where('id', '=', broken).execute()
    server.clock.now += TRASH_MS
    await server.upkeep()
    const left = await server.db.selectFrom('record').select('id').where('purged', '=', 0).execute()
    expect(left).toEqual([{ id: broken }])
    expect(server.logs.filter((line) => line.includes('could not be removed'))).toHaveLength(1)
  })
})
