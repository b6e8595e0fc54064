import { httpContract } from './suite.ts'

httpContract('HTTP contract, without a socket', {})
