import { expect, test } from 'vitest'
import { type Run, whyNoNetem } from './why-no-netem.ts'

/** A machine on which what matches fails with these words. */
function machine(fails: RegExp | null, words = 'no', platform = 'linux', uid = 0) {
  const calls: string[] = []
  const run: Run = (...args) => {
    const call = args.join(' ')
    calls.push(call)
    if (fails?.test(call)) throw Object.assign(new Error('failed'), { stderr: Buffer.from(words) })
  }
  return { platform, uid, run, calls }
}

test('a kernel that takes the qdisc has netem, and nothing is left behind', () => {
  const able = machine(null)
  expect(whyNoNetem(able)).toBeNull()
  const made = able.calls.filter((call) => call.includes('netns add')).length
  expect(able.calls.filter((call) => call.includes('netns del'))).toHaveLength(made)
})

test.each<[string, ReturnType<typeof machine>, string]>([
  ['another system', machine(null, '', 'darwin'), 'netem is a thing of Linux'],
  ['another user', machine(null, '', 'linux', 1000), 'network namespaces need root'],
  ['no tools', machine(/^tc -V/), 'tc is not installed (iproute2)'],
  [
    'no right to namespaces',
    machine(/netns add/, 'mount --make-shared /run/netns failed: Operation not permitted\nmore'),
    'network namespaces with veth are not allowed here: mount --make-shared /run/netns failed: Operation not permitted',
  ],
  [
    'a kernel without it',
    machine(/netem/, 'Error: Specified qdisc kind is unknown.'),
    'this kernel has no netem (sch_netem): Error: Specified qdisc kind is unknown.',
  ],
])('%s is told as such', (_what, unable, reason) => {
  expect(whyNoNetem(unable)).toBe(reason)
})
