import Glibc
import Testing

/// Where Kapo leaves its command more to itself than tini and dumb-init do, and what it adopts.
@Suite struct InitPeerSurroundingsTests {
    typealias Init = InitPeerTests.Init

    private func started(_ box: Sandbox, _ words: [String]) throws -> Outcome {
        try box.finish(["python3", "-I", "-S", "-c", InitStartTests.starter] + words)
    }

    @Test("signals that were ignored and blocked are so for the command, but for dumb-init's", arguments: Init.allCases)
    func signals(peer: Init) throws {
        try Sandbox.run { box in
            let show = ["sed", "-n", "-E", "/^Sig(Blk|Ign|Cgt)/p", "/proc/self/status"]
            let direct = try started(box, show).output
            let wrapped = try started(box, peer.words(show, at: .ordinary)).output
            #expect(direct.contains("SigIgn") && wrapped.contains("SigIgn"))
            #expect((wrapped == direct) == (peer != .dumbInit))
        }
    }

    @Test("descriptors of whoever starts Kapo stay with Kapo; the others pass them on", arguments: Init.allCases)
    func descriptors(peer: Init) throws {
        try Sandbox.run { box in
            let wrapped = try started(box, peer.words(["ls", "/proc/self/fd"], at: .ordinary)).output
            #expect(wrapped.split(separator: "\n").contains("77") == (peer != .kapo))
        }
    }

    @Test(
        "Kapo and dumb-init keep no directory busy, tini does; the command is where it was started",
        arguments: Init.allCases)
    func workingDirectory(peer: Init) throws {
        try Sandbox.run { box in
            let running = try box.start(
                ["env", "--chdir", box.directory] + peer.words(["sh", "-c", "pwd; exec sleep 600"], at: .ordinary))
            try running.waitForOutput(containing: box.directory)
            let expected = peer == .tini ? box.directory : "/"
            #expect(Files.target(ofLink: "/proc/\(running.pid)/cwd") == expected)
        }
    }

    @Test(
        "orphans come to Kapo and to tini -s where they are not process 1, and not to dumb-init",
        arguments: Init.allCases)
    func adoption(peer: Init) throws {
        try Sandbox.run { box in
            let script = "note('orphan %d.' % orphan(stubborn, session=True)); signal.pause()"
            let running = try box.start(
                peer.words(["python3", "-c", Leftovers.prelude + script, box.directory], at: .ordinary))
            let output = try running.waitForOutput(containing: ".\n")
            let orphan = try #require(output.firstMatch(of: /orphan (\d+)/).flatMap { pid_t($0.1) })
            try eventually("another parent", that: { ProcessTable.stat(orphan)?[1] != "1" || peer == .dumbInit })
            #expect(ProcessTable.children(of: running.pid).contains(orphan) == (peer != .dumbInit))
            Glibc.kill(orphan, SIGKILL)
        }
    }
}
