import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './browser.ts'
import { buildClient } from './build.ts'

/** `npm run chaos`: minutes of edits in two real browsers while browsers, server, workers and links die. */
const root = fileURLToPath(new URL('..', import.meta.url))

try {
  const browser = await findBrowser()
  await buildClient()
  const args = ['tests/chaos/main.ts', ...process.argv.slice(2)]
  const env = { ...process.env, NODE_ENV: 'test', PAWKIT_CHROMIUM: browser }
  process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status ?? 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
