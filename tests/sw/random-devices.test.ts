import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fields, list, type RecordState, text } from '../../src/core/records.ts'
import { writePolicy } from '../../src/store/policy.ts'
import { type TestServer, testServer } from '../server/fixture.ts'
import { type Device, tick } from '../support/device.ts'
import {
  type Choose,
  calm,
  expectConverged,
  type Pair,
  pairOf,
  pass,
  settleConflicts,
  stored,
} from '../support/device-pair.ts'

const RUNS = Number(process.env.PAWKIT_RUNS ?? 50)
const FIRST = Number(process.env.PAWKIT_SEED ?? 1)
const STEPS = 60

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.stop())

/** A random number in [0, 1) from a seed (mulberry32): a failing seed replays. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Words that were typed, each once in the world, and not taken out again by a person. */
class Typed {
  readonly words = new Set<string>()
  readonly #gone = new Set<string>()
  #count = 0

  next(): string {
    this.#count++
    return `w${this.#count}_`
  }

  /** A person saw `before` and left `after`: what is new counts, what is gone was meant to go. */
  wrote(before: string, after: string): void {
    for (const word of before.match(/w\d+_/g) ?? []) {
      if (after.includes(word)) continue
      this.words.delete(word)
      this.#gone.add(word)
    }
    for (const word of after.match(/w\d+_/g) ?? []) if (!before.includes(word)) this.words.add(word)
  }

  /** What was taken out of it elsewhere meanwhile does not come back with it. */
  binned(body: string, deleted: boolean): void {
    for (const word of body.match(/w\d+_/g) ?? [])
      if (deleted) this.words.delete(word)
      else if (!this.#gone.has(word)) this.words.add(word)
  }
}

interface Act {
  readonly both: Pair
  readonly which: 0 | 1
  readonly device: Device
  readonly random: () => number
  readonly typed: Typed
  readonly ids: string[]
  /** What editors have loaded and have not taken anything in since, by device and record. */
  readonly editors: Map<string, string>
  readonly record: RecordState | null
}

const bodyOf = (record: RecordState): string => (record.kind === 'card' ? 'description' : 'content')
const urgencyOf = (random: () => number) => (random() < 0.5 ? 'typing' : 'at-once')
const choose = <T>(random: () => number, first: T, ...rest: T[]): T =>
  [first, ...rest][Math.floor(random() * (rest.length + 1))] ?? first
const a4 = (random: () => number) => `https://${choose(random, 'a', 'b', 'c', 'd')}.example/`

async function create({ device, random, typed, ids }: Act): Promise<void> {
  const id = device.newId()
  const word = typed.next()
  const isCard = random() < 0.4
  const typing: Fields = isCard ? { url: a4(random), description: word } : { title: 'new', content: word }
  const done = await device.write(id, typing, { kind: isCard ? 'card' : 'note' })
  if (done.is !== 'written') return
  ids.push(id)
  typed.wrote('', word)
}

/** Types into a line, adds one, now and then takes one out; in an editor that may be behind what is stored. */
async function type({ which, device, random, typed, editors, record }: Act): Promise<void> {
  if (!record || record.fields.purged === true || record.fields.deleted === true) return
  const field = bodyOf(record)
  const editor = `${which} ${record.id}`
  const shown = (random() < 0.4 ? editors.get(editor) : undefined) ?? text(record.fields[field])
  const lines = shown.split('\n')
  const at = Math.floor(random() * (lines.length + 1))
  if (random() < 0.3) lines.splice(at, 0, typed.next())
  else lines[Math.min(at, lines.length - 1)] += ` ${typed.next()}`
  if (random() < 0.15) lines.splice(Math.floor(random() * lines.length), 1)
  const after = lines.join('\n')
  const done = await device.write(
    record.id,
    { [field]: after },
    { shown: { [field]: shown }, urgency: urgencyOf(random) },
  )
  if (done.is !== 'written') throw new Error(done.is)
  typed.wrote(shown, after)
  if (random() < 0.5) editors.set(editor, text(done.record.fields[field]))
}

/** Another word in the place of the first, where the other device may do the same. */
async function rewrite({ device, random, typed, record }: Act): Promise<void> {
  if (!record || record.fields.purged === true || record.fields.deleted === true) return
  const field = bodyOf(record)
  const before = text(record.fields[field])
  const after = before.replace(/w\d+_/, typed.next())
  const done = await device.write(record.id, { [field]: after }, { urgency: urgencyOf(random) })
  if (done.is !== 'written') throw new Error(done.is)
  typed.wrote(before, after)
}

/** What a person says to a conflict: one side, or all words of both. */
const chooser =
  (random: () => number, typed: Typed): Choose =>
  ({ record, base }) => {
    const take = choose(random, 'local', 'server', 'merged')
    const field = bodyOf(record)
    // Choosing the side that was deleted for good is doing so.
    if (take === 'server' && base.fields.purged === true) typed.wrote(text(record.fields[field]), '')
    if (take !== 'merged') return { take }
    const words = `${text(base.fields[field])} ${text(record.fields[field])}`.match(/w\d+_/g) ?? []
    return { take, fields: { [field]: [...new Set(words)].join(' ') } }
  }

async function choosePolicy({ device, random }: Act): Promise<void> {
  await writePolicy(device.db, device.library, {
    ours: choose(random, 'latest', 'latest', 'latest-text', 'server', 'device', 'ask'),
    theirs: 'server',
    deletedThere: choose(random, 'edit', 'edit', 'ask'),
    deletedHere: choose(random, 'edit', 'edit', 'ask'),
  })
}

async function change({ device, random, record }: Act, fields: Fields): Promise<void> {
  if (record && record.fields.purged !== true)
    await device.write(record.id, fields, { urgency: urgencyOf(random) })
}

/** Into the Trash, or out of it. A deleted card that turns out to be a duplicate just goes (design.md, conflicts). */
async function bin(on: Act): Promise<void> {
  const { record, typed } = on
  if (!record) return
  const deleted = record.fields.deleted !== true
  const body = text(record.fields[bodyOf(record)])
  if (record.kind === 'card' && record.version === 0) typed.binned(body, deleted)
  await change(on, { deleted })
}

async function purge({ device, typed, record }: Act): Promise<void> {
  if (record?.fields.deleted !== true || record.fields.purged === true) return
  await device.write(record.id, { deleted: true, purged: true })
  typed.wrote(text(record.fields[bodyOf(record)]), '')
}

/** The worker dies somewhere in a drain: its requests may have arrived, nothing of its memory is left. */
async function die({ device, random }: Act): Promise<void> {
  const drain = device.engine.wake('poke', 3000)
  for (let i = Math.floor(random() * 12); i > 0; i--) await tick()
  device.restart()
  await drain
}

function network({ both, which, device, random }: Act): void {
  const line = both.lines[which]
  line.cut = choose(random, 'no', 'no', 'before', 'after')
  device.online = line.cut !== 'before' || random() < 0.5
}

const wake = ({ device, random }: Act): Promise<void> =>
  device.engine.wake(choose(random, 'poke', 'poke', 'changed', 'sync-now', 'hidden'), choose(random, 0, 5000))

async function act(on: Act): Promise<unknown> {
  const { random, record } = on
  const dice = Math.floor(random() * 24)
  if (dice < 2) return create(on)
  if (dice < 8) return type(on)
  if (dice === 8) return change(on, { title: `title ${Math.floor(random() * 5)}` })
  if (dice === 9)
    return change(on, {
      tags: [...list(record?.fields.tags).slice(random() < 0.3 ? 1 : 0), `t${Math.floor(random() * 9)}`],
    })
  if (dice < 12) return bin(on)
  if (dice === 12)
    return record?.kind === 'card' ? change(on, { url: a4(random) }) : change(on, { pinned: random() < 0.5 })
  if (dice === 13) return purge(on)
  if (dice === 14) return network(on)
  if (dice === 15) on.both.server.world.failing = random() < 0.4
  if (dice === 16) return die(on)
  if (dice === 17) return Promise.all([on.device.engine.wake('changed', 3000), type(on)])
  if (dice < 20) return rewrite(on)
  if (dice === 20) return settleConflicts(on.device, chooser(random, on.typed))
  if (dice === 21) return choosePolicy(on)
  return wake(on)
}

describe('P4, P5: random runs of two devices end equal, and nothing typed is lost', () => {
  test(`${RUNS} seeds of ${STEPS} steps`, { timeout: 600_000 }, async () => {
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
      const why = `seed ${seed} (PAWKIT_SEED=${seed} PAWKIT_RUNS=1 replays it)`
      const random = randomFrom(seed)
      const both = await pairOf(server, `seed${seed}`)
      const state = {
        both,
        random,
        typed: new Typed(),
        ids: [] as string[],
        editors: new Map<string, string>(),
      }
      for (let i = 0; i < STEPS; i++) {
        pass(both, Math.floor(random() * 4000))
        const which = random() < 0.5 ? 0 : 1
        const device = both.devices[which]
        const id = state.ids[Math.floor(random() * state.ids.length)]
        const record = id ? (await device.held(id)).record : null
        await act({ ...state, which, device, record })
      }
      both.server.world.failing = false
      await calm(both, chooser(random, state.typed))
      await expectConverged(both, why)
      const rows = (await Promise.all(both.devices.map(stored))).flat()
      const history = (await Promise.all(both.devices.map((device) => device.history()))).flat()
      const kept = [
        ...rows.flatMap((row) => text(row.fields[bodyOf(row)])),
        ...history.map(({ value }) => text(value)),
      ].join(' ')
      const lost = [...state.typed.words].filter((word) => !kept.includes(word))
      expect(lost, `${why}: lost`).toEqual([])
      for (const device of both.devices) device.db.close()
    }
  })
})
