import { UpdateOffer } from '../../src/update-offer.ts'

/** localStorage or sessionStorage, as the browser keeps it. */
export function memory(): () => Storage {
  const kept = new Map<string, string>()
  const storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
  return () => storage as Storage
}

/** What a page needs of its browser besides the store: no new version waits, nothing was left unfinished. */
export const freshBrowser = () => ({
  update: new UpdateOffer(memory(), async () => 'one'),
  tabMemory: memory(),
})
