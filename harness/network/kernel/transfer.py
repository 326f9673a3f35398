"""One end, the other end, or the delay between them, for TCP over the kernel in namespaces.

The kernels at hand have no netem, so the delay is a small program: it takes Ethernet frames from
one interface and puts them on the other a fixed time later. Loss and rate are the kernel's own.
"""
import heapq
import select
import socket
import struct
import sys
import time

SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23
SO_RCVBUFFORCE = 33
ETH_P_ALL = 3
TCP_INFO_BYTES = 104
RTT_OFFSET = 68
WARM_UP = 2.0


def delay_box(left, right, delay_ms):
    ends = []
    for name in (left, right):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        end.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        end.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
        end.bind((name, 0))
        end.setblocking(False)
        ends.append(end)
    waiting = []
    order = 0
    print('ready', flush=True)
    while True:
        wait = max(0.0, waiting[0][0] - time.monotonic()) if waiting else 1.0
        ready, _, _ = select.select(ends, [], [], wait)
        for end in ready:
            other = ends[1 - ends.index(end)]
            for _ in range(64):
                try:
                    frame = end.recv(65536)
                except BlockingIOError:
                    break
                order += 1
                heapq.heappush(waiting, (time.monotonic() + delay_ms / 1000, order, other, frame))
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, other, frame = heapq.heappop(waiting)
            try:
                other.send(frame)
            except OSError:
                pass


def receive(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(('0.0.0.0', port))
    listener.listen(1)
    print('ready', flush=True)
    connection, _ = listener.accept()
    first = last = time.monotonic()
    counted = 0
    while True:
        try:
            data = connection.recv(1 << 18)
        except ConnectionResetError:
            break
        if not data:
            break
        last = time.monotonic()
        if last - first >= WARM_UP:
            counted += len(data)
    print(counted / max(1e-9, last - first - WARM_UP), flush=True)


def send(host, port, seconds, congestion):
    end = socket.socket()
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion.encode())
    end.connect((host, port))
    end.settimeout(5)
    chunk = bytes(32768)
    stop = time.monotonic() + seconds
    looked = 0.0
    round_trips = []
    while time.monotonic() < stop:
        end.send(chunk)
        if time.monotonic() - looked > 0.1:
            looked = time.monotonic()
            info = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
            round_trips.append(struct.unpack_from('I', info, RTT_OFFSET)[0] / 1000)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    end.close()
    settled = round_trips[len(round_trips) // 5:]
    print(sum(settled) / len(settled), flush=True)


job, *rest = sys.argv[1:]
if job == 'box':
    delay_box(rest[0], rest[1], float(rest[2]))
elif job == 'receive':
    receive(int(rest[0]))
else:
    send(rest[0], int(rest[1]), float(rest[2]), rest[3])
