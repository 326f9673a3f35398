import { expect } from 'vitest'
import { killAnEdge } from '../../harness/conformance/cdn/failover.ts'
import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'the viewers of an edge that is killed play again within five seconds',
  { needs: ['edges'], ownReference: true },
  async ({ expectRule }) => {
    await expectRule('cdn.failover').toHold()
  },
)

scenario(
  'five hundred viewers of an edge that is killed play again within five seconds',
  { needs: ['edges'], ownReference: true },
  async ({ workbench }) => {
    const { result, actual } = await killAnEdge(workbench, 500)
    expect(result, actual).toBe('holds')
  },
)
