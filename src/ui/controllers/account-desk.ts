import { createAccount, endSession, signIn } from '../../account.ts'
import { MESSAGES_VERSION } from '../../core/messages.ts'
import type { RecordState } from '../../core/records.ts'
import { adoptLibrary, forgetDevice, readDevice, wipeLibrary } from '../../store/library.ts'
import { moveLibrary } from '../../store/move.ts'
import type { SyncState } from '../../store/read.ts'
import { downloadLibrary } from '../export-library.ts'
import type { Account, OtherLibraryChoice, SignInResult } from '../model.ts'
import type { PageWorld } from './page-world.ts'

/** Signing in and out: which account this device's library belongs to (design.md, "Accounts on a device"). */
export class AccountDesk {
  readonly #world: PageWorld
  /** Signed in, but this device holds another account's library: the person is being asked. */
  #waiting: Account | null = null
  /** The library's id after it was replaced; null: as it was. */
  library: string | null = null

  constructor(world: PageWorld) {
    this.#world = world
  }

  async enter(
    library: string,
    how: 'sign-in' | 'create',
    email: string,
    password: string,
    state: SyncState,
  ): Promise<SignInResult> {
    const refused = await this.#endPendingSession()
    if (refused) return refused
    const answer = await (how === 'create' ? createAccount(email, password) : signIn(email, password))
    if (answer.is === 'refused') return answer
    const { db, worker } = this.#world
    if ((await adoptLibrary(db, library, answer.account)) === 'adopted') {
      worker?.announce({ v: MESSAGES_VERSION, type: 'status-changed' })
      return { is: 'signed-in' }
    }
    this.#waiting = answer.account
    return {
      is: 'other-library',
      email: state.library?.account?.email ?? '',
      records: state.records,
      unsynced: state.entries.length,
    }
  }

  async answer(
    library: string,
    choice: OtherLibraryChoice,
    records: readonly RecordState[],
  ): Promise<SignInResult> {
    const account = this.#waiting
    this.#waiting = null
    if (!account) return { is: 'refused', message: 'Sign in again.' }
    const { db, worker, now, newId } = this.#world
    if (choice === 'cancel') {
      await endSession()
      return { is: 'refused', message: 'You were not signed in. This device keeps its library.' }
    }
    worker?.abort()
    const next = newId()
    if (choice === 'move') await moveLibrary(db, library, next, account, now())
    else {
      downloadLibrary(records)
      await wipeLibrary(db, next, null)
      await adoptLibrary(db, next, account)
    }
    this.library = next
    worker?.announce({ v: MESSAGES_VERSION, type: 'library-replaced', library: next })
    return { is: 'signed-in' }
  }

  /**
   * Removes the library from this device; the worker then ends the session at the server, at once or with the
   * next connection, and sends and pulls nothing before that.
   */
  async leave(): Promise<void> {
    const { db, worker, now, newId } = this.#world
    worker?.abort()
    const next = newId()
    await wipeLibrary(db, next, now())
    this.library = next
    worker?.announce({ v: MESSAGES_VERSION, type: 'library-replaced', library: next })
    worker?.wake('signed-in')
  }

  /** A sign-out that has not reached the server must come before a sign-in, or it would end the new session. */
  async #endPendingSession(): Promise<SignInResult | null> {
    if (!(await readDevice(this.#world.db, 'sign-out'))) return null
    this.#world.worker?.abort()
    if (!(await endSession()))
      return { is: 'refused', message: 'The server does not answer. Try again when you are online.' }
    await forgetDevice(this.#world.db, 'sign-out')
    return null
  }
}
