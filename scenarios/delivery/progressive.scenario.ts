import { scenario } from '../../harness/scenario/scenario.ts'

scenario(
  'progressive MP4 carries the bytes of H5Live and ends with the stream',
  async ({ expectRule }) => {
    await expectRule('progressive.valid').toHold()
  },
)
