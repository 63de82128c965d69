import Glibc
import Testing

/// `--ready fd:N`, as s6 has it.
@Suite struct DescriptorReadyTests {
    @Test("a line on the descriptor makes it ready; a part of a line does not", arguments: [3, 9])
    func line(descriptor: Int) throws {
        try Sandbox.run { box in
            let script = """
                printf par >&\(descriptor); \(box.tell("told")); \(box.await("go")); echo tly >&\(descriptor)
                exec \(descriptor)>&- sleep 600
                """
            let kapo = try box.kapo(["supervise", "--ready", "fd:\(descriptor)", "sh", "-c", script])
            try box.hear("told")
            #expect(try kapo.isStillStarting())
            try box.allow("go")
            let entry = try kapo.runningEntry()
            #expect(kapo.log.contains("msg=\"sh is ready\" pid=\(entry.PID)"))
        }
    }

    @Test("the descriptor is open, for writing, and no other beside it", arguments: [3, 7, 1023])
    func descriptors(number: Int) throws {
        try Sandbox.run { box in
            let script = """
                import fcntl, os
                numbers = []
                for number in range(3, 1100):
                    try:
                        flags = fcntl.fcntl(number, fcntl.F_GETFL)
                        numbers.append((number, flags & os.O_ACCMODE == os.O_WRONLY))
                    except OSError:
                        pass
                print(numbers)
                os.write(numbers[0][0], b"\\n")
                """
            let outcome = try box.finish(Sandbox.kapo(["run", "--ready", "fd:\(number)", "python3", "-c", script]))
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(outcome.output == "[(\(number), True)]\n")
        }
    }

    @Test("a descriptor that is closed without a line leaves the run to --ready-timeout")
    func closed() throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                Sandbox.kapo([
                    "run", "--ready", "fd:3", "--ready-timeout", "0.4", "sh", "-c", "exec 3>&-; exec sleep 600",
                ]))
            #expect(outcome.ending == .code(128 + SIGTERM))
            #expect(outcome.errors.contains("sh is not ready in time"))
            #expect(!outcome.errors.contains("is ready"))
        }
    }

    @Test("what an old run left behind cannot make the new one ready")
    func oldRun() throws {
        try Sandbox.run { box in
            let script = """
                trap '' PIPE
                if [ ! -e \(box.path("first")) ]; then
                    \(box.tell("first")); (\(box.await("old")); echo old >&3; \(box.tell("told"))) 2>&1 & exit 1
                fi
                \(box.await("go")); echo new >&3; exec sleep 600
                """
            let kapo = try box.kapo([
                "supervise", "--no-sweep", "--wait", "0.05", "--ready", "fd:3", "sh", "-c", script,
            ])
            try kapo.entry("the second run") { $0.Status == "starting" && $0.Restarts == 1 }
            try box.allow("old")
            try box.hear("told")
            #expect(try kapo.isStillStarting())
            try box.allow("go")
            try kapo.runningEntry()
        }
    }
}
