import type { BrowserContext } from '@playwright/test'

/** What Playwright has no word for; each call uses a blank page's own session. */
async function blank(context: BrowserContext) {
  const page = context.pages().find((each) => each.url() === 'about:blank') ?? (await context.newPage())
  return context.newCDPSession(page)
}

/** As if the person had switched Background Sync off for the site. */
export async function denyBackgroundSync(context: BrowserContext, origin: string): Promise<void> {
  const session = await blank(context)
  await session.send('Browser.setPermission', {
    permission: { name: 'background-sync' },
    setting: 'denied',
    origin,
  })
}

/** Ends every service worker of the browser as a crash would. */
export async function killWorkers(context: BrowserContext): Promise<void> {
  const session = await blank(context)
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.stopAllWorkers')
  await session.detach()
}

/** Ends the browser as a crash or an empty battery would: nothing in it hears of it. */
export async function killBrowser(context: BrowserContext): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession()
  const { processInfo = [] } = (await session?.send('SystemInfo.getProcessInfo')) ?? {}
  const browser = processInfo.find(({ type }) => type === 'browser')
  if (!browser) throw new Error('The browser does not name its process.')
  const gone = new Promise<void>((resolve) => context.once('close', () => resolve()))
  process.kill(browser.id, 'SIGKILL')
  await gone
}
