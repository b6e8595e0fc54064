import { describe, expect, test, vi } from 'vitest'
import { UpdateOffer, versionAt } from '../../src/update-offer.ts'
import { eventually } from '../support/eventually.ts'
import { memory } from '../support/memory.ts'

const offer = (where: () => Storage, version: string | null) =>
  new UpdateOffer(where, async () => version ?? Promise.reject(new TypeError('offline')))
/** A registration as the browser has it: workers come, wait and go. */
class Registration extends EventTarget {
  waiting: ServiceWorker | null = null
  installing: ServiceWorker | null = null
  /** Looks whether the server has a further version. */
  update = async (): Promise<void> => {}

  /** @returns what ends it */
  begins(): () => void {
    const worker = Object.assign(new EventTarget(), { state: 'installing' })
    this.installing = worker as unknown as ServiceWorker
    this.dispatchEvent(new Event('updatefound'))
    return () => {
      this.waiting = this.installing
      this.installing = null
      worker.state = 'installed'
      worker.dispatchEvent(new Event('statechange'))
    }
  }

  /** @param stays a version that no page holds up becomes active at once */
  comes(stays = true): void {
    this.begins()()
    if (!stays) this.waiting = null
  }
}
const watching = (one: UpdateOffer, registration: Registration): void =>
  one.watch(registration as unknown as ServiceWorkerRegistration)
const told = (one: UpdateOffer): Promise<unknown> =>
  new Promise((resolve) => one.addEventListener('change', resolve, { once: true }))

/** A tab in which a version waits. */
async function waiting(one: UpdateOffer): Promise<UpdateOffer> {
  const registration = new Registration()
  registration.comes()
  const known = told(one)
  watching(one, registration)
  await known
  return one
}
const found = (where: () => Storage, version: string | null): Promise<UpdateOffer> =>
  waiting(offer(where, version))

describe('a new version is offered once', () => {
  test('while none waits there is nothing to offer, nor to put off', () => {
    const browser = memory()
    const idle = offer(browser, 'two')
    idle.hide()
    expect(idle.open).toBe(false)
    expect(browser().getItem('pawkit-update-hidden')).toBeNull()
  })

  test('put off in one tab, it is gone from all, and from one that opens later; a further version is offered again', async () => {
    const browser = memory()
    const [first, second] = [await found(browser, 'two'), await found(browser, 'two')]
    expect([first.open, second.open]).toEqual([true, true])
    const said = vi.fn()
    second.addEventListener('change', said)
    first.hide()
    second.look()
    expect(said).toHaveBeenCalledOnce()
    expect([first.open, second.open, (await found(browser, 'two')).open]).toEqual([false, false, false])
    expect((await found(browser, 'three')).open).toBe(true)
  })

  test('every further version that comes is offered, in a tab that stays open', async () => {
    const [browser, versions] = [memory(), ['two', 'three', 'four', 'five']]
    const one = new UpdateOffer(browser, async () => versions.shift() ?? '')
    const registration = new Registration()
    watching(one, registration)
    for (const nth of [2, 3, 4]) {
      const known = told(one)
      registration.comes()
      await known
      expect(one.open, `version ${nth}`).toBe(true)
      one.hide()
      expect(one.open).toBe(false)
    }
    registration.comes(false)
    await eventually(() => expect(versions).toEqual([]))
    await new Promise((resolve) => setTimeout(resolve))
    expect(one.open, 'nobody holds it up').toBe(false)
  })

  test('offline a version is not known: it is offered, and put off where one was; asked again, it is known', async () => {
    const browser = memory()
    let online = false
    const tab = (version: string): Promise<UpdateOffer> =>
      waiting(new UpdateOffer(browser, async () => (online ? version : Promise.reject(new TypeError()))))
    const back = async (one: UpdateOffer): Promise<void> => {
      const known = told(one)
      one.look()
      await known
    }
    const first = await tab('two')
    expect(first.open, 'nobody has put anything off').toBe(true)
    first.hide()
    expect([first.open, browser().getItem('pawkit-update-hidden')]).toEqual([false, null])
    online = true
    await back(first)
    expect(first.open).toBe(false)
    expect((await tab('two')).open, 'now all tabs know').toBe(false)
    online = false
    const third = await tab('three')
    expect(third.open, 'it may be the one that was put off').toBe(false)
    online = true
    await back(third)
    expect(third.open).toBe(true)
  })

  test('put off offline, it says nothing of a further version that the server has by the time it is asked', async () => {
    const browser = memory()
    let online = false
    const one = new UpdateOffer(browser, async () =>
      online ? 'three' : Promise.reject(new TypeError('offline')),
    )
    const registration = new Registration()
    registration.comes()
    const known = told(one)
    watching(one, registration)
    await known
    one.hide()
    online = true
    const install = new Promise<() => void>((begun) => {
      registration.update = async () => begun(registration.begins())
    })
    one.look()
    const end = await install
    end()
    await eventually(() => expect(one.open).toBe(true))
    expect(browser().getItem('pawkit-update-hidden')).toBeNull()
  })

  test('a tab that opens while a version is being installed is told as well', async () => {
    const one = offer(memory(), 'two')
    const registration = new Registration()
    const install = registration.begins()
    watching(one, registration)
    const known = told(one)
    install()
    await known
    expect(one.open).toBe(true)
  })

  test('a browser that forbids its storage: it is put off in this tab at least', async () => {
    const one = await found(() => {
      throw new DOMException('no', 'SecurityError')
    }, 'two')
    expect(one.open).toBe(true)
    one.hide()
    expect(one.open).toBe(false)
  })

  test('versions are told apart by what the server answers; a refusal is none', async () => {
    const answers = ['one', 'two', 'one'].map((text) => new Response(text))
    vi.stubGlobal('fetch', async () => answers.shift() ?? new Response('', { status: 502 }))
    const [a, b, c] = [await versionAt('/sw.js'), await versionAt('/sw.js'), await versionAt('/sw.js')]
    expect([a === b, a === c]).toEqual([false, true])
    await expect(versionAt('/sw.js')).rejects.toThrow('502')
    vi.unstubAllGlobals()
  })
})
