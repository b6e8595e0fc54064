import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test'
import type { Account } from './client.ts'
import { readRow, storedField } from './store.ts'

/** The page as a person finds it: by the names of the contract. */
export class App {
  readonly page: Page
  readonly library: Locator
  readonly title: Locator
  readonly content: Locator

  constructor(page: Page) {
    this.page = page
    this.library = page.getByRole('list', { name: 'Library' })
    this.title = page.getByRole('textbox', { name: 'Title' })
    this.content = page.getByRole('textbox', { name: 'Content' })
  }

  /** A new tab on an address, controlled by the worker. */
  static async open(context: BrowserContext, path = '/'): Promise<App> {
    const app = new App(await context.newPage())
    await app.page.goto(path)
    await app.controlled()
    return app
  }

  /** From here on the tab opens offline and may close at any time. */
  async controlled(): Promise<void> {
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name })
  }

  notice(text: string | RegExp): Locator {
    return this.page.getByRole('status').filter({ hasText: text })
  }

  /** The link in the library that opens a record. */
  entry(title: string): Locator {
    return this.library.getByRole('link', { name: title, exact: true })
  }

  async enter(account: Account, how: 'Create account' | 'Sign in'): Promise<void> {
    await this.button('Sign in').click()
    const dialog = this.dialog('Sign in')
    await dialog.getByRole('textbox', { name: 'Email' }).fill(account.email)
    await dialog.getByLabel('Password').fill(account.password)
    await dialog.getByRole('button', { name: how, exact: true }).click()
  }

  async signUp(account: Account): Promise<void> {
    await this.enter(account, 'Create account')
    await expect(this.button('Account')).toBeVisible()
  }

  async signIn(account: Account): Promise<void> {
    await this.enter(account, 'Sign in')
    await expect(this.button('Account')).toBeVisible()
  }

  /** Opens dialog `Sign out`. */
  async askToSignOut(): Promise<Locator> {
    await this.button('Account').click()
    await this.page.getByRole('menuitem', { name: 'Sign out' }).click()
    const dialog = this.dialog('Sign out')
    await expect(dialog).toBeVisible()
    return dialog
  }

  /** Makes a note by typing; returns its id. */
  async newNote(title: string, content = ''): Promise<string> {
    const before = this.page.url()
    await this.button('New note').click()
    await expect(this.page).not.toHaveURL(before)
    await expect(this.title).toBeFocused()
    await this.page.keyboard.type(title)
    if (content) {
      await this.content.focus()
      await this.page.keyboard.type(content)
    }
    return this.id
  }

  /** The id of the record that is open. */
  get id(): string {
    return new URL(this.page.url()).pathname.split('/')[2] ?? ''
  }

  /** Types at the end of the open note's text. */
  async write(text: string): Promise<void> {
    await this.content.focus()
    await this.page.keyboard.press('Control+End')
    await this.page.keyboard.type(text)
  }

  /** The state of the record that is open, or that of an entry. */
  get state(): Locator {
    return this.page.locator('pawkit-record-bar [data-sync-state]')
  }

  /** All that the open editor shows is on the server, and the page says so. */
  async synced(): Promise<void> {
    const { page, id } = this
    const settled = async (): Promise<boolean> => {
      const kept = [await storedField(page, id, 'title'), await storedField(page, id, 'content')]
      const shown = [await this.title.inputValue(), await this.content.inputValue()]
      return (
        kept.every((text, index) => (text ?? '') === shown[index]) &&
        (await readRow(page, 'outbox', id)) === null
      )
    }
    // After three tries in vain, which a slow machine has time for, the next comes 15 s later and more.
    await expect.poll(settled, { timeout: 30_000, intervals: [50, 100, 250] }).toBe(true)
    await expect(this.state).toHaveAttribute('data-sync-state', 'synced')
  }

  async connection(state: 'online' | 'offline' | 'signed-out' | 'server-unreachable'): Promise<void> {
    await expect(this.page.locator('[data-connection]')).toHaveAttribute('data-connection', state)
  }

  figure(name: string): Locator {
    return this.page.locator(`[data-sync-figure="${name}"]`)
  }
}
