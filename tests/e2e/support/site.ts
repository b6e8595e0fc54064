import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Account, Client } from './client.ts'
import { ServerData } from './data.ts'
import { PushProxy } from './proxy.ts'
import { freePort, ServerProcess } from './server.ts'

/** A Pawkit of one test's own: server, its file, and the proxy that browsers come through. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'pawkit-e2e-'))
  readonly server: ServerProcess
  readonly proxy: PushProxy
  readonly data: ServerData
  readonly origin: string

  private constructor(proxy: PushProxy, port: number) {
    const database = join(this.folder, 'pawkit.db')
    this.proxy = proxy
    this.origin = proxy.origin
    this.server = new ServerProcess({ origin: this.origin, port, database })
    this.data = new ServerData(database)
  }

  /** @param host where browsers find it; the loopback address is `localhost` to them */
  static async start(host = '127.0.0.1'): Promise<Site> {
    const port = await freePort()
    const site = new Site(await PushProxy.start(port, host), port)
    try {
      await site.server.start()
    } catch (error) {
      await site.stop()
      throw error
    }
    return site
  }

  /** A script signed in to an account: another device, as far as the server can tell. */
  signIn(account: Account): Promise<Client> {
    return Client.signIn(this.origin, account)
  }

  async stop(): Promise<void> {
    await this.server.kill()
    await this.proxy.stop()
    // A browser that was killed may leave a process that still writes for a moment.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}
