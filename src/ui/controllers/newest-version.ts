/** Longer than a person waits for a button, ms. */
const PATIENCE = 10_000

/** Whether a new version takes over now; then every tab reloads. One that nobody has fetched yet is looked for. */
export async function newestVersion(
  accept: () => void,
  container: ServiceWorkerContainer = navigator.serviceWorker,
): Promise<boolean> {
  const registration = await container.getRegistration().catch(() => undefined)
  if (!registration) return false
  if (!registration.waiting) await Promise.race([fetched(registration), patience()])
  if (!registration.waiting) return false
  accept()
  // Loaded past its worker, it would be claimed only then; it need not wait for that.
  return container.controller !== null
}

/** Chromium now and then answers `update()` long after the new version is there, so its coming is listened for as well. */
async function fetched(registration: ServiceWorkerRegistration): Promise<void> {
  const found = new Promise<void>((resolve) =>
    registration.addEventListener('updatefound', () => resolve(), { once: true }),
  )
  await Promise.race([registration.update().catch(() => {}), found])
  if (registration.installing) await settled(registration.installing)
}

const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PATIENCE))

/** It is there and waits, or came to nothing. */
const settled = (worker: ServiceWorker): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (worker.state !== 'installing') resolve()
    }
    worker.addEventListener('statechange', look)
    look()
  })
