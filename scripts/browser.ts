import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Flags under which Chromium makes no connections of its own; root cannot use its sandbox. */
export const BROWSER_FLAGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
  '--disable-component-update',
] as const

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
const LIMIT = 5 * 60_000

const say = (text: string): void => void process.stdout.write(`browser: ${text}\n`)

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return false
  }
  return spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0
}

function onThisMachine(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const paths = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES]
  return paths.find((path) => existsSync(path) && runs(path)) ?? null
}

async function download(): Promise<string | null> {
  say('none on this machine; trying Playwright’s own download (at most 5 minutes)')
  const cli = fileURLToPath(new URL('../node_modules/@playwright/test/cli.js', import.meta.url))
  const done = spawnSync(process.execPath, [cli, 'install', 'chromium'], {
    timeout: LIMIT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (done.status !== 0) return null
  const { chromium } = await import('@playwright/test')
  const path = chromium.executablePath()
  return existsSync(path) ? path : null
}

function install(): string | null {
  if (process.getuid?.() !== 0) return null
  say('trying apt-get install chromium (at most 5 minutes)')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]): boolean =>
    spawnSync('apt-get', args, { timeout: LIMIT, stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
  return apt('update') && apt('install', '-y', 'chromium') ? onThisMachine() : null
}

/** The Chromium that the tests drive: PAWKIT_CHROMIUM, one on this machine, Playwright's, or Debian's. */
export async function findBrowser(): Promise<string> {
  const named = process.env.PAWKIT_CHROMIUM
  if (named) {
    if (runs(named)) return named
    throw new Error(`PAWKIT_CHROMIUM is ${named}, which does not start.`)
  }
  const found = onThisMachine() ?? (await download()) ?? install()
  if (found) return found
  throw new Error(
    'No Chromium for the browser tests. Set PAWKIT_CHROMIUM to one, install Chromium or Chrome (Debian: apt-get install -y chromium), or let "npx playwright install chromium" download one.',
  )
}
