import { type AddressInfo, connect, createServer } from 'node:net'

/** A child process that passes bytes on: the least that any path through a server can cost. */
const [, , port] = process.argv
const server = createServer({ noDelay: true }, (incoming) => {
  const outgoing = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  incoming.pipe(outgoing)
  incoming.on('error', () => outgoing.destroy())
  outgoing.on('error', () => incoming.destroy())
  outgoing.on('close', () => incoming.destroy())
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
process.once('disconnect', () => process.exit())
