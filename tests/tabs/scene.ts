import { join } from 'node:path'
import type { LaunchOptions } from '@playwright/test'
import { App } from '../e2e/support/app.ts'
import type { Account } from '../e2e/support/client.ts'
import type { Site } from '../e2e/support/site.ts'
import { TabsBrowser, type Where } from './browser.ts'
import { holdBroadcasts } from './held-broadcasts.ts'
import { Monitor } from './monitor.ts'
import { Tab, watchPage } from './tab.ts'

export interface SceneOptions {
  /** Signs up with it; null: the library stays on the device. */
  readonly account: Account | null
  readonly title: string
  readonly content: string
  /** So much later every page hears what comes on a channel, ms. */
  readonly held: number
}

/** One browser whose tabs all have one note open, and the monitor beside them. */
export class Scene {
  readonly site: Site
  readonly browser: TabsBrowser
  readonly monitor: Monitor
  /** The address of the note. */
  readonly address: string
  readonly note: string
  #tabs: Tab[] = []
  #opened = 0

  private constructor(site: Site, browser: TabsBrowser, monitor: Monitor, note: string) {
    this.site = site
    this.browser = browser
    this.monitor = monitor
    this.note = note
    this.address = `${site.origin}/notes/${note}`
  }

  static async start(site: Site, launch: LaunchOptions, options: SceneOptions): Promise<Scene> {
    const browser = await TabsBrowser.start(join(site.folder, 'profile'), launch)
    try {
      await browser.context.addInitScript(watchPage)
      if (options.held > 0) await browser.context.addInitScript(holdBroadcasts, options.held)
      const app = new App(await browser.page(`${site.origin}/`, 'window'))
      await app.controlled()
      if (options.account) await app.signUp(options.account)
      const note = await app.newNote(options.title, options.content)
      const monitor = await Monitor.start(browser, site.origin, note)
      const scene = new Scene(site, browser, monitor, note)
      await app.page.bringToFront()
      scene.#tabs.push(await Tab.of(browser, scene.#name(), app.page, ''))
      return scene
    } catch (error) {
      await browser.close()
      throw error
    }
  }

  async stop(): Promise<void> {
    try {
      await this.monitor.stop()
    } finally {
      await this.browser.close()
    }
  }

  /** Those that are open and alive, the oldest first. */
  get tabs(): readonly Tab[] {
    return this.#tabs.filter(({ dead }) => !dead)
  }

  /** The one that was opened with the note. */
  get first(): Tab {
    const [first] = this.tabs
    if (!first) throw new Error('There is no tab.')
    return first
  }

  /** The one that has the right to write, if it is alive. */
  get writer(): Tab | null {
    const { active } = this.monitor.now.right
    return this.tabs.find(({ session }) => session === active) ?? null
  }

  async open(where: Where, path = `/notes/${this.note}`): Promise<Tab> {
    return this.#add(await Tab.open(this.browser, this.#name(), this.site.origin + path, where))
  }

  async duplicate(tab: Tab): Promise<Tab> {
    return this.#add(await tab.duplicate(this.#name()))
  }

  async close(tab: Tab): Promise<void> {
    this.#tabs = this.#tabs.filter((one) => one !== tab)
    await tab.close()
    this.monitor.frozen.delete(tab.session)
  }

  /** Tabs whose process is gone stay as a notice of the browser until they are closed. */
  async bury(): Promise<number> {
    const dead = this.#tabs.filter((tab) => tab.dead)
    for (const tab of dead) await this.close(tab)
    return dead.length
  }

  /**
   * Counts as frozen before it is, and as awake only when it is.
   * @returns false: the browser leaves it awake
   */
  async freeze(tab: Tab): Promise<boolean> {
    this.monitor.frozen.add(tab.session)
    const frozen = await tab.freeze()
    if (!frozen) this.monitor.frozen.delete(tab.session)
    return frozen
  }

  async resume(tab: Tab): Promise<void> {
    await tab.resume()
    this.monitor.frozen.delete(tab.session)
  }

  /**
   * A browser lets a frozen tab go on once it is in front, as where the one before it was closed; one that is frozen by
   * the protocol stays so.
   */
  async wakeVisible(): Promise<readonly Tab[]> {
    const woken: Tab[] = []
    for (const tab of this.tabs.filter(({ frozen }) => frozen)) {
      if (!(await tab.inFront())) continue
      await this.resume(tab)
      woken.push(tab)
    }
    return woken
  }

  /** How all tabs stand, for whoever looks into a fault. */
  async tell(): Promise<string> {
    return (await Promise.all(this.#tabs.map((tab) => tab.tell()))).join('\n')
  }

  async visible(): Promise<Tab[]> {
    const seen = await Promise.all(this.tabs.map(async (tab) => ((await tab.visible()) ? [tab] : [])))
    return seen.flat()
  }

  #add(tab: Tab): Tab {
    this.#tabs.push(tab)
    return tab
  }

  #name(): string {
    return `tab ${++this.#opened}`
  }
}
