#!/usr/bin/env python3
"""Turns per second and CPU of POST /chat with a model double that answers at once, beside the same
server without a model; and the memory of 1,000 turns in flight.

    tests/bench/chat_bench.py build/release
"""
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLIENTS = 16
SECONDS = 5


def start(*command, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "AI_RETRY_", "DUGOUT_"))}
    kept["DUGOUT_LIMITS_RATES_ENABLED"] = "false"  # one address asks as fast as it can
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**kept, **environment})
    return process, int(process.stdout.readline().rsplit(":", 1)[1])


def serve(data, **environment):
    return start(BUILD + "/bin/dugout", "serve", "--listen", "127.0.0.1:0", "--root", ROOT, "--data", data,
                 "--log-level", "error", **environment)


def cpu_seconds(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024


def client(port, number, until, counts):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    done = 0

    def say(text):
        connection.request("POST", "/chat", json.dumps({"user_message": text, "session_id": "bench-%06d" % number}),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise AssertionError((response.status, body))

    say("200-lions-u9-2526")
    while time.monotonic() < until:
        say("what do you mean?")  # stays at routine 1: every turn is the same work
        done += 1
    counts.append(done)


def throughput(port, pid):
    counts, until, before = [], time.monotonic() + SECONDS, cpu_seconds(pid)
    threads = [threading.Thread(target=client, args=(port, number, until, counts)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = sum(counts)
    return turns / SECONDS, (cpu_seconds(pid) - before) / turns * 1e6


def end(*processes):
    for process in processes:
        process.kill()
        process.wait()


def bench_throughput():
    with tempfile.TemporaryDirectory() as data:
        server, port = serve(data)
        alone = throughput(port, server.pid)
        end(server)
    with tempfile.TemporaryDirectory() as data:
        double, model_port = start(BUILD + "/tests/responses_double")
        server, port = serve(data, OPENAI_API_KEY="bench", OPENAI_BASE_URL="http://127.0.0.1:%d/v1" % model_port)
        model = throughput(port, server.pid)
        end(server, double)
    print("understudy: %6.0f turns/s, %5.0f us CPU a turn" % alone)
    print("model:      %6.0f turns/s, %5.0f us CPU a turn (0 ms double; %.2f times the CPU of the understudy)"
          % (*model, model[1] / alone[1]))


def bench_memory(turns=1000):
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with tempfile.TemporaryDirectory() as data:
        # Every request of the model stalls, so all turns are in flight at once.
        double, model_port = start(BUILD + "/tests/responses_double", "--fault", "timeout", "--times", "1000000")
        server, port = serve(data, OPENAI_API_KEY="bench", OPENAI_BASE_URL="http://127.0.0.1:%d/v1" % model_port)
        before = rss_mib(server.pid)
        sockets = []
        for number in range(turns):
            body = json.dumps({"user_message": "hello", "session_id": "memory-%06d" % number}).encode()
            client_socket = socket.create_connection(("127.0.0.1", port))
            client_socket.sendall(b"POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                  b"Content-Length: %d\r\n\r\n" % len(body) + body)
            sockets.append(client_socket)
        peak, until = before, time.monotonic() + 8
        while time.monotonic() < until:
            peak = max(peak, rss_mib(server.pid))
            time.sleep(0.1)
        print("memory:     %.0f MiB idle, %.0f MiB with %d turns in flight (%.0f KiB a turn)"
              % (before, peak, turns, (peak - before) * 1024 / turns))
        for client_socket in sockets:
            client_socket.close()
        end(server, double)


if __name__ == "__main__":
    bench_throughput()
    bench_memory()
