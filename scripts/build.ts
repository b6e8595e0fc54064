import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** Builds the client into dist/ when its sources changed since the last build. */
const root = fileURLToPath(new URL('..', import.meta.url))
const STAMP = `${root}dist/.built-from`
const SOURCES = [
  'index.html',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
  'src/**/*',
  'sw/**/*',
  'public/**/*',
]

/** A digest over names and contents: dates change with every clone. */
function digest(): string {
  const hash = createHash('sha256')
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort()
  for (const file of files) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file))
  return hash.digest('hex')
}

export async function buildClient(): Promise<'built' | 'up to date'> {
  const sources = digest()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return 'up to date'
  // A NODE_ENV of the caller's, such as test, would make a development build.
  process.env.NODE_ENV = 'production'
  await build({ root, logLevel: 'warn', mode: 'production' })
  mkdirSync(`${root}dist`, { recursive: true })
  writeFileSync(STAMP, sources)
  return 'built'
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`client: ${await buildClient()}\n`)
