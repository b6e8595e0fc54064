import { spawn } from 'node:child_process'
import { createServer } from 'vite'

/** `npm run dev`: the API on its own port, restarted on change, and Vite in front of it; the worker runs too. */
const port = process.env.PORT ?? '3000'
const apiPort = String(Number(port) + 1)
process.env.PAWKIT_API_PORT = apiPort
const origin = process.env.PAWKIT_ORIGIN ?? `http://localhost:${port}`
const api = spawn(process.execPath, ['--watch', 'server/main.ts'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, PORT: apiPort, PAWKIT_ORIGIN: origin },
})
const vite = await createServer({ server: { port: Number(port), strictPort: true } })
await vite.listen()
vite.printUrls()

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    api.kill('SIGTERM')
    void vite.close().then(() => process.exit(0))
  })
}
