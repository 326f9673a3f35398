import type { Program } from './program.ts'

export const ffmpeg: Program = {
  name: 'ffmpeg',
  variable: 'FFMPEG_PATH',
  commands: ['ffmpeg'],
  versionArguments: ['-version'],
  debian: ['ffmpeg'],
  cost: 'scenarios that encode or play with ffmpeg are skipped',
  wantedBy: 'demo',
}

export const ffprobe: Program = {
  name: 'ffprobe',
  variable: 'FFPROBE_PATH',
  commands: ['ffprobe'],
  versionArguments: ['-version'],
  debian: ['ffmpeg'],
  cost: 'what is delivered is not checked by ffprobe',
  wantedBy: 'demo',
}

export const chromium: Program = {
  name: 'chromium',
  variable: 'CHROMIUM_PATH',
  commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  versionArguments: ['--version'],
  debian: ['chromium', 'fonts-dejavu-core'],
  cost: 'scenarios that play in a real browser are skipped',
  wantedBy: 'demo',
}

const compiler: Program = {
  name: 'C compiler',
  commands: ['cc', 'gcc'],
  versionArguments: ['--version'],
  debian: ['gcc', 'libc6-dev'],
  cost: 'the test that publishes with librtmp is skipped',
  wantedBy: 'test',
}

const rtmpdump: Program = {
  name: 'rtmpdump',
  commands: ['rtmpdump'],
  versionArguments: ['-h'],
  debian: ['rtmpdump', 'librtmp1'],
  cost: 'the tests with librtmp are skipped',
  wantedBy: 'test',
}

export const srtLiveTransmit: Program = {
  name: 'srt-live-transmit',
  commands: ['srt-live-transmit'],
  versionArguments: ['-version'],
  debian: ['srt-tools'],
  cost: 'the tests with libsrt, and its CPU in the benchmark, are skipped',
  wantedBy: 'test',
}

export const coturn: Program = {
  name: 'coturn',
  variable: 'TURNSERVER_PATH',
  commands: ['turnserver'],
  versionArguments: ['--version'],
  debian: ['coturn'],
  cost: 'the test that publishes over a TURN server of others is skipped',
  wantedBy: 'test',
}

export const k6: Program = {
  name: 'k6',
  variable: 'K6_PATH',
  commands: ['k6'],
  versionArguments: ['version'],
  debian: [],
  go: { module: 'go.k6.io/k6', version: 'v1.8.1' },
  cost: '`load --engine k6` is not possible, and its tests are skipped',
  wantedBy: 'test',
}

export const nginx: Program = {
  name: 'nginx',
  variable: 'NGINX_PATH',
  commands: ['nginx'],
  versionArguments: ['-v'],
  debian: ['nginx'],
  cost: 'nginx-rtmp cannot be a target',
  wantedBy: 'test',
}

export const nginxRtmpModule: Program = {
  name: 'nginx-rtmp',
  variable: 'NGINX_RTMP_MODULE',
  commands: ['ngx_rtmp_module.so'],
  folders: ['/usr/lib/nginx/modules', '/usr/share/nginx/modules', '/usr/lib64/nginx/modules'],
  debian: ['libnginx-mod-rtmp'],
  cost: 'nginx-rtmp cannot be a target',
  wantedBy: 'test',
}

const namespaceTools: readonly Program[] = [
  ['ip', 'iproute2', '-V'],
  ['nft', 'nftables'],
  ['ethtool', 'ethtool'],
  ['python3', 'python3'],
].map(([name, debian, version = '--version']) => ({
  name: name!,
  commands: [name!],
  versionArguments: [version],
  debian: [debian!],
  cost: "the test that holds links against the kernel's own TCP is skipped",
  wantedBy: 'test',
}))

/** Every program, in the order in which `doctor` shows them. */
export const programs: readonly Program[] = [
  ffmpeg,
  ffprobe,
  chromium,
  compiler,
  rtmpdump,
  srtLiveTransmit,
  coturn,
  nginx,
  nginxRtmpModule,
  ...namespaceTools,
  k6,
]
