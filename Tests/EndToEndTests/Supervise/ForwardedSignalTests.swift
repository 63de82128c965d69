import Glibc
import Testing

@Suite struct ForwardedSignalTests {
    /// A command with a child, both of which say what signals they get.
    private let worker = """
        import os, signal
        child = os.fork()
        name = "parent" if child else "child"
        numbers = [signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGCONT]
        for number in numbers:
            signal.signal(number, lambda number, _: os.write(1, b"%s got %d.\\n" % (name.encode(), number)))
        os.write(1, b"%s is ready.\\n" % name.encode())
        while True:
            signal.pause()
        """

    @Test("HUP, QUIT, USR1, USR2, WINCH and CONT reach the command and its child", arguments: ["run", "supervise"])
    func forwarded(mode: String) throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([mode, "python3", "-c", worker])
            for name in ["parent", "child"] { try kapo.process.waitForOutput(containing: "\(name) is ready.") }
            for number in [SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT] {
                kapo.process.signal(number)
                for name in ["parent", "child"] {
                    try kapo.process.waitForOutput(containing: "\(name) got \(number).")
                }
            }
            #expect(try kapo.entry().Restarts == 0)
            let lines = kapo.process.output.split(separator: "\n")
            #expect(lines.count == 2 + 2 * 6, "each once: \(lines)")
        }
    }

    @Test("the command starts with the signal mask and dispositions that Kapo was started with")
    func inherited() throws {
        try Sandbox.run { box in
            let show = "sed -n -E '/^Sig(Blk|Ign|Cgt)/p' /proc/self/status"
            for setting in ["true", "trap '' HUP PIPE CHLD USR1"] {
                let direct = try box.shell("\(setting); exec \(show)")
                let wrapped = try box.shell("\(setting); exec \"$KAPO\" -i 127.0.0.1 -p 0 run \(show)")
                #expect(direct.output.contains("SigIgn"))
                #expect(wrapped.output == direct.output)
            }
        }
    }
}
