import { Fenced } from '../../store/session.ts'
import type { WriteResult } from '../model.ts'
import { type Control, leave, type Refused } from '../session-model.ts'
import { DraftDesk } from './draft-desk.ts'

/** A tab that may write and is refused all the same asks its person in the end. */
const MOST_TRIES = 3

/** Edits of a tab that may not write: none is begun without a person's word. */
export abstract class GuardDesk extends DraftDesk {
  abstract readonly control: Control
  /** Control is being taken here; null: it is not. */
  protected abstract readonly under: Promise<unknown> | null
  /** Whoever has the right is not there: in a moment it is back, or this tab has it, and nobody need be asked. */
  protected abstract readonly vacant: boolean
  readonly #held: Refused[] = []
  /** Those for which something is being done here first. */
  readonly #coming = new Set<Refused>()
  /** How many edits have been wanted that could not be made at once. */
  protected wanted = 0
  /** Under which this tab may write, or last might. */
  protected abstract readonly epoch: number
  /** A write under this epoch was refused: this tab may have lost the right without having heard of it. */
  abstract fenced(epoch: number): Promise<void>

  /**
   * Makes a change, or asks the person first where another tab has control, be it that this one only learns so now.
   * Rejects with Fenced where the person leaves it at that.
   */
  async permit<T>(record: string | null, change: () => Promise<T>): Promise<T> {
    let dropped = false
    // In the task of the person's word: what they have typed since is written after it.
    const ask = (): Promise<T> =>
      new Promise((made, no) => {
        const drop = (): void => {
          dropped = true
          no(new Fenced())
        }
        this.refuse({ record, go: () => made(change()), drop })
      })
    for (let tries = 0; ; tries++) {
      // Fenced though it is active: it had given the right up as it froze, and has it again.
      const may = this.control === 'active' ? tries < MOST_TRIES : this.control === 'yielding'
      const { epoch } = this
      try {
        return await (may ? change() : ask())
      } catch (error) {
        if (dropped || !(error instanceof Fenced)) throw error
        await this.fenced(epoch)
      }
    }
  }

  /** As `permit`, for what answers nothing: false where the person leaves it. */
  async attempt(record: string | null, change: () => Promise<unknown>): Promise<boolean> {
    try {
      await this.permit(record, change)
      return true
    } catch (error) {
      if (error instanceof Fenced) return false
      throw error
    }
  }

  /** As `permit`, for the one write path. */
  async guard(record: string | null, write: () => Promise<WriteResult>): Promise<WriteResult> {
    try {
      return await this.permit(record, async () => {
        const result = await write()
        if (result.is === 'fenced') throw new Fenced()
        return result
      })
    } catch (error) {
      if (error instanceof Fenced) return { is: 'fenced' }
      throw error
    }
  }

  begin(record: string | null, work: () => void): void {
    if (this.control === 'active') work()
    else this.refuse({ record, go: work, drop: () => {} })
  }

  refuse(refused: Refused): void {
    this.wanted++
    // Control is on its way here already: nobody has to be asked a second time.
    if (this.under) void this.#after(this.under, refused, () => this.settle(refused))
    else if (this.vacant) this.#held.push(refused)
    else this.#ask(refused)
  }

  /** Whether an edit can be made is known now. */
  protected settle(refused: Refused): void {
    if (this.control === 'active') refused.go()
    else this.#ask(refused)
  }

  goBehind(drafted: string, edit: Refused): Promise<void> {
    // What could not be taken in stays a draft, of which its person has been told; where control has gone again, all does.
    const go = (): void => (this.control === 'active' ? edit.go() : leave(edit))
    return this.#after(this.takeBack(edit.record, drafted), edit, go)
  }

  /** @param then not when the page has gone meanwhile, and what was wanted is kept */
  async #after(first: Promise<unknown>, refused: Refused, then: () => void): Promise<void> {
    this.#coming.add(refused)
    await first.catch(() => {})
    if (this.#coming.delete(refused)) then()
  }

  keepHeld(): void {
    const all = [...this.#held.splice(0), ...this.#coming]
    this.#coming.clear()
    for (const refused of all) leave(refused)
  }

  /** Whoever had the right is back, or it is this tab's. */
  protected settleHeld(): void {
    for (const refused of this.#held.splice(0)) this.settle(refused)
  }

  #ask(refused: Refused): void {
    this.dispatchEvent(new CustomEvent('refused', { detail: refused }))
  }
}
