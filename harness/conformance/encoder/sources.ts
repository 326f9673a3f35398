/** Where the rules of this family come from. */
export const LIVE_ENCODING = 'nanoStream Cloud documentation, Live Encoding'
export const OBS_SERVICE = 'OBS Studio service list, nanoStream Cloud / bintu'
export const STREAM_METRICS = 'nanoStream Cloud documentation, stream metrics and alerting'
