/**
 * Loaded into a reference by `node --import`: it then keeps 1 kB of every TCP connection for ever,
 * so that a test can see that the fuzzer notices.
 */
import { Server } from 'node:net'

const LEAK_BYTES = 1024
const kept: Buffer[] = []
const emit = Server.prototype.emit

Server.prototype.emit = function leaking(this: Server, ...event: Parameters<typeof emit>) {
  if (event[0] === 'connection') kept.push(Buffer.alloc(LEAK_BYTES))
  return emit.apply(this, event)
} as typeof emit
