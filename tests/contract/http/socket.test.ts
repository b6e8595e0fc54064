import { httpContract } from './suite.ts'

httpContract('HTTP contract, over a socket', { socket: true })
