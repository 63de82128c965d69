import Glibc
import Testing

@testable import Host

@Suite("The pipe to which a command says that it is ready")
struct ReadyPipeTests {
    /// Expects that there is something to read, which must come within 20 seconds, or that there is not.
    private static func expect(
        readable: Bool, _ pipe: borrowing ReadyPipe, _ why: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var wanted = pollfd(fd: pipe.number, events: Int16(POLLIN), revents: 0)
        // poll reads and fills what is passed to it during the call only.
        let count = unsafe poll(&wanted, 1, readable ? 20_000 : 0)
        #expect(count == (readable ? 1 : 0), why, sourceLocation: sourceLocation)
    }

    /// Expects that what has come ends a line, or that it does not.
    private static func expect(
        line: Bool, _ pipe: borrowing ReadyPipe, _ why: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let hasLine = pipe.hasLine()
        #expect(hasLine == line, why, sourceLocation: sourceLocation)
    }

    private static func write(_ text: String, to pipe: borrowing ReadyPipe) {
        let bytes = Array(text.utf8)
        // The kernel reads the array during the call.
        let count = unsafe Glibc.write(pipe.writeEnd.number, bytes, bytes.count)
        #expect(count == bytes.count)
    }

    @Test(
        "it is a newline that says it, whatever stands before and behind", arguments: ["\n", "ready\n", "a\nb", "\n\n"])
    func line(_ text: String) throws {
        let pipe = try ReadyPipe()
        Self.expect(readable: false, pipe)
        Self.write(text, to: pipe)
        Self.expect(readable: true, pipe)
        Self.expect(line: true, pipe)
    }

    @Test("part of a line is none, until its end comes")
    func part() throws {
        let pipe = try ReadyPipe()
        Self.write("ready", to: pipe)
        Self.expect(line: false, pipe)
        Self.expect(readable: false, pipe, "it was read")
        Self.write(String(repeating: "x", count: 600), to: pipe)
        Self.expect(line: false, pipe)
        Self.expect(line: false, pipe, "the rest of it")
        Self.write("\n", to: pipe)
        Self.expect(line: true, pipe)
    }

    @Test("both ends are close-on-exec, and a command that closes its end says nothing by that")
    func ends() throws {
        let pipe = try ReadyPipe()
        for number in [pipe.number, pipe.writeEnd.number] { #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0) }
        var command = Command(words: Start.words("sh", "-c", "exec 5>&-; exit 4"), environment: [])
        command.ready = (pipe.writeEnd.number, 5)
        #expect(reap(try command.spawn(Start.plain)) == 4)
        Self.expect(readable: false, pipe)
    }

    @Test(
        "the command finds it at the number that it was promised, and no other descriptor",
        arguments: [3, 4, 9, 100, 1023])
    func number(_ number: Int32) throws {
        let pipe = try ReadyPipe()
        let stray = Descriptor(owning: fcntl(STDIN_FILENO, F_DUPFD, 200))
        let (reader, writer) = try Pipe().release()
        let output = Descriptor(owning: reader)
        let pid: Int32
        do {
            let writer = Descriptor(owning: writer)
            // Shells write to one-digit descriptors only. That of the directory is closed when its names are looked up.
            let script = """
                import os, sys
                os.write(%NUMBER, b"go\\n")
                names = os.listdir("/proc/self/fd")
                print(*sorted(int(name) for name in names if os.path.exists("/proc/self/fd/" + name)))
                """.replacing("%NUMBER", with: "\(number)")
            var command = Command(
                words: Start.words("/usr/bin/python3", "-I", "-S", "-c", script), environment: [])
            command.output = writer.number
            command.ready = (pipe.writeEnd.number, number)
            pid = try command.spawn(Start.plain)
        }
        #expect(stray.number >= 200)
        #expect(String(decoding: readAll(output.number), as: UTF8.self) == "0 1 2 \(number)\n")
        #expect(reap(pid) == 0)
        Self.expect(readable: true, pipe)
        Self.expect(line: true, pipe)
    }

    @Test("it is given to the command also where its descriptor has that number already")
    func sameNumber() throws {
        let pipe = try ReadyPipe()
        let number = pipe.writeEnd.number
        var command = Command(
            words: Start.words("/usr/bin/python3", "-I", "-S", "-c", "import os; os.write(\(number), b'\\n')"),
            environment: [])
        command.ready = (number, number)
        #expect(reap(try command.spawn(Start.plain)) == 0)
        Self.expect(readable: true, pipe)
        Self.expect(line: true, pipe)
        #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0, "here it is as it was")
    }
}
