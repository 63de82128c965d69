import Glibc
import Machine
import Peers
import Testing

@testable import Checks

@Suite("A check of TCP")
struct TCPCheckTests {
    @Test("whoever takes the connection is up: one that is silent, one that speaks, one that closes")
    func up() throws {
        let rig = try CheckRig()
        for steps: [ScriptedServer.Step] in [[.wait], [.send("hello"), .wait], [.close], [.finish, .wait]] {
            let outcome = try rig.outcome(.tcp, of: steps)
            #expect(outcome.text.timeless == "200 Connected in N.nns" && outcome.verdict == .passed)
        }
    }

    @Test("the connection is closed as soon as it is known")
    func closes() throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.tcp, [.wait])
        _ = try rig.outcome(of: question)
        try rig.until("the server sees the end") { server.accepted == 1 && server.open == 0 }
    }

    @Test("a connection that is refused is told in hacheck's words, over IPv4 and IPv6")
    func refused() throws {
        let rig = try CheckRig()
        for address in ["127.0.0.1", "::1"] {
            let gone = try Listener(address)
            close(gone.descriptor)
            let outcome = try rig.outcome(of: CheckQuestion(.tcp, try #require(IPAddress(address)), gone.port))
            #expect(
                outcome.text.timeless == "503 Unexpected error [Errno 111] Connection refused after N.nnnnnns")
            #expect(outcome.verdict == .failed)
        }
    }

    @Test("who resets what was connected has taken the connection")
    func reset() throws {
        // The kernel tells of the reset when the check looks for the first time: the loop has not run before.
        let rig = try CheckRig()
        let listener = try Listener()
        defer { close(listener.descriptor) }
        var outcomes: [CheckOutcome] = []
        let check = CheckQuestion.local(.tcp, listener.port).check(rig.loop, rig.means) { outcomes.append($0) }
        check?.start()
        let theirs = accept(listener.descriptor, nil, nil)
        var linger = linger(l_onoff: 1, l_linger: 0)
        // The kernel reads the struct during the call.
        unsafe setsockopt(theirs, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        close(theirs)
        try rig.until("an outcome") { !outcomes.isEmpty }
        #expect(outcomes.map(\.text.timeless) == ["200 Connected in N.nns"])
    }

    @Test("a port that nobody can connect to has no check")
    func portZero() throws {
        let rig = try CheckRig()
        for kind in CheckQuestion.Kind.allCases {
            #expect(CheckQuestion(kind, .loopback, 0).check(rig.loop, rig.means) { _ in } == nil)
        }
    }

    @Test("cancelled it tells nothing, and lets go of the socket")
    func cancelled() throws {
        let rig = try CheckRig()
        let (server, question) = try rig.server(.tcp, [.wait])
        var calls = 0
        let check = try #require(question.check(rig.loop, rig.means) { _ in calls += 1 })
        check.start()
        check.cancel()
        try rig.until("the server sees the end") { server.accepted == 1 && server.open == 0 }
        #expect(calls == 0)
    }
}
