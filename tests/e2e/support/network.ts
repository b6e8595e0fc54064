import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'

const PREFIX = 'pawkit-e2e-'

function ip(...args: string[]): string {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  const done = spawnSync('ip', args, { encoding: 'utf8', env })
  if (done.status === 0) return done.stdout
  throw new Error(`ip ${args.join(' ')}: ${done.error?.message ?? done.stderr.trim()}`)
}

/** What this machine lacks for a network of a test's own, as one sentence; null: nothing. */
export function noNetwork(): string | null {
  if (platform() !== 'linux') return 'Network namespaces are a thing of Linux.'
  if (process.getuid?.() !== 0) return 'Network namespaces need root.'
  try {
    ip('-V')
  } catch {
    return 'Network namespaces need the command ip (Debian: apt-get install -y iproute2).'
  }
  try {
    Network.make().remove()
    return null
  } catch (error) {
    return `This machine forbids network namespaces (${error instanceof Error ? error.message : error}).`
  }
}

/**
 * A network namespace with one cable: this end is the server's, the other the browser's. Unlike an emulated cut,
 * pulling it is seen by the whole browser, Background Sync and the start of the browser included.
 */
export class Network {
  /** The server's address on the cable; the browser can reach nothing else. */
  readonly host: string
  readonly #name: string
  readonly #here: string
  readonly #there: string

  private constructor(at: number) {
    this.#name = `${PREFIX}${process.pid}-${at}`
    this.#here = `pk${at}a`
    this.#there = `pk${at}b`
    this.host = `10.213.${at}.1`
  }

  static make(): Network {
    removeLeftOver()
    const at = 1 + Math.floor(Math.random() * 250)
    const network = new Network(at)
    try {
      network.#build(at)
      return network
    } catch (error) {
      network.remove()
      throw error
    }
  }

  #build(at: number): void {
    ip('netns', 'add', this.#name)
    ip('link', 'add', this.#here, 'type', 'veth', 'peer', 'name', this.#there, 'netns', this.#name)
    ip('address', 'add', `${this.host}/30`, 'dev', this.#here)
    ip('link', 'set', this.#here, 'up')
    ip('-n', this.#name, 'address', 'add', `10.213.${at}.2/30`, 'dev', this.#there)
    ip('-n', this.#name, 'link', 'set', 'lo', 'up')
    this.plugIn()
  }

  plugIn(): void {
    ip('-n', this.#name, 'link', 'set', this.#there, 'up')
  }

  pull(): void {
    ip('-n', this.#name, 'link', 'set', this.#there, 'down')
  }

  /** Writes a command that starts the browser inside. */
  wrap(browser: string, file: string): string {
    writeFileSync(
      file,
      `#!/bin/sh\nPATH="$PATH:/usr/sbin:/sbin"\nexec ip netns exec ${this.#name} '${browser}' "$@"\n`,
    )
    chmodSync(file, 0o755)
    return file
  }

  /** Its cable goes with it. */
  remove(): void {
    removeNamespace(this.#name)
  }
}

function removeNamespace(name: string): void {
  if (namespaces().includes(name)) ip('netns', 'delete', name)
}

const namespaces = (): string[] =>
  ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '')
    .filter((name) => name.startsWith(PREFIX))

/** Those of a run that was killed before it could tidy up. */
function removeLeftOver(): void {
  for (const name of namespaces()) {
    const owner = Number(name.slice(PREFIX.length).split('-', 1)[0])
    if (!isAlive(owner)) removeNamespace(name)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
