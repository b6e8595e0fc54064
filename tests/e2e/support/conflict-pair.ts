import { expect, type Page } from '@playwright/test'
import type { JournalRow } from '../../../src/core/journal.ts'
import type { Entry } from '../../../src/core/outbox.ts'
import {
  DEFAULTS,
  type Fields,
  isDeleted,
  isKind,
  isPurged,
  type Json,
  KIND_NAMES,
  type Kind,
  list,
  mergeKind,
  type RecordState,
  updatedAt,
} from '../../../src/core/records.ts'
import type { HistoryRow } from '../../../src/store/schema.ts'
import { App } from './app.ts'
import { ADA, type Client, newId } from './client.ts'
import { Hand, Typed } from './conflict-edits.ts'
import type { Site } from './site.ts'
import type { Devices } from './test.ts'

/** Whose network comes back first; the other one then finds the first one's changes at the server. */
export const ORDERS = ['here first', 'there first'] as const
export type Order = (typeof ORDERS)[number]

const CALM = { timeout: 60_000, intervals: [200, 300, 500] }

interface Lying {
  readonly records: readonly RecordState[]
  readonly bases: readonly RecordState[]
  readonly outbox: readonly Entry[]
  readonly history: readonly HistoryRow[]
  readonly journal: readonly JournalRow[]
}

/** All that lies on a device, of one moment. */
export function lyingOn(page: Page): Promise<Lying> {
  return page.evaluate(
    (stores) =>
      new Promise<Lying>((resolve, reject) => {
        const opening = indexedDB.open('pawkit')
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          const db = opening.result
          const tx = db.transaction(stores)
          const asked = stores.map((name) => [name, tx.objectStore(name).getAll()] as const)
          tx.onerror = () => reject(tx.error)
          tx.oncomplete = () => {
            db.close()
            resolve(Object.fromEntries(asked.map(([name, got]) => [name, got.result])) as unknown as Lying)
          }
        }
      }),
    ['records', 'bases', 'outbox', 'history', 'journal'],
  )
}

export type Shown = Readonly<Record<string, Json>>

/** As the contract shows a record, sets in one order. */
function shape(kind: Kind, record: Shown, deleted: boolean): string {
  const fields = Object.keys(DEFAULTS[kind]).filter((field) => field !== 'formerIds')
  const own = fields.map((field) => {
    const value = record[field] ?? DEFAULTS[kind][field] ?? null
    return [field, mergeKind(kind, field) === 'set' ? [...list(value)].sort() : value]
  })
  const { id = null, version = null, updatedAt: at = null } = record
  return JSON.stringify({ id, version, at, deleted, ...Object.fromEntries(own) })
}

function shapeHere({ id, kind, version, fields, stamps }: RecordState): string {
  const at = new Date(updatedAt({ stamps })).toISOString()
  return isKind(kind) ? shape(kind, { ...fields, id, version, updatedAt: at }, isDeleted({ fields })) : kind
}

/** Every word of every text in it, however deep. */
function wordsIn(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set(value.split(/\s+/))
  if (typeof value !== 'object' || value === null) return new Set()
  return new Set(Object.values(value).flatMap((inner) => [...wordsIn(inner)]))
}

/** In the Trash of its device alone. */
const isAside = (record: RecordState): boolean => record.version === 0 && isDeleted(record)

/** Two signed-in browsers of one account, and what both of them and the server hold. */
export class Pair {
  readonly here: Hand
  readonly there: Hand
  readonly typed: Typed
  readonly script: Client

  private constructor(here: App, there: App, script: Client) {
    this.typed = new Typed()
    this.here = new Hand(here, this.typed)
    this.there = new Hand(there, this.typed)
    this.script = script
  }

  static async open(site: Site, devices: Devices): Promise<Pair> {
    const here = await App.open(await devices.context())
    await here.signUp(ADA)
    const there = await App.open(await devices.context())
    await there.signIn(ADA)
    return new Pair(here, there, await site.signIn(ADA))
  }

  get hands(): readonly [Hand, Hand] {
    return [this.here, this.there]
  }

  /** Makes records and returns their ids, in this order, once both browsers have them. */
  async seed<const Seeds extends readonly (readonly [Kind, Fields])[]>(
    ...seeds: Seeds
  ): Promise<{ [Index in keyof Seeds]: string }> {
    const createdAt = new Date().toISOString()
    const made = seeds.map(([kind, fields]) => ({
      record: newId(),
      kind,
      on: 0,
      fields: { ...fields, createdAt },
    }))
    await this.script.push(made)
    await this.agree()
    return made.map(({ record }) => record) as { [Index in keyof Seeds]: string }
  }

  /** Both lose the network. */
  async part(): Promise<void> {
    for (const { app } of this.hands) {
      await app.page.context().setOffline(true)
      await app.connection('offline')
    }
  }

  /** The first that comes back, then the second. */
  inOrder(order: Order): readonly [Hand, Hand] {
    return order === 'here first' ? this.hands : [this.there, this.here]
  }

  /**
   * @param waiting records that then wait for a person, on the second that comes back
   * @param aside in the Trash of one device alone, as for `agree`
   */
  async rejoin(order: Order, waiting: readonly string[] = [], aside: readonly string[] = []): Promise<Hand> {
    const [first, second] = this.inOrder(order)
    await first.app.page.context().setOffline(false)
    await expect.poll(() => this.#differences([first.app], [], aside), CALM).toEqual([])
    await second.app.page.context().setOffline(false)
    await this.agree(waiting, aside)
    return second
  }

  /**
   * P5: nothing waits but for a person, and both browsers hold and show what the server answers.
   * @param aside in the Trash of one device alone, which no server has
   */
  async agree(waiting: readonly string[] = [], aside: readonly string[] = []): Promise<void> {
    const apps = this.hands.map(({ app }) => app)
    await expect.poll(() => this.#differences(apps, waiting, aside), CALM).toEqual([])
    const shown = () => Promise.all(apps.map((app) => app.library.getByRole('link').allTextContents()))
    if (waiting.length === 0)
      await expect
        .poll(async () => (await shown()).map((titles) => titles.sort().join()), CALM)
        .toEqual(
          Array(2).fill(
            (await this.atServer())
              .filter(({ deleted }) => !deleted)
              .map(({ record }) => String(record.title ?? record.name))
              .sort()
              .join(),
          ),
        )
  }

  /** P4: every word that was typed is in its record, in a version at the server, or in a device's own history or Trash. */
  async nothingLost(): Promise<void> {
    const lying = await Promise.all(this.hands.map(({ app }) => lyingOn(app.page)))
    const records = await this.atServer()
    const survivor = new Map(
      lying.flatMap((device) =>
        device.records.flatMap(({ id, fields }) => list(fields.formerIds).map((former) => [former, id])),
      ),
    )
    const lost: string[] = []
    for (const [typedInto, words] of this.typed.words()) {
      const id = survivor.get(typedInto) ?? typedInto
      const now = records.find(({ record }) => record.id === id)
      const versions = now ? await this.versions(now.kind, id) : []
      const rows = lying.flatMap(({ history }) =>
        history.filter(({ recordId }) => recordId === id || recordId === typedInto),
      )
      const own = lying.flatMap(({ records }) =>
        records.filter((record) => record.id === id && isAside(record)),
      )
      const found = wordsIn([now, versions, rows.map(({ value }) => value), own])
      lost.push(...words.filter((word) => !found.has(word)).map((word) => `${word} (${typedInto})`))
    }
    expect(lost).toEqual([])
  }

  async versions(kind: Kind, id: string): Promise<readonly unknown[]> {
    return (await this.script.get<{ versions: unknown[] }>(`/api/${kind}s/${id}/versions?limit=500`)).versions
  }

  async atServer(): Promise<{ kind: Kind; deleted: boolean; record: Shown }[]> {
    const all: { kind: Kind; deleted: boolean; record: Shown }[] = []
    for (const kind of KIND_NAMES)
      for (const deleted of [false, true]) {
        const path = `/api/${kind}s?limit=500${deleted ? '&deleted=true' : ''}`
        const answer = await this.script.get<Record<string, Shown[]>>(path)
        for (const record of answer[`${kind}s`] ?? []) all.push({ kind, deleted, record })
      }
    return all
  }

  /** What the server answers to GET, by id, those in the Trash too. */
  async byId(): Promise<ReadonlyMap<Json | undefined, Shown>> {
    return new Map((await this.atServer()).map(({ record, deleted }) => [record.id, { ...record, deleted }]))
  }

  /** What is not as it will be. A record in conflict has the server's in its base. */
  async #differences(
    apps: readonly App[],
    waiting: readonly string[],
    aside: readonly string[] = [],
  ): Promise<string[]> {
    const found: string[] = []
    const open = new Set<string>()
    const devices = await Promise.all(
      apps.map(async (app) => ({
        name: app === this.here.app ? 'here' : 'there',
        ...(await lyingOn(app.page)),
      })),
    )
    for (const { name, outbox } of devices)
      for (const { id, state } of outbox)
        if (state.is === 'conflict') open.add(id)
        else found.push(`${name}: ${id} waits, ${state.is}`)
    if ([...open].sort().join() !== [...waiting].sort().join())
      found.push(`in conflict: ${[...open].join()}, not ${waiting.join()}`)
    // Worth asking the server only now.
    if (found.length > 0) return found
    const there = (await this.atServer()).map(({ kind, deleted, record }) => shape(kind, record, deleted))
    for (const { name, records, bases } of devices) {
      const base = new Map(bases.map((record) => [record.id, record]))
      const held = records
        .filter((record) => !isPurged(record) && !(aside.includes(record.id) && isAside(record)))
        .map((record) => shapeHere((open.has(record.id) && base.get(record.id)) || record))
      for (const row of held) if (!there.includes(row)) found.push(`${name} alone: ${row}`)
      for (const row of there) if (!held.includes(row)) found.push(`${name} lacks: ${row}`)
    }
    return found
  }
}
