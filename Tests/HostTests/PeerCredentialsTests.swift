import Glibc
import Testing

@testable import Host

@Suite("Who has connected to a unix socket")
struct PeerCredentialsTests {
    /// Listens, has a command connect as that user, and tells what the kernel says of it.
    private static func peer(_ identity: [String]) throws -> (peer: PeerCredentials, pid: Int32) {
        let parent = try TemporaryDirectory()
        unsafe chmod(parent.path, 0o755)
        let directory = try ControlDirectory(Word(parent.path), name: "app")
        defer { directory.remove() }
        let listener = Descriptor(owning: try directory.listen(ControlAccess(mode: 0o666)).release())
        let script =
            "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); time.sleep(60)"
        let words = identity + ["/usr/bin/python3", "-I", "-S", "-c", script, directory.socketPath.text]
        let pid = try Command(words: words.map { Word($0) }, environment: [Word("PATH=/usr/bin:/bin")])
            .spawn(Start.plain)
        var connection: Int32 = -1
        let came = holdsInTime {
            // The peer's address is not asked for.
            connection = accept(listener.number, nil, nil)
            return connection >= 0
        }
        try #require(came)
        let accepted = Descriptor(owning: connection)
        let peer = try PeerCredentials(of: accepted.number)
        kill(pid, SIGKILL)
        _ = reap(pid)
        return (peer, pid)
    }

    @Test("this user: its pid, its ids, its groups")
    func own() throws {
        let (peer, pid) = try Self.peer([])
        #expect(peer.process == pid && peer.user == getuid() && peer.group == getgid())
        var groups = [gid_t](repeating: 0, count: 1024)
        // getgroups writes no more than it is told.
        let count = Int(unsafe getgroups(1024, &groups))
        #expect(peer.groups.sorted() == groups.prefix(max(0, count)).sorted())
        #expect(ControlAccess().admits(peer))
    }

    @Test("another user with more groups than fit at first", .enabled(if: getuid() == 0, "this is for root"))
    func other() throws {
        let groups = (70_000..<70_050).map { UInt32($0) }
        let list = groups.map { "\($0)" }.joined(separator: ",")
        let (peer, _) = try Self.peer(["setpriv", "--reuid=65533", "--regid=65532", "--groups=\(list)"])
        #expect(peer.user == 65533 && peer.group == 65532 && peer.groups.sorted() == groups)
        #expect(!ControlAccess().admits(peer) && !ControlAccess(group: 1).admits(peer))
        #expect(ControlAccess(group: 65532).admits(peer) && ControlAccess(group: 70_049).admits(peer))
    }

    @Test("a socket that is none of a unix connection has no peer")
    func none() throws {
        let null = try Descriptor.null()
        #expect(throws: SystemError("getsockopt", ENOTSOCK)) { _ = try PeerCredentials(of: null.number) }
    }

    @Test("our own user, root and the members of the group are admitted, and nobody else, whatever the modes are")
    func admission() {
        func caller(_ user: UInt32, _ group: UInt32, _ groups: [UInt32] = []) -> PeerCredentials {
            PeerCredentials(process: 1, user: user, group: group, groups: groups)
        }
        let me = geteuid()
        let stranger = me &+ 1 == 0 ? 5 : me + 1
        for access in [ControlAccess(), ControlAccess(mode: 0o666), ControlAccess(mode: 0o666, group: 77)] {
            #expect(access.admits(caller(me, 1)) && access.admits(caller(0, 1)))
            #expect(!access.admits(caller(stranger, 0)) && !access.admits(caller(stranger, me, [0, me])))
        }
        #expect(ControlAccess(group: 77).admits(caller(stranger, 77)))
        #expect(ControlAccess(group: 77).admits(caller(stranger, 1, [2, 77])))
        #expect(ControlAccess().mode == 0o600 && ControlAccess(group: 77).mode == 0o660)
    }
}
