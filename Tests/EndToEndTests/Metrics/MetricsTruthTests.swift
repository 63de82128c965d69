import Glibc
import Testing

/// What `/metrics` says, compared with what is so.
@Suite struct MetricsTruthTests {
    @Test("the process's and Kapo's own memory, descriptors and threads are those of /proc, each under its own name")
    func usage() throws {
        try Sandbox.run { box in
            let script = """
                import threading, time
                keep = bytearray(b'x' * (64 << 20))
                files = [open('/dev/null') for _ in range(30)]
                for _ in range(4): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                print('ready', flush=True)
                time.sleep(600)
                """
            let kapo = try box.kapo(["-S", "run", "python3", "-c", script])
            try kapo.process.waitForOutput(containing: "ready")
            let pid = try kapo.entry().PID
            let samples = try kapo.metrics()
            let resident = try samples("kapo_command_resident_memory_bytes")
            #expect(resident > Double(64 << 20))
            #expect(abs(resident / 1024 - Double(ProcessTable.residentKiB(pid))) < 4096)
            #expect(try samples("kapo_command_virtual_memory_bytes") >= resident)
            #expect(try samples("kapo_command_open_fds") == Double(ProcessTable.descriptors(pid)))
            #expect(try samples("kapo_command_threads") == 5)

            let own = try samples("kapo_self_resident_memory_bytes")
            #expect(own < resident / 2)
            #expect(abs(own / 1024 - Double(ProcessTable.residentKiB(kapo.pid))) < 4096)
            // The connection of the scrape was one more.
            let descriptors = try samples("kapo_self_open_fds") - Double(ProcessTable.descriptors(kapo.pid))
            #expect((0...1).contains(descriptors))
            #expect(try samples("kapo_self_threads") == 1)
            let started = try samples("kapo_self_start_time_seconds")
            let processStarted = try #require(WallTime.seconds(kapo.entry().StartTime))
            #expect(started <= processStarted && processStarted - started < 20)
        }
    }

    @Test("state, start, restarts and the last end are those of the document")
    func state() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["supervise", "--wait", "2", "sleep", "600"])
            let first = try kapo.entry("running") { $0.Status == "running" }
            let running = try kapo.metrics()
            #expect(try running("kapo_up") == 1)
            #expect(try running("kapo_restarts_total") == 0)
            #expect(try running(#"kapo_state{state="running"}"#) == 1)
            let started = try #require(WallTime.seconds(first.StartTime))
            #expect(abs(try running("kapo_command_start_time_seconds") - started) < 0.001)
            let uptime = try running("kapo_command_uptime_seconds")
            #expect(uptime > 0 && uptime <= WallTime.now - started)
            #expect(running.values["kapo_last_exit_code"] == nil)

            kill(first.PID, SIGKILL)
            let down = try kapo.metrics("down") { try $0("kapo_up") == 0 }
            #expect(try down(#"kapo_state{state="running"}"#) == 0)
            #expect(down.values.filter { $0.key.hasPrefix("kapo_state{") }.values.reduce(0, +) == 1)
            #expect(try down("kapo_last_exit_code") == -1)
            #expect(try down("kapo_last_signal") == Double(SIGKILL))

            let again = try kapo.metrics("up again") { try $0("kapo_up") == 1 }
            #expect(try again("kapo_restarts_total") == 1)
            #expect(try again("kapo_last_signal") == Double(SIGKILL))
            #expect(try again("kapo_command_start_time_seconds") >= started + 2)
        }
    }

    @Test("CPU time is what the process has used, and does not fall with a restart")
    func processorTime() throws {
        try Sandbox.run { box in
            let script = """
                import time
                while time.process_time() < 0.5: pass
                time.sleep(600)
                """
            let kapo = try box.kapo(["supervise", "--wait", "0", "python3", "-c", script])
            let used = try kapo.metrics("half a second of CPU") { try $0("kapo_command_cpu_seconds_total") >= 0.4 }
            let before = try used("kapo_command_cpu_seconds_total")
            #expect(before < 10)
            kill(try kapo.entry().PID, SIGKILL)
            try kapo.entry("a restart") { $0.Restarts == 1 && $0.Status == "running" }
            #expect(try kapo.metrics()("kapo_command_cpu_seconds_total") >= before)
            try kapo.metrics("a second of CPU") { try $0("kapo_command_cpu_seconds_total") >= before + 0.4 }
            let own = try kapo.metrics()("kapo_self_cpu_seconds_total")
            #expect(abs(own - Double(ProcessTable.ticksUsed(kapo.pid)) / 100) < 0.5)
        }
    }

    @Test("the time to live runs down")
    func timeToLive() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo(["run", "--ttl", "1000", "sleep", "600"])
            let first = try kapo.metrics()("kapo_command_ttl_remaining_seconds")
            #expect(first <= 1000 && first > 900)
            try kapo.metrics("less") { try $0("kapo_command_ttl_remaining_seconds") < first }
            let endless = try box.kapo(["run", "sleep", "600"])
            #expect(try endless.metrics().values["kapo_command_ttl_remaining_seconds"] == nil)
        }
    }

    @Test("captured bytes and lines are counted by stream, also of runs that were before; a line needs no newline")
    func streams() throws {
        try Sandbox.run { box in
            let script = "printf 'a\\nbc\\nlast'; echo to-err >&2; sleep 0.2"
            for more in [[], ["--stdlog"]] {
                let kapo = try box.kapo(
                    ["--stdout", "--stderr"] + more + ["supervise", "--wait", "600", "sh", "-c", script])
                let samples = try kapo.metrics("the end") { try $0("kapo_up") == 0 }
                #expect(try samples("kapo_output_bytes_total{stream=\"stdout\"}") == 9)
                #expect(try samples("kapo_output_lines_total{stream=\"stdout\"}") == 3)
                #expect(try samples("kapo_output_bytes_total{stream=\"stderr\"}") == 7)
                #expect(try samples("kapo_output_lines_total{stream=\"stderr\"}") == 1)
            }
            let half = try box.kapo(["--stderr", "run", "sleep", "600"]).metrics()
            #expect(
                half.values.keys.filter { $0.contains("output_bytes") }.map(\.self) == [
                    "kapo_output_bytes_total{stream=\"stderr\"}"
                ])
            #expect(!(try box.kapo(["run", "sleep", "600"]).metrics().text.contains("output")))
        }
    }

    @Test("many bytes are counted to the last one")
    func manyBytes() throws {
        try Sandbox.run { box in
            let script = "seq 200000; test -e \(box.path("go")) || sleep 600"
            let kapo = try box.kapo(["--stdout", "run", "sh", "-c", script])
            let bytes = Double((1...200_000).reduce(0) { $0 + String($1).utf8.count + 1 })
            let samples = try kapo.metrics("all") { try $0("kapo_output_bytes_total{stream=\"stdout\"}") >= bytes }
            #expect(try samples("kapo_output_bytes_total{stream=\"stdout\"}") == bytes)
            #expect(try samples("kapo_output_lines_total{stream=\"stdout\"}") == 200_000)
        }
    }

    @Test("lines of the log that are lost while nobody reads are counted, and as many as the log itself tells of")
    func droppedLines() throws {
        try Sandbox.run { box in
            let outcome = try box.python(Self.droppingScript, within: .seconds(60))
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
    }

    /// Reads the port and then no more of the log, until lines were lost.
    private static let droppingScript = #"""
        import os, re, subprocess, time, urllib.request
        kapo = subprocess.Popen(
            [os.environ["KAPO"], "--interface", "127.0.0.1", "--port", "0", "supervise", "--wait", "0", "true"],
            stderr=subprocess.PIPE)
        try:
            port = re.search(rb"listening on 127.0.0.1:(\d+)", kapo.stderr.readline()).group(1).decode()
            def dropped():
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=15) as answer:
                    return int(re.search(r"(?m)^kapo_log_lines_dropped_total (\d+)$", answer.read().decode()).group(1))
            assert dropped() == 0
            end = time.monotonic() + 40
            while dropped() < 10:
                assert time.monotonic() < end, "nothing is dropped"
                time.sleep(0.05)
            told = 0
            while not told:
                line = kapo.stderr.readline().decode()
                if "log lines were dropped" in line:
                    told = int(re.search(r"count=(\d+)", line).group(1))
            assert told >= 10, told
            assert dropped() >= told
        finally:
            kapo.terminate()
            kapo.communicate()
        """#
}
