import { buildClient } from './build.ts'

/** `npm start`: the client built where its sources changed, then the server in production mode, in this process. */
process.env.NODE_ENV = 'production'
await buildClient()
await import('../server/main.ts')
