import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TRASH_MS } from '../../server/upkeep/trash.ts'
import { freePort, tempFolder, testServer } from './fixture.ts'

const MAIN = join(import.meta.dirname, '../../server/main.ts')
let folder: ReturnType<typeof tempFolder>
let running: ChildProcess[]
beforeEach(() => {
  folder = tempFolder()
  running = []
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  folder.remove()
})

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env } })
  running.push(child)
  const output = { stdout: '', stderr: '' }
  const waiting: { words: string; resolve: () => void }[] = []
  const logged = (words: string) =>
    new Promise<void>((resolve) => {
      if (output.stderr.includes(words)) resolve()
      waiting.push({ words, resolve })
    })
  let said = () => {}
  const ready = new Promise<void>((resolve) => {
    said = resolve
  })
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
    if (output.stdout.includes('\n')) said()
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
    for (const { words, resolve } of waiting) if (output.stderr.includes(words)) resolve()
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  return { child, output, logged, ready: Promise.race([ready, ended]), ended }
}

describe('the program', { timeout: 60_000 }, () => {
  it('says in one line where it is, answers, keeps its secret private, and stops on SIGTERM with a stream open', async () => {
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const database = join(folder.path, 'pawkit.db')
    const server = run({ PORT: String(port), DATABASE_URL: `sqlite:${database}` })
    await server.ready
    expect(server.output.stdout).toBe(`Pawkit is ready at ${origin}\n`)
    expect(statSync(join(folder.path, 'pawkit.secret')).mode & 0o777).toBe(0o600)
    expect(statSync(database).mode & 0o077).toBe(0)
    const up = await fetch(`${origin}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse', name: 'Ada' }),
    })
    const account = ((await up.json()) as { user: { id: string } }).user.id
    const cookie = up.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
    const stream = await fetch(`${origin}/api/sync/stream?protocol=1&account=${account}`, {
      headers: { cookie },
    })
    const reader = stream.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(
      /^event: poke\ndata: \{"seq":0\}\nretry: [23]\d{3}\n\n$/,
    )
    // The auth library has words of its own for some mistakes.
    for (const callbackURL of ['https://evil.example/private-words', 'private-words', 7]) {
      const foreign = await fetch(`${origin}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com', password: 'wrong', callbackURL }),
      })
      expect(foreign.status).toBeLessThan(500)
    }
    const asked = Date.now()
    server.child.kill('SIGTERM')
    expect((await reader?.read())?.done).toBe(true)
    expect(await server.ended).toBe(0)
    expect(Date.now() - asked).toBeLessThan(10_000)
    // The log was written back into the one file.
    expect(() => statSync(`${database}-wal`)).toThrow()
    const lines = server.output.stderr.trim().split('\n')
    for (const line of lines) expect(JSON.parse(line).level).toBeLessThanOrEqual(40)
    expect(lines.filter((line) => line.includes('"from":"auth"'))).not.toEqual([])
    expect(server.output.stderr).not.toContain('private-words')
  })

  it('makes the folders of its database', async () => {
    const database = join(folder.path, 'a', 'b', 'pawkit.db')
    const server = run({ PORT: String(await freePort()), DATABASE_URL: `sqlite:${database}` })
    await server.ready
    expect(statSync(database).isFile()).toBe(true)
  })

  it('at its start takes away what time has', async () => {
    const database = join(folder.path, 'pawkit.db')
    const before = await testServer({ database })
    before.clock.now = Date.now() - TRASH_MS - 1000
    const ada = await before.signUp()
    const { note } = (await ada.send('POST', '/api/notes', { title: 'x' })).body
    await ada.send('DELETE', `/api/notes/${note.id}`)
    await before.stop()
    const server = run({ PORT: String(await freePort()), DATABASE_URL: `sqlite:${database}` })
    await server.logged('"purged":1')
    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
  })

  it('whatever keeps it from starting is one line on stderr and exit code 1', async () => {
    const port = await freePort()
    const taken = createServer().listen(port, '127.0.0.1')
    writeFileSync(join(folder.path, 'file'), 'not a database, though long enough to be looked at '.repeat(40))
    mkdirSync(join(folder.path, 'folder'))
    const good = { PORT: String(await freePort()), DATABASE_URL: `sqlite:${join(folder.path, 'ok.db')}` }
    const cases: [Record<string, string>, RegExp][] = [
      [{ ...good, PORT: String(port) }, /Port \d+ on 127\.0\.0\.1 is already in use/],
      [{ ...good, PORT: 'x' }, /PORT must be a port number/],
      [{ ...good, DATABASE_URL: 'postgres://db' }, /DATABASE_URL names PostgreSQL/],
      [{ ...good, DATABASE_URL: `sqlite:${join(folder.path, 'file')}` }, /is not a SQLite database/],
      [{ ...good, DATABASE_URL: `sqlite:${join(folder.path, 'file', 'x.db')}` }, /its folder is a file/],
      [
        { ...good, DATABASE_URL: `sqlite:${join(folder.path, 'folder')}` },
        /it cannot be opened or made there/,
      ],
      [{ ...good, DATABASE_URL: 'sqlite:/proc/nope/deep/x.db' }, /its folder cannot be (made|written)/],
      [{ ...good, HOST: '203.0.113.1' }, /is not an address of this machine/],
    ]
    for (const [env, words] of cases) {
      const { output, ended } = run(env)
      expect(await ended).toBe(1)
      expect(output.stdout).toBe('')
      expect(output.stderr).toMatch(words)
      expect(output.stderr.trim().split('\n')).toHaveLength(1)
    }
    taken.close()
  })
})
