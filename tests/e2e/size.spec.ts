import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { App } from './support/app.ts'
import { expect, test } from './support/test.ts'

const PAGE_LIMIT = 90_000
const WORKER_LIMIT = 25_000
const DIST = join(import.meta.dirname, '../../dist')

test('the first load of the page needs at most 90 kB of JavaScript, the worker at most 25 kB (gzip)', async ({
  devices,
}) => {
  const context = await devices.context()
  const page = await context.newPage()
  const scripts = new Set<string>()
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(new URL(request.url()).pathname)
  })
  await page.goto('/')
  const app = new App(page)
  await app.controlled()
  await expect(app.button('New note')).toBeVisible()

  const gzipped = (path: string): number => gzipSync(readFileSync(join(DIST, path))).byteLength
  const first = [...scripts].filter((path) => path !== '/sw.js')
  const pageSize = first.reduce((sum, path) => sum + gzipped(path), 0)
  const workerSize = gzipped('sw.js')
  process.stdout.write(
    `size: page ${(pageSize / 1000).toFixed(1)} kB in ${first.length} files, worker ${(workerSize / 1000).toFixed(1)} kB\n`,
  )
  expect(first.length).toBeGreaterThan(0)
  expect(pageSize).toBeLessThanOrEqual(PAGE_LIMIT)
  expect(workerSize).toBeLessThanOrEqual(WORKER_LIMIT)
})
