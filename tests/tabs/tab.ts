import { setTimeout as pass } from 'node:timers/promises'
import type { CDPSession, Page } from '@playwright/test'
import { within } from '../chaos/limit.ts'
import { App } from '../e2e/support/app.ts'
import { asked, banner } from '../e2e/support/tabs.ts'
import type { TabsBrowser, Where } from './browser.ts'

const LIMIT = 15_000
const TRANSACTION = 20
const FREEZE = 4000

declare global {
  // Put into the page by `watchPage`.
  var pawkitTransactions: Set<IDBTransaction> | undefined
  var pawkitAsleep: boolean | undefined
  var pawkitReturned: boolean | undefined
  var pawkitTaken: string | undefined
}

/** Runs in every page: its open transactions, whether it is frozen or came from the back-forward cache, what was typed. */
export function watchPage(): void {
  document.addEventListener('freeze', () => {
    globalThis.pawkitAsleep = true
  })
  document.addEventListener('resume', () => {
    globalThis.pawkitAsleep = false
  })
  window.addEventListener('pageshow', ({ persisted }) => {
    globalThis.pawkitReturned = persisted
  })
  // A field that only shows its text takes no letters.
  globalThis.pawkitTaken = ''
  window.addEventListener(
    'input',
    (event) => {
      if (event instanceof InputEvent) globalThis.pawkitTaken += event.data ?? ''
    },
    { capture: true },
  )
  const open = new Set<IDBTransaction>()
  globalThis.pawkitTransactions = open
  const { transaction } = IDBDatabase.prototype
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    const begun = transaction.apply(this, args)
    open.add(begun)
    for (const end of ['complete', 'abort']) begun.addEventListener(end, () => open.delete(begun))
    return begun
  }
}

/** One open tab of the app, by its session. */
export class Tab {
  readonly name: string
  readonly app: App
  readonly session: string
  readonly #browser: TabsBrowser
  readonly #protocol: CDPSession
  readonly #target: string
  /** Its process is gone. */
  dead = false
  frozen = false

  private constructor(
    name: string,
    app: App,
    session: string,
    browser: TabsBrowser,
    protocol: CDPSession,
    target: string,
  ) {
    this.name = name
    this.app = app
    this.session = session
    this.#browser = browser
    this.#protocol = protocol
    this.#target = target
    app.page.once('crash', () => {
      this.dead = true
    })
  }

  static async open(browser: TabsBrowser, name: string, address: string, where: Where): Promise<Tab> {
    return Tab.of(browser, name, await browser.page(address, where), '')
  }

  /** As `Duplicate tab`: a copy of the page's session storage goes with it. */
  async duplicate(name: string): Promise<Tab> {
    const opened = Promise.all([
      this.#browser.context.waitForEvent('page'),
      this.app.page.evaluate(() => void window.open(location.href)),
    ])
    const [page] = await within(LIMIT, 'a duplicate', opened)
    return Tab.of(this.#browser, name, page, this.session)
  }

  /** @param copied the session that it may have come with, which is another tab's */
  static async of(browser: TabsBrowser, name: string, page: Page, copied: string): Promise<Tab> {
    const app = new App(page)
    await page.locator('pawkit-app').waitFor({ state: 'attached' })
    const handle = await page.waitForFunction((copied) => {
      const session = sessionStorage.getItem('pawkit-session')
      return session !== copied && session
    }, copied)
    const protocol = await browser.session(page)
    const { targetInfo } = await within(LIMIT, 'a name', protocol.send('Target.getTargetInfo'))
    const tab = new Tab(name, app, String(await handle.jsonValue()), browser, protocol, targetInfo.targetId)
    return tab
  }

  get page(): Page {
    return this.app.page
  }

  /** Whether it is in front of its window, and goes on. */
  async visible(): Promise<boolean> {
    return !this.frozen && (await this.inFront())
  }

  /** Whether it is in front of its window; a frozen one answers too. */
  async inFront(): Promise<boolean> {
    if (this.dead) return false
    const state = this.page.evaluate(() => document.visibilityState)
    return (await within(LIMIT, 'a look at a tab', state).catch(() => '')) === 'visible'
  }

  /** The text in its editor. */
  shown(): Promise<string> {
    return this.page.locator('#content').inputValue({ timeout: LIMIT })
  }

  async bringToFront(): Promise<void> {
    await within(LIMIT, 'bringing a tab to the front', this.#protocol.send('Page.bringToFront'))
  }

  async close(): Promise<void> {
    if (this.dead || this.frozen) await this.#browser.bury(this.#target)
    else await within(LIMIT, 'closing a tab', this.page.close())
  }

  /** Its process ends, and that of all tabs that share it. */
  async crash(): Promise<void> {
    const gone = this.page.waitForEvent('crash', { timeout: LIMIT })
    // It never answers: the page is gone.
    void this.#protocol.send('Page.crash').catch(() => {})
    await gone
  }

  async kill(): Promise<void> {
    const id = await this.#browser.processOf(this.page)
    const gone = this.page.waitForEvent('crash', { timeout: LIMIT })
    process.kill(id, 'SIGKILL')
    await gone
  }

  /**
   * Only a hidden one can be. A browser of its own accord freezes no page in the midst of a transaction, for which
   * everybody would wait; where this one has just begun another, it is let finish.
   * @returns false: the browser leaves it awake
   */
  async freeze(): Promise<boolean> {
    const end = Date.now() + FREEZE
    while (Date.now() < end) {
      if ((await this.transactions()) === 0) {
        await this.#lifecycle('frozen')
        if ((await this.#asleep()) && (await this.transactions()) === 0) {
          this.frozen = true
          return true
        }
        await this.#lifecycle('active')
      }
      await pass(TRANSACTION)
    }
    return false
  }

  /** Whether the page has heard that it is frozen. */
  asleep(): Promise<boolean> {
    const asleep = this.page.evaluate(() => globalThis.pawkitAsleep === true)
    return within(LIMIT, 'a look at a tab', asleep)
  }

  /** Told to freeze, it goes on for a moment. */
  async #asleep(): Promise<boolean> {
    const end = Date.now() + FREEZE / 2
    while (Date.now() < end) {
      if (await this.asleep()) return true
      await pass(TRANSACTION)
    }
    return false
  }

  /** How many it has open; a frozen page answers too. */
  transactions(): Promise<number> {
    const many = this.page.evaluate(() => globalThis.pawkitTransactions?.size ?? 0)
    return within(LIMIT, 'a look at a tab', many)
  }

  /** Whether its fields have taken in all letters of a word, one after another. */
  took(word: string): Promise<boolean> {
    const taken = this.page.evaluate((word) => globalThis.pawkitTaken?.includes(word) === true, word)
    return within(LIMIT, 'a look at a tab', taken)
  }

  /**
   * Computes for so long that it answers nobody; between two transactions, for which everybody would wait.
   * @param late is typed where the focus is before the page hears anything
   */
  hang(ms: number, late = ''): Promise<void> {
    const hung = this.page.evaluate(
      ([ms, late]) =>
        new Promise<void>((done) => {
          const hang = (): void => {
            if (globalThis.pawkitTransactions?.size !== 0) return void setTimeout(hang, 5)
            const end = performance.now() + ms
            while (performance.now() < end);
            if (late) document.execCommand('insertText', false, late)
            done()
          }
          hang()
        }),
      [ms, late] as const,
    )
    return within(ms + LIMIT, 'the end of a hang', hung)
  }

  async resume(): Promise<void> {
    this.frozen = false
    await this.#lifecycle('active')
  }

  #lifecycle(state: 'frozen' | 'active'): Promise<unknown> {
    return within(LIMIT, `making a tab ${state}`, this.#protocol.send('Page.setWebLifecycleState', { state }))
  }

  /** Asks for control as a person does; in the dialog where one is open. @returns false: there is nothing to press */
  async takeControl(): Promise<boolean> {
    const dialog = asked(this.app)
    const where = (await dialog.isVisible()) ? dialog : banner(this.app)
    const button = where.getByRole('button', { name: 'Take control' })
    if (!(await button.isVisible())) return false
    try {
      // A notice that lies over it is no part of what is shown here.
      await button.dispatchEvent('click', {}, { timeout: 1000 })
      return true
    } catch {
      // It has been given control in this moment.
      return false
    }
  }

  /** For whoever looks into a fault. */
  async tell(): Promise<string> {
    const told = this.page.evaluate(() => {
      const open = [...(globalThis.pawkitTransactions ?? [])]
      const all = open.map(({ mode, objectStoreNames }) => `${mode} of ${[...objectStoreNames].join(' ')}`)
      return `${document.visibilityState}, ${all.length} transactions${all.map((one) => `, ${one}`).join('')}`
    })
    const what = this.dead ? 'dead' : await within(2000, 'an answer', told).catch((error) => String(error))
    return `${this.name} ${this.session}${this.frozen ? ', frozen' : ''}: ${what}`
  }

  /** Types at the end of the open note, key by key; ends at once when the page is gone. */
  async type(text: string): Promise<void> {
    const { content, page } = this.app
    // It was asked for while it might not write.
    if (await asked(this.app).isVisible()) await this.takeControl()
    await content.focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(text)
  }
}
