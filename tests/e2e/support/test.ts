import { join } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  chromium,
  expect,
  type LaunchOptions,
} from '@playwright/test'
import { Site } from './site.ts'

export { expect }

/** A browser with a profile on disk: it can be closed and started again, and has Background Sync. */
export class Profile {
  readonly folder: string
  readonly #launch: LaunchOptions
  readonly #origin: string
  #context: BrowserContext | null = null

  constructor(folder: string, launch: LaunchOptions, origin: string) {
    this.folder = folder
    this.#launch = launch
    this.#origin = origin
  }

  /** Starts the browser on a blank page. */
  async start(args: readonly string[] = []): Promise<BrowserContext> {
    this.#context = await chromium.launchPersistentContext(this.folder, {
      ...this.#launch,
      args: [...(this.#launch.args ?? []), ...args],
      baseURL: this.#origin,
      viewport: { width: 1280, height: 800 },
    })
    return this.#context
  }

  async close(): Promise<void> {
    await this.#context?.close()
    this.#context = null
  }
}

/** Browsers of a test: profiles on disk, and contexts that forget. */
export class Devices {
  readonly #site: Site
  readonly #browser: Browser
  readonly #launch: LaunchOptions
  readonly #profiles: Profile[] = []
  readonly #contexts: BrowserContext[] = []

  constructor(site: Site, browser: Browser, launch: LaunchOptions) {
    this.#site = site
    this.#browser = browser
    this.#launch = launch
  }

  profile(): Profile {
    const folder = join(this.#site.folder, `profile-${this.#profiles.length}`)
    const profile = new Profile(folder, this.#launch, this.#site.origin)
    this.#profiles.push(profile)
    return profile
  }

  /** A context in memory: quick, and enough where nothing must outlive the browser. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      baseURL: this.#site.origin,
      viewport: { width: 1280, height: 800 },
      ...options,
    })
    this.#contexts.push(context)
    return context
  }

  async close(): Promise<void> {
    await Promise.all([...this.#contexts, ...this.#profiles].map((each) => each.close()))
  }
}

interface Fixtures {
  readonly site: Site
  readonly devices: Devices
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  site: async ({}, use) => {
    const site = await Site.start()
    await use(site)
    await site.stop()
  },
  devices: async ({ site, browser, launchOptions }, use) => {
    const devices = new Devices(site, browser, launchOptions)
    await use(devices)
    await devices.close()
  },
})
