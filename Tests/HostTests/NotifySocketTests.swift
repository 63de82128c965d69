import Glibc
import Testing

@testable import Host

@Suite("The socket that a command notifies")
struct NotifySocketTests {
    /// What that socket hears next, which must come within 20 seconds; nil when it does not.
    private static func next(_ socket: borrowing NotifySocket) -> [NotifySocket.Message]? {
        var wanted = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
        // poll reads and fills what is passed to it during the call only.
        guard unsafe poll(&wanted, 1, 20_000) == 1 else { return nil }
        return socket.next()
    }

    @Test(
        "READY=1 and WATCHDOG=1 are understood, alone, together and among others",
        arguments: [
            ("READY=1", [.ready]), ("WATCHDOG=1", [.alive]), ("READY=1\nSTATUS=x\nWATCHDOG=1\n", [.ready, .alive]),
            ("WATCHDOG=1\nREADY=1", [.alive, .ready]), ("STATUS=READY=1", []), ("READY=0", []), ("READY=1 ", []),
            ("ready=1", []), ("\n\n", []), ("STOPPING=1", []), ("BARRIER=1", []),
        ] as [(String, [NotifySocket.Message])])
    func messages(_ text: String, _ expected: [NotifySocket.Message]) throws {
        let socket = try NotifySocket(user: nil)
        #expect(socket.next() == nil, "nothing has come")
        let sent = Notifier(path: socket.name)?.send(text)
        #expect(sent == true)
        #expect(Self.next(socket) == expected)
        #expect(socket.next() == nil, "it was one datagram")
    }

    @Test("datagrams come one by one and in their order, and an empty one says nothing")
    func order() throws {
        let socket = try NotifySocket(user: nil)
        let notifier = Notifier(path: socket.name)
        for text in ["WATCHDOG=1", "", "READY=1"] {
            let sent = notifier?.send(text)
            #expect(sent == true)
        }
        #expect(Self.next(socket) == [.alive])
        #expect(Self.next(socket) == [])
        #expect(Self.next(socket) == [.ready])
        #expect(socket.next() == nil)
    }

    @Test("of a datagram as many bytes are read as systemd reads, and what is behind them is dropped")
    func long() throws {
        let socket = try NotifySocket(user: nil)
        let notifier = Notifier(path: socket.name)
        for count in [4087, 4088] {
            let sent = notifier?.send("X=" + String(repeating: "x", count: count - 2) + "\nREADY=1")
            #expect(sent == true)
        }
        #expect(Self.next(socket) == [.ready], "it ends with byte 4095")
        #expect(Self.next(socket) == [.ready], "it ends with byte 4096")
        let sent = notifier?.send("X=" + String(repeating: "x", count: 4087) + "\nREADY=1")
        #expect(sent == true)
        #expect(Self.next(socket) == [], "it would end with byte 4097")
    }

    @Test("every name is another one, begins with @, and leaves no file")
    func names() throws {
        let first = try NotifySocket(user: nil)
        let second = try NotifySocket(user: nil)
        #expect(first.name != second.name)
        #expect(first.name.hasPrefix("@kapo/\(getpid())/"))
        #expect(!File.exists(Word(first.name)))
        #expect(fcntl(first.number, F_GETFD) & FD_CLOEXEC != 0)
    }

    @Test("a real sd_notify(3), that of systemd-notify, is understood")
    func systemd() throws {
        let socket = try NotifySocket(user: nil)
        let environment = [Word("NOTIFY_SOCKET=\(socket.name)"), Word("PATH=/usr/bin:/bin")]
        let command = Command(words: Start.words("systemd-notify", "--no-block", "--ready"), environment: environment)
        let pid = try command.spawn(Start.plain)
        #expect(Self.next(socket) == [.ready])
        #expect(reap(pid) == 0)
    }

    @Test(
        "a stranger is heard of, and not listened to; the user of the command is",
        .enabled(if: getuid() == 0, "this is for root"))
    func users() throws {
        let stranger = try NotifySocket(user: nil)
        let known = try NotifySocket(user: 65533)
        // root may say anything, so the test must be another user: in a process of its own.
        let script =
            "import os, socket, sys; os.setuid(65533); s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)"
            + "; [s.sendto(b'READY=1', b'\\0' + name[1:].encode()) for name in sys.argv[1:]]"
        let command = Command(
            words: Start.words("/usr/bin/python3", "-I", "-S", "-c", script, stranger.name, known.name),
            environment: [])
        #expect(reap(try command.spawn(Start.plain)) == 0)
        #expect(Self.next(stranger) == [], "it has come, and says nothing")
        #expect(Self.next(known) == [.ready])
    }
}
