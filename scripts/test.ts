import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findBrowser } from './browser.ts'
import { buildClient } from './build.ts'
import { check } from './check.ts'

/** `npm test`: types, lint, unit and store tests, the build, then the real browser. Non-zero if anything failed. */
const root = fileURLToPath(new URL('..', import.meta.url))

function run(tool: string, args: string[], env: NodeJS.ProcessEnv = process.env): boolean {
  return (
    spawnSync(`${root}node_modules/.bin/${tool}`, args, { cwd: root, stdio: 'inherit', env }).status === 0
  )
}

try {
  // A browser that cannot be had is said before minutes of other tests.
  const browser = await findBrowser()
  process.stdout.write(`browser: ${browser}\n`)
  const checked = check()
  await buildClient()
  // A caller's NODE_ENV=production is for the app, not for the test runners.
  const env = { ...process.env, NODE_ENV: 'test', PAWKIT_CHROMIUM: browser }
  const unit = run('vitest', ['run'], env)
  const real = run('playwright', ['test'], env)
  process.stdout.write(
    `${summary({ 'types and lint': checked, 'unit, store and server': unit, browser: real })}\n`,
  )
  process.exitCode = checked && unit && real ? 0 : 1
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

function summary(parts: Record<string, boolean>): string {
  return Object.entries(parts)
    .map(([name, passed]) => `${passed ? 'passed' : 'FAILED'}: ${name}`)
    .join('\n')
}
