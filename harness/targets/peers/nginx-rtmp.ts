import { existsSync } from 'node:fs'
import { findProgram, versionOf } from '../../setup/program.ts'
import { nginx, nginxRtmpModule } from '../../setup/programs.ts'
import type { Peer, PeerPlace } from './peer.ts'
import { randomLetters } from './random-letters.ts'

/** `ABCDE-GHIJK`: what has another form is refused, so that neither side needs a list. */
const KNOWN_NAME = '^[A-F0-9]{5}-[G-Z]{5}$'

/**
 * nginx with nginx-rtmp-module. Publishing is allowed by its own way to ask, `on_publish`; the
 * answer comes from the same nginx. Where its directives let a deadline or a limit be chosen, they
 * are chosen as the rules want them (see the directives' page in its wiki).
 */
export const nginxRtmp: Peer = {
  id: 'nginx-rtmp',
  summary: 'nginx with nginx-rtmp-module, from the system’s packages',
  missing() {
    const absent = [nginx, nginxRtmpModule].filter((program) => findProgram(program) === null)
    if (absent.length === 0) return null
    const packages = [nginx, nginxRtmpModule].flatMap(({ debian }) => debian).join(' ')
    return `${absent.map(({ name }) => name).join(' and ')} not installed (apt-get install ${packages})`
  },
  version() {
    const path = findProgram(nginx)
    return path && findProgram(nginxRtmpModule) ? versionOf(nginx, path) : null
  },
  command: (place) => ({
    file: findProgram(nginx) ?? 'nginx',
    args: ['-p', place.dir, '-c', 'nginx.conf', '-e', 'stderr'],
    files: { 'nginx.conf': configuration(place) },
  }),
  streamName: () =>
    `${randomLetters('0123456789ABCDEF', 5)}-${randomLetters('GHIJKLMNOPQRSTUVWXYZ', 5)}`,
}

function configuration({ dir, rtmpPort, otherPort }: PeerPlace): string {
  const module = findProgram(nginxRtmpModule) ?? ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((part) => `${part}_temp_path ${dir}/${part};`)
    .join('\n  ')
  return `daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log stderr crit;
${existsSync(module) ? `load_module ${module};` : ''}
events { worker_connections 1024; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${rtmpPort};
    chunk_size 4096;
    timeout 5s;
    ping 3s;
    ping_timeout 3s;
    max_streams 65600;
    application live {
      live on;
      wait_key on;
      wait_video on;
      idle_streams on;
      drop_idle_publisher 3s;
      notify_method get;
      on_publish http://127.0.0.1:${otherPort}/may-publish;
    }
  }
}
http {
  access_log off;
  ${temporary}
  map $arg_name $known { default 0; "~${KNOWN_NAME}" 1; }
  server {
    listen 127.0.0.1:${otherPort};
    location / {
      if ($known = 0) { return 403; }
      return 204;
    }
  }
}
`
}
