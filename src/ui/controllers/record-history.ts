import { type Fields, type RecordState, titleOf } from '../../core/records.ts'
import type { ConnectionState } from '../../core/status.ts'
import { type Kept, readHistory } from '../../store/history.ts'
import type { FieldPart, HistoryItem, OpenHistory, PutBack, ServerSide } from '../history.ts'
import { type Missing, partOf } from '../history-words.ts'
import type { WriteResult } from '../model.ts'
import { problemOf } from '../outcome.ts'
import { restoring, sameField } from '../restoring.ts'
import { type Entry, timelineOf } from '../timeline.ts'
import type { ServerVersion } from '../versions-client.ts'
import { momentOf } from '../words.ts'
import { askVersions, type VersionsPage } from './ask-versions.ts'
import type { HistoryHost, HistoryWorld } from './history-desk.ts'

/** Differences are worked out for so long at a time, ms; then a key or a click has its turn. */
const TURN = 12

/** One record's history while its panel is open: this device's part at once, the server's as it comes. */
export class RecordHistory extends EventTarget implements OpenHistory {
  readonly #world: HistoryWorld
  readonly #host: HistoryHost
  readonly #id: string
  readonly #library: string
  readonly #ended = new AbortController()
  readonly #parts = new Map<string, { readonly from: Entry['from']; readonly parts: readonly FieldPart[] }>()
  #kept: Kept = { rows: [], offset: 0 }
  #versions: readonly ServerVersion[] = []
  #next: string | null = null
  #showing = 0
  #reading = false
  #wanted = false
  #was: ConnectionState
  items: readonly HistoryItem[] = []
  /** The server's part has been read, and is shown with the next items: until then nothing says that there is none. */
  #isRead = false
  server: ServerSide = { is: 'reading' }
  readingOlder = false
  noOlder: string | null = null

  constructor(world: HistoryWorld, host: HistoryHost, id: string) {
    super()
    this.#world = world
    this.#host = host
    this.#id = id
    this.#library = world.library()
    this.#was = host.summary.connection
    const { signal } = this.#ended
    host.addEventListener('records', (event) => this.#onRecords(event), { signal })
    host.addEventListener('summary', () => this.#onSummary(), { signal })
  }

  get more(): boolean {
    return this.#next !== null
  }

  /** What this device has; the server's part is then on its way. */
  async begin(): Promise<void> {
    await this.#readKept()
    void this.again()
  }

  close(): void {
    this.#ended.abort()
  }

  /** Reads the newest versions, and again after whatever was in the way. */
  async again(): Promise<void> {
    this.#wanted = true
    if (this.#reading) return
    this.#reading = true
    try {
      if (this.server.is === 'missing') this.#say({ is: 'reading' })
      while (this.#wanted) await this.#readNewest()
    } finally {
      this.#reading = false
    }
  }

  async #readNewest(): Promise<void> {
    this.#wanted = false
    const answer = await this.#ask(null)
    if (!answer) return
    if ('why' in answer) return this.#say({ is: 'missing', ...answer })
    this.#prepend(answer)
    this.#isRead = true
    await this.#show()
  }

  async older(): Promise<void> {
    const from = this.#next
    if (from === null || this.readingOlder) return
    this.readingOlder = true
    this.noOlder = null
    this.#fire()
    const answer = await this.#ask(from)
    this.readingOlder = false
    if (answer && 'why' in answer) this.noOlder = answer.why
    // Meanwhile the newest may have been read afresh, after a gap.
    else if (answer && from === this.#next) {
      this.#versions = [...this.#versions, ...answer.versions]
      this.#next = answer.next
    }
    await this.#show()
  }

  async restore({ fields, at }: PutBack): Promise<WriteResult | 'same'> {
    const record = this.#record
    if (!record) return { is: 'storage', message: 'the record is not on this device any more.' }
    const { shown, typed } = restoring(record, fields)
    if (Object.keys(typed).length === 0) return 'same'
    const result = await this.#host.edit(this.#id, shown, typed, 'put-back')
    if (result.is !== 'written') return result
    const undo = (): void => void this.#undo(record, typed, shown)
    const words = `“${titleOf(record)}” is as it was ${this.#when(at)}.`
    this.#host.notify('status', words, { label: 'Undo', run: undo })
    return result
  }

  async #undo(record: RecordState, typed: Fields, shown: Fields): Promise<void> {
    const problem = problemOf(await this.#host.edit(this.#id, typed, shown, 'put-back'))
    if (problem !== null) this.#host.notify('alert', `“${titleOf(record)}” was not changed. ${problem}`)
  }

  #when(at: number): string {
    const words = momentOf(at, this.#world.now())
    return words.includes(',') ? `on ${words}` : `at ${words}`
  }

  get #record(): RecordState | undefined {
    return this.#host.records.get(this.#id)?.record
  }

  #ask(cursor: string | null): Promise<VersionsPage | Missing | null> {
    return askVersions(this.#world, this.#host, this.#id, cursor, this.#ended.signal)
  }

  #prepend({ versions, next }: VersionsPage): void {
    const [newest] = this.#versions
    const known = newest ? versions.findIndex((one) => sameVersion(one, newest)) : -1
    if (known < 0) {
      this.#versions = versions
      this.#next = next
    } else this.#versions = [...versions.slice(0, known), ...this.#versions]
  }

  async #readKept(): Promise<void> {
    this.#kept = await readHistory(this.#world.db, this.#library, this.#id)
    await this.#show()
  }

  #onRecords(event: Event): void {
    const ids: unknown = event instanceof CustomEvent ? event.detail : null
    if (!Array.isArray(ids) || !ids.includes(this.#id)) return
    // The store is lost or another library's: the page says that elsewhere.
    this.#readKept().catch(() => {})
    const known = Math.max(
      0,
      ...this.#versions.filter(({ applied }) => applied).map(({ version }) => version),
    )
    if ((this.#record?.version ?? 0) > known) void this.again()
  }

  #onSummary(): void {
    const { server } = this
    const { connection } = this.#host.summary
    if (server.is === 'missing' && server.again && connection === 'online' && this.#was !== 'online')
      void this.again()
    this.#was = connection
  }

  /** Works the differences out a little at a time, and shows them all at once, so that nothing jumps. */
  async #show(): Promise<void> {
    const turn = ++this.#showing
    const record = this.#record
    const { summary } = this.#host
    const entries = record
      ? timelineOf({
          record,
          versions: this.#versions,
          more: this.more,
          ...this.#kept,
          account: summary.account?.id ?? null,
          device: this.#library,
        })
      : []
    const items: HistoryItem[] = []
    let since = performance.now()
    for (const entry of entries) {
      items.push(this.#itemOf(entry, record?.kind ?? ''))
      if (performance.now() - since < TURN) continue
      await new Promise((resolve) => setTimeout(resolve))
      if (turn !== this.#showing || this.#ended.signal.aborted) return
      since = performance.now()
    }
    this.items = items
    if (this.#isRead) this.#say({ is: 'read' })
    else this.#fire()
  }

  #itemOf(entry: Entry, kind: string): HistoryItem {
    const { from, to, ...item } = entry
    const known = this.#parts.get(entry.key)
    if (known && sameFields(known.from, from)) return { ...item, parts: known.parts }
    const parts = Object.keys(to)
      .filter((field) => !sameField(kind, field, from[field], to[field]))
      .map((field) => partOf(kind, field, from[field], to[field], this.#host.records))
    this.#parts.set(entry.key, { from, parts })
    return { ...item, parts }
  }

  #say(server: ServerSide): void {
    this.#isRead = false
    this.server = server
    this.#fire()
  }

  #fire(): void {
    this.dispatchEvent(new Event('change'))
  }
}

const sameVersion = (a: ServerVersion, b: ServerVersion): boolean =>
  a.version === b.version && a.at === b.at && a.applied === b.applied

/** The differences worked out before still hold: `from` is made anew of the same values. */
const sameFields = (a: Fields, b: Fields): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
