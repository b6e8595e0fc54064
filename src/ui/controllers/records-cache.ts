import type { Entry } from '../../core/outbox.ts'
import { list, type RecordState, sameJson, titleOf } from '../../core/records.ts'
import type { Receipt, RecordView } from '../model.ts'
import type { Facts } from '../summary.ts'
import { viewOf, worldOf } from '../summary.ts'

/** The page's copy of what the store holds, for rendering: views by id, made anew when record or sync state changes. */
export class RecordsCache {
  readonly views = new Map<string, RecordView>()
  #words = ''
  /** Those that had an entry at the last look. */
  #dirty: readonly string[] = []
  readonly #former = new Map<string, string>()

  /** The card that took in a card of this id, or the id itself. */
  resolve(id: string): string {
    return this.#former.get(id) ?? id
  }

  /**
   * @param receipt left out by a write of this page, which changes none
   * @returns whether anything that is shown changed
   */
  put(record: RecordState, entry: Entry | null, facts: Facts, receipt?: Receipt | 'gone' | null): boolean {
    const before = this.views.get(record.id)
    const view = viewOf(record, entry, facts, receipt === undefined ? (before?.receipt ?? null) : receipt)
    if (before && sameView(before, view)) return false
    this.views.set(record.id, view)
    if (record.kind === 'card')
      for (const former of list(record.fields.formerIds)) this.#former.set(former, record.id)
    return true
  }

  /** The sync state of records anew. @returns the ids of those that are shown otherwise now */
  learn(entries: ReadonlyMap<string, Entry>, facts: Facts): string[] {
    const day = new Date(facts.now).getDate()
    const words = JSON.stringify({ ...worldOf(facts), background: facts.background, day })
    const ids = words === this.#words ? new Set([...this.#dirty, ...entries.keys()]) : this.views.keys()
    this.#words = words
    this.#dirty = [...entries.keys()]
    const changed: string[] = []
    for (const id of [...ids]) {
      const view = this.views.get(id)
      if (view && this.put(view.record, entries.get(id) ?? null, facts)) changed.push(id)
    }
    return changed
  }

  titlesOf(ids: readonly string[]): ReadonlyMap<string, string> {
    const known = ids.flatMap((id) => this.views.get(id)?.record ?? [])
    return new Map(known.map((record) => [record.id, titleOf(record)]))
  }

  remove(id: string): boolean {
    return this.views.delete(id)
  }

  clear(): void {
    this.views.clear()
    this.#former.clear()
  }
}

const sameView = (a: RecordView, b: RecordView): boolean =>
  a.state === b.state &&
  a.stateText === b.stateText &&
  a.record.version === b.record.version &&
  sameJson(a.record.fields, b.record.fields) &&
  sameJson(a.record.stamps, b.record.stamps)
