import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const REALMS = ['src', 'sw', 'server']

interface Source {
  readonly path: string
  readonly text: string
  /** Without comments, so that a word in a sentence counts for nothing. */
  readonly code: string
  /** What it imports: a path of ours from the root, or a package. */
  readonly imports: readonly string[]
}

function read(file: string): Source {
  const text = readFileSync(file, 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
  const specifiers = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] ?? '',
  )
  const imports = specifiers.map((specifier) =>
    specifier.startsWith('.') ? relative(ROOT, join(dirname(file), specifier)) : specifier,
  )
  return { path: relative(ROOT, file), text, code, imports }
}

const sources = REALMS.flatMap((realm) =>
  readdirSync(join(ROOT, realm), { recursive: true, encoding: 'utf8' }).map((file) =>
    join(ROOT, realm, file),
  ),
)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map(read)
const under = (...folders: string[]): Source[] =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(folder)))
const isOurs = (path: string): boolean => REALMS.some((realm) => path.startsWith(`${realm}/`))

/** Imports that lead out of a folder to anything of ours but what it may know. */
const strays = (of: readonly Source[], ...allowed: string[]): string[] =>
  of.flatMap(({ path, imports }) =>
    imports
      .filter((to) => isOurs(to) && !allowed.some((folder) => to.startsWith(folder)))
      .map((to) => `${path} -> ${to}`),
  )

describe('imports run one way', () => {
  test('there is something to look at', () => {
    for (const folder of ['src/core/', 'src/store/', 'src/ui/', 'sw/', 'server/'])
      expect(under(folder).length, folder).toBeGreaterThan(5)
    for (const { path, imports } of sources)
      for (const to of imports.filter(isOurs))
        if (to.endsWith('.ts')) expect(existsSync(join(ROOT, to)), `${path} -> ${to}`).toBe(true)
  })

  test('core imports nothing of ours from outside core, and only packages that are pure', () => {
    expect(strays(under('src/core/'), 'src/core/')).toEqual([])
    const packages = new Set(under('src/core/').flatMap(({ imports }) => imports.filter((to) => !isOurs(to))))
    expect(['node-diff3', 'uuid']).toEqual(expect.arrayContaining([...packages]))
  })

  test('schemas are the server’s: neither page nor worker pays for valibot', () => {
    expect(
      under('src/', 'sw/')
        .filter(({ imports }) => imports.includes('valibot'))
        .map(({ path }) => path),
    ).toEqual([])
  })

  test('store imports only core (and idb)', () => {
    expect(strays(under('src/store/'), 'src/store/', 'src/core/')).toEqual([])
    const packages = new Set(
      under('src/store/').flatMap(({ imports }) => imports.filter((to) => !isOurs(to))),
    )
    expect([...packages].sort()).toEqual(['idb'])
  })

  test('the page imports core and store, never the worker or the server', () => {
    expect(strays(under('src/ui/', 'src/main.ts', 'src/worker-client.ts', 'src/'), 'src/')).toEqual([])
  })

  test('the page never fetches sync: it tells the worker', () => {
    const fetching = under('src/ui/', 'src/main.ts', 'src/worker-client.ts').filter(({ code }) =>
      /\/api\/sync\/(?:push|changes)/.test(code),
    )
    expect(fetching.map(({ path }) => path)).toEqual([])
  })

  test('the worker imports core and store only', () => {
    expect(strays(under('sw/'), 'sw/', 'src/core/', 'src/store/')).toEqual([])
  })

  test('the server imports core only', () => {
    expect(strays(under('server/'), 'server/', 'src/core/')).toEqual([])
  })

  test('there are no barrels: no index file, no file that only hands on', () => {
    expect(sources.filter(({ path }) => /(^|\/)index\.ts$/.test(path)).map(({ path }) => path)).toEqual([])
    expect(
      sources
        .filter(({ code }) => /^\s*export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s+from\s/m.test(code))
        .map(({ path }) => path),
    ).toEqual([])
  })
})

describe('core is pure', () => {
  test('no clock and no randomness: both are parameters', () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\b|\bcrypto\b|\bsetTimeout\b|\bfetch\(/
    expect(
      under('src/core/')
        .filter(({ code }) => impure.test(code))
        .map(({ path }) => path),
    ).toEqual([])
  })

  test('waitUntil is said in one file of the worker', () => {
    expect(
      under('sw/')
        .filter(({ code }) => code.includes('waitUntil('))
        .map(({ path }) => path),
    ).toEqual(['sw/driver.ts'])
  })
})

describe('small rooms', () => {
  const sizes = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))

  test('no source file has 300 lines or more', () => {
    expect(sizes.filter(({ lines }) => lines >= 300)).toEqual([])
  })

  test('half of the files have fewer than 90 lines', () => {
    const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b)
    expect(sorted[sorted.length >> 1]).toBeLessThan(90)
  })
})
