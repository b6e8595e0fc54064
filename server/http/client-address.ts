import { BlockList, isIP } from 'node:net'
import type { Context } from 'hono'
import type { Env } from './env.ts'

/** The addresses of proxies whose forwarding headers count. */
export function proxyList(addresses: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of addresses) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '')

const isIn = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

const socketAddress = (c: Context<Env>): string => plain(c.env?.incoming?.socket.remoteAddress ?? 'none')

/** Whether the request comes from a trusted proxy, so that its forwarding headers count. */
export const fromProxy = (c: Context<Env>, proxies: BlockList): boolean => isIn(proxies, socketAddress(c))

const LOOPBACK = proxyList(['127.0.0.0/8', '::1'])

/** Whether the socket's other end is a program on this machine. */
export const fromLoopback = (c: Context<Env>): boolean => isIn(LOOPBACK, socketAddress(c))

/** The client's address: the socket's, or, as far as trusted proxies have written it, that of `X-Forwarded-For`. */
export function clientAddress(c: Context<Env>, proxies: BlockList): string {
  let address = socketAddress(c)
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map(plain)
  while (isIn(proxies, address)) {
    const before = hops.pop()
    if (before === undefined || isIP(before) === 0) break
    address = before
  }
  return address
}

/** What counts as one client: an IPv6 client has a whole network of addresses. */
export function clientNetwork(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
