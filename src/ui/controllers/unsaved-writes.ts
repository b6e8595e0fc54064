import type { Write } from '../../core/messages.ts'
import { mergeWrite } from '../../core/reconcile.ts'
import { type Json, mergeKind } from '../../core/records.ts'

interface Kept {
  readonly write: Write
  /** Its place in what was typed; its number may have been raised since. */
  readonly place: number
}

/**
 * Writes that the store could not take. They go in later as one for each record, under the number of the last in it,
 * since the same write may reach the worker too and must take effect once.
 */
export class UnsavedWrites {
  #kept: readonly Kept[] = []

  /** One write a record, oldest first. */
  get all(): readonly Write[] {
    const writes = new Map<string, Write>()
    for (const { write } of [...this.#kept].sort((a, b) => a.place - b.place)) {
      const before = writes.get(write.id)
      writes.set(write.id, before ? together(before, write) : write)
    }
    return [...writes.values()].sort((a, b) => a.number - b.number)
  }

  keep(...writes: readonly Write[]): void {
    this.#kept = [...this.#kept, ...writes.map((write) => ({ write, place: write.number }))]
  }

  /** A later write holds the newer value of its fields. Its number hides those before, so what is left gets another. */
  wentThrough({ id, number, typed }: Write, nextNumber: () => number): void {
    this.#kept = this.#kept.flatMap((kept) => {
      if (kept.write.id !== id || kept.place > number) return [kept]
      const rest = Object.entries(kept.write.typed).filter(([field]) => !Object.hasOwn(typed, field))
      if (rest.length === 0) return []
      return [{ ...kept, write: { ...kept.write, typed: Object.fromEntries(rest), number: nextNumber() } }]
    })
  }

  /** Hands them over and forgets them. */
  take(): readonly Write[] {
    const { all } = this
    this.#kept = []
    return all
  }
}

function together(before: Write, write: Write): Write {
  const shown: Record<string, Json> = { ...before.shown }
  const typed: Record<string, Json> = { ...before.typed }
  for (const [field, value] of Object.entries(write.typed)) {
    const [was, held] = [write.shown[field], typed[field]]
    const kind = mergeKind(write.kind, field)
    // An editor that was refused begins again from what the store has: its text holds all that was typed before.
    const anew = (kind === 'text' || kind === 'line') && was !== held
    if (was !== undefined && (anew || shown[field] === undefined)) shown[field] = was
    // Two changes of a list are both meant; of a text or a single value the last is.
    typed[field] = kind === 'set' && held !== undefined ? mergeWrite(kind, was, value, held) : value
  }
  const { number, now } = write.number > before.number ? write : before
  return { ...write, kind: before.kind, create: before.create || write.create, shown, typed, number, now }
}
