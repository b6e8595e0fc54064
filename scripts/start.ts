import { buildClient } from './build.ts'

/**
 * `npm start`: the client built where its sources changed, then the server in production mode, in this process. The
 * script says `exec`, since a shell between would keep npm's signals to itself.
 */
process.env.NODE_ENV = 'production'
if (process.env.npm_lifecycle_event === 'start') stopWithNpm(process.ppid)
await buildClient()
await import('../server/main.ts')

/** npm killed outright passes no signal on: a server that nobody can stop must not keep the port. */
function stopWithNpm(npm: number): void {
  const watch = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}
