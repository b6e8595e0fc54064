import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Type check of every realm, lint and format. The store is checked twice: it runs in the page and in the worker. */
const root = fileURLToPath(new URL('..', import.meta.url))
const REALMS = [
  'src/core',
  'src/store',
  'src/store/tsconfig.worker.json',
  'src',
  'sw',
  'server',
  'scripts',
  'tests',
]

export function check(): boolean {
  const tsc = REALMS.map((realm) => ({ name: `types ${realm}`, args: ['tsc', '-p', realm] }))
  const steps = [...tsc, { name: 'lint and format', args: ['biome', 'check', '--error-on-warnings', '.'] }]
  return steps.map(({ name, args }) => run(name, args)).every((passed) => passed)
}

function run(name: string, [tool = '', ...args]: string[]): boolean {
  const done = spawnSync(`${root}node_modules/.bin/${tool}`, args, { cwd: root, stdio: 'inherit' })
  process.stdout.write(`${done.status === 0 ? 'ok' : 'FAILED'}  ${name}\n`)
  return done.status === 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = check() ? 0 : 1
