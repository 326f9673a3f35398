import { startTestApi } from './testing.ts'

/**
 * The API in a process of its own, to be killed: `DATA_DIR [FAULT…]`. Prints its base and key.
 * `PUT /live/NAME` publishes as ingest would.
 */
const [dataDir, ...faults] = process.argv.slice(2)
const api = await startTestApi({
  dataDir: dataDir!,
  faults,
  extraRoutes: (app) => {
    app.put<{ Params: { name: string } }>('/live/:name', ({ params }) => ({
      applied: api.directory.apply(params.name, 'publish'),
    }))
  },
})
process.stdout.write(`${JSON.stringify({ base: api.base, apiKey: api.apiKey })}\n`)
