import { describe, expect, test, vi } from 'vitest'
import { newestVersion } from '../../src/ui/controllers/newest-version.ts'

/** A browser's registration: `server` is what looking for a new version brings. */
function browser(
  server: 'new' | 'slow' | 'same' | 'away' | 'hangs',
  { waiting = false, controlled = true } = {},
) {
  const worker = Object.assign(new EventTarget(), { state: 'installing' })
  const registration = Object.assign(new EventTarget(), {
    waiting: waiting ? worker : null,
    installing: null as typeof worker | null,
    looked: 0,
    async update() {
      registration.looked++
      if (server === 'away') throw new TypeError('offline')
      if (server === 'same') return
      if (server === 'hangs') await new Promise(() => {})
      registration.installing = worker
      setTimeout(() => {
        ;[registration.installing, registration.waiting, worker.state] = [null, worker, 'installed']
        worker.dispatchEvent(new Event('statechange'))
      })
      registration.dispatchEvent(new Event('updatefound'))
      if (server === 'slow') await new Promise(() => {})
    },
  })
  const container = { controller: controlled ? {} : null, getRegistration: async () => registration }
  return { registration, container: container as unknown as ServiceWorkerContainer }
}

async function asked(...browserOf: Parameters<typeof browser>) {
  const { registration, container } = browser(...browserOf)
  let accepted = 0
  const comes = await newestVersion(() => void accepted++, container)
  return { comes, accepted, looked: registration.looked }
}

describe('Reload', () => {
  test('accepts the version that waits', async () => {
    expect(await asked('new', { waiting: true })).toEqual({ comes: true, accepted: 1, looked: 0 })
  })

  test('looks for one where none waits, and accepts it once it is there', async () => {
    for (const server of ['new', 'slow'] as const)
      expect(await asked(server)).toEqual({ comes: true, accepted: 1, looked: 1 })
  })

  test('where there is none, or nobody answers, the page is loaded anew as it is', async () => {
    for (const server of ['same', 'away'] as const)
      expect(await asked(server)).toEqual({ comes: false, accepted: 0, looked: 1 })
  })

  test('a server that never answers is waited for so long, and no longer', async () => {
    vi.useFakeTimers()
    const reload = asked('hangs')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await reload).toEqual({ comes: false, accepted: 0, looked: 1 })
    vi.useRealTimers()
  })

  test('a page that no worker controls loads anew by itself', async () => {
    expect(await asked('new', { waiting: true, controlled: false })).toMatchObject({
      comes: false,
      accepted: 1,
    })
  })
})
