import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  type Browser,
  type BrowserContext,
  type CDPSession,
  chromium,
  type LaunchOptions,
  type Page,
} from '@playwright/test'
import { within } from '../chaos/limit.ts'

const START_LIMIT = 30_000
/** No step of a person takes longer, also on a busy machine. */
const PATIENCE = 15_000

/** A tab beside those of the window that was last in front, or a window of its own. */
export type Where = 'tab' | 'window'

/**
 * A browser as a person has it, with a profile on disk: only the tab in front of a window is visible, and a hidden one
 * can really be frozen. Playwright's own start takes care that no page is ever hidden, so it is only connected here.
 */
export class TabsBrowser {
  readonly context: BrowserContext
  readonly #process: ChildProcess
  readonly #browser: Browser
  readonly #session: CDPSession

  private constructor(process: ChildProcess, browser: Browser, context: BrowserContext, session: CDPSession) {
    this.#process = process
    this.#browser = browser
    this.context = context
    this.#session = session
  }

  static async start(folder: string, launch: LaunchOptions): Promise<TabsBrowser> {
    const program = launch.executablePath ?? chromium.executablePath()
    const flags = ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`]
    const child = spawn(program, [...(launch.args ?? []), ...flags, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    try {
      const url = await within(START_LIMIT, 'starting the browser', addressOf(child))
      const browser = await chromium.connectOverCDP(url, { noDefaults: true })
      const [context] = browser.contexts()
      if (!context) throw new Error('The browser has no profile.')
      context.setDefaultTimeout(PATIENCE)
      return new TabsBrowser(child, browser, context, await browser.newBrowserCDPSession())
    } catch (error) {
      await end(child)
      throw error
    }
  }

  /** A new tab on an address, in front. */
  async page(address: string, where: Where): Promise<Page> {
    const [page] = await Promise.all([
      this.context.waitForEvent('page'),
      within(PATIENCE, 'a new tab', this.#create(where)),
    ])
    await page.goto(address)
    return page
  }

  #create(where: Where): Promise<unknown> {
    return this.#session.send('Target.createTarget', { url: 'about:blank', newWindow: where === 'window' })
  }

  /** What Playwright has no word for. */
  session(page: Page): Promise<CDPSession> {
    return within(PATIENCE, 'a session', this.context.newCDPSession(page))
  }

  /** Closes what is left of a tab whose process is gone: it can be asked no more. */
  async bury(targetId: string): Promise<void> {
    await within(PATIENCE, 'closing a tab', this.#session.send('Target.closeTarget', { targetId })).catch(
      () => {},
    )
  }

  /** The process that runs the page; tabs that opened one another may share it. Only a trace names it. */
  async processOf(page: Page): Promise<number> {
    const session = await this.session(page)
    const ids: number[] = []
    session.on('Tracing.dataCollected', ({ value }) => ids.push(...value.flatMap(processesIn)))
    const complete = new Promise<void>((done) => session.once('Tracing.tracingComplete', () => done()))
    const categories = ['disabled-by-default-devtools.timeline']
    await within(
      PATIENCE,
      'a trace',
      (async () => {
        await session.send('Tracing.start', {
          transferMode: 'ReportEvents',
          traceConfig: { includedCategories: categories },
        })
        await session.send('Tracing.end')
        await complete
      })(),
    )
    await session.detach()
    const [id] = ids
    if (id === undefined) throw new Error('The browser does not name the page’s process.')
    return id
  }

  /** All its processes end at once. */
  async close(): Promise<void> {
    const gone = new Promise<void>((done) => this.#browser.once('disconnected', () => done()))
    await end(this.#process)
    await within(PATIENCE, 'the end of the browser', gone).catch(() => {})
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  const { stderr } = child
  if (!stderr) throw new Error('The browser says nothing.')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error('The browser ended.')))
    createInterface({ input: stderr }).on('line', (line) => {
      const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
      if (url) resolve(url)
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

/** Of the trace's first event, which lists the frames of the page. */
function processesIn(event: object): number[] {
  const { name, args } = event as {
    readonly name?: string
    readonly args?: { readonly data?: { readonly frames?: readonly { readonly processId: number }[] } }
  }
  return name === 'TracingStartedInBrowser'
    ? (args?.data?.frames?.map(({ processId }) => processId) ?? [])
    : []
}
