import { afterEach, beforeEach, describe } from 'vitest'
import { type Settings, type TestServer, testServer } from '../../server/fixture.ts'
import { accountPromises } from './accounts.ts'
import { cardPromises } from './cards.ts'
import { collectionPromises } from './collections.ts'
import { generalPromises } from './general.ts'
import { idempotencyPromises } from './idempotency.ts'
import { KINDS } from './kinds.ts'
import { recordPromises } from './records.ts'
import { writePromises } from './writes.ts'

/** Everything the contract says about HTTP, for a server however it is reached. */
export function httpContract(name: string, settings: Settings): void {
  describe(name, () => {
    let current: TestServer
    const server = () => current
    beforeEach(async () => {
      current = await testServer(settings)
    })
    afterEach(() => current.stop())

    for (const kind of KINDS) {
      describe(kind.plural, () => {
        recordPromises(server, kind)
        writePromises(server, kind)
        idempotencyPromises(server, kind)
      })
    }
    describe('cards only', () => cardPromises(server))
    describe('collections only', () => collectionPromises(server))
    describe('accounts', () => accountPromises(server))
    describe('every address', () => generalPromises(server))
  })
}
