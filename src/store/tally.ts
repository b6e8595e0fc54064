import type { JournalEvent } from '../core/journal.ts'
import { ancestorsOf } from '../core/outbox.ts'
import type { Standpoint } from '../core/reconcile.ts'
import type { RecordState } from '../core/records.ts'
import type { Held, Settled } from '../core/settle.ts'

/** What an applied answer did, for the page and the log. */
export interface Applied {
  readonly ids: readonly string[]
  /** Records that came back because an edit met a deletion. */
  readonly returned: readonly RecordState[]
  /** Records with a conflict that has just opened. */
  readonly conflicts: readonly RecordState[]
  /** Records in which another account's value won. */
  readonly overruled: readonly RecordState[]
  /** Titles are looked up by the page; here only what was refused and why. */
  readonly refused: readonly { readonly record: RecordState; readonly message: string }[]
  /** For the sync log. */
  readonly events: readonly JournalEvent[]
  /** Mutations whose outcome the answer did not tell: still unsettled. */
  readonly unknown: number
}

/** Gathered while one answer is applied. */
export class Tally implements Applied {
  readonly ids: string[] = []
  readonly returned: RecordState[] = []
  readonly conflicts: RecordState[] = []
  readonly overruled: RecordState[] = []
  readonly refused: { record: RecordState; message: string }[] = []
  readonly events: JournalEvent[] = []
  unknown = 0
  readonly standpoint: Standpoint

  constructor(standpoint: Standpoint) {
    this.standpoint = standpoint
  }

  add(id: string, held: Held, settled: Settled): void {
    this.ids.push(id)
    const { record, returned } = settled
    if (!record) return
    if (returned) this.returned.push(record)
    const lost = settled.lost.map(({ field }) => field)
    if (lost.length > 0 || returned || settled.merged)
      this.events.push({ what: 'merged', record: id, lost, returned })
    if (settled.overruled) this.overruled.push(record)
    const fields = Object.keys(ancestorsOf(settled.entry))
    const before = Object.keys(ancestorsOf(held.entry))
    if (fields.join() === before.join()) return
    this.events.push({ what: 'conflict', record: id, fields })
    if (before.length === 0) this.conflicts.push(record)
  }
}
