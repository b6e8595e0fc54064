import { type BrowserContext, chromium, type LaunchOptions } from '@playwright/test'
import { App } from '../e2e/support/app.ts'
import { killWorkers } from '../e2e/support/cdp.ts'
import { type DeviceName, type Ledger, wordsIn } from './ledger.ts'
import { monitor } from './monitor.ts'

/** No step of a person takes longer, also on a busy machine. */
const PATIENCE = 15_000

/** A browser of its own process with a profile on disk, that can be killed and started anew. */
export class ChaosDevice {
  readonly name: DeviceName
  readonly #folder: string
  readonly #origin: string
  readonly #launch: LaunchOptions
  readonly #ledger: Ledger
  #context: BrowserContext | null = null
  #process = 0
  #ready: Promise<App>
  /** Raised whenever what was open is gone: a step that was cut short by it has not failed. */
  generation = 0

  constructor(name: DeviceName, folder: string, origin: string, launch: LaunchOptions, ledger: Ledger) {
    this.name = name
    this.#folder = folder
    this.#origin = origin
    this.#launch = launch
    this.#ledger = ledger
    this.#ready = Promise.reject(new Error('The browser has not been started.'))
    this.#ready.catch(() => {})
  }

  /** What a request of this browser calls itself. */
  get agent(): string {
    return `Device-${this.name}`
  }

  /** The open app; after a death, also one that comes while it opens, when it is open again. */
  async ready(): Promise<App> {
    const opening = this.#ready
    try {
      return await opening
    } catch (error) {
      if (opening === this.#ready) throw error
      return this.ready()
    }
  }

  start(): Promise<App> {
    return this.#becomes(this.#launchAndOpen())
  }

  /** Closes it as a person does, which writes down all that it still holds, and starts it again. */
  async restart(): Promise<void> {
    await this.#context?.close()
    this.#context = null
    await this.start()
  }

  /** @returns false where there was none to kill: it is just starting after another death; one profile has one browser */
  async kill(): Promise<boolean> {
    if (!this.#context) {
      await this.ready()
      return false
    }
    const gone = this.end()
    await this.#becomes(gone.then(() => this.#launchAndOpen()))
    return true
  }

  /** All its processes end at once: nothing in it hears of it. Closing would hang where a worker was stopped. */
  async end(): Promise<void> {
    if (!this.#context) await this.#ready.catch(() => {})
    const context = this.#context
    if (!context) return
    const gone = new Promise<void>((resolve) => context.once('close', () => resolve()))
    this.#context = null
    this.generation++
    process.kill(-this.#process, 'SIGKILL')
    await gone
  }

  /** @returns false where the browser is just starting, or was killed meanwhile */
  async stopWorkers(): Promise<boolean> {
    const { generation } = this
    if (!this.#context) return false
    try {
      await alive(this.#context, killWorkers(this.#context))
      return true
    } catch (error) {
      if (generation === this.generation) throw error
      return false
    }
  }

  /** The tab goes in the very moment, and the next is opened. */
  async closeTab(app: App): Promise<void> {
    this.generation++
    const context = this.#context
    if (!context) return
    await this.#becomes(alive(context, app.page.close()).then(() => this.#open(context)))
  }

  #becomes(opening: Promise<App>): Promise<App> {
    this.#ready = opening
    opening.catch(() => {})
    return opening
  }

  async #launchAndOpen(): Promise<App> {
    const agent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 ${this.agent}`
    const context = await chromium.launchPersistentContext(this.#folder, {
      ...this.#launch,
      args: [...(this.#launch.args ?? []), `--user-agent=${agent}`],
      baseURL: this.#origin,
      viewport: { width: 1280, height: 800 },
    })
    const session = await context.browser()?.newBrowserCDPSession()
    const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {}
    const browser = processInfo.find(({ type }) => type === 'browser')
    if (!browser) throw new Error('The browser does not name its process.')
    this.#process = browser.id
    context.setDefaultTimeout(PATIENCE)
    // Just started, on a machine with too much to do: how long opening may take is for the run to say.
    context.setDefaultNavigationTimeout(0)
    await context.exposeFunction('pawkitShown', (claims: []) => this.#ledger.saw(this.name, claims))
    await context.exposeFunction('pawkitRemoving', (text: string) => this.#ledger.removing(wordsIn(text)))
    await context.addInitScript(monitor)
    this.#context = context
    return this.#open(context)
  }

  /** The app opens from what is on the disk, whether or not the server is there. */
  async #open(context: BrowserContext): Promise<App> {
    return alive(
      context,
      App.open(context).then(async (app) => {
        await app.button('New note').waitFor()
        return app
      }),
    )
  }
}

/** As long as the browser lives: a call to one that was killed may never end. */
function alive<T>(context: BrowserContext, step: Promise<T>): Promise<T> {
  const killed = new Promise<never>((_, reject) => {
    context.once('close', () => reject(new Error('The browser was killed.')))
  })
  return Promise.race([step, killed])
}
