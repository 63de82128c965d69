import Glibc
import Testing

@testable import Host

/// What a command that was started left behind.
private struct Outcome: Equatable {
    var output: [UInt8] = []
    var error: [UInt8] = []
    /// The exit code, or 128 + N.
    var code: Int32
}

/// Waits for that child and no other.
private func reap(_ pid: Int32) -> Int32 {
    var status: Int32 = 0
    // The kernel fills the status, which lives through the call.
    let result = retryingOnInterrupt { unsafe Int(waitpid(pid, &status, 0)) }
    #expect(result == Int(pid))
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}

@Suite("Starting a command", .serialized)
struct SpawnTests {
    /// Signals as they are by default.
    private static let plain = Signals.Inherited(mask: emptySet, ignoredPipe: false)

    private static var emptySet: sigset_t {
        var set = sigset_t()
        // The set lives through the call that fills it.
        unsafe sigemptyset(&set)
        return set
    }

    /// Starts the command with both outputs captured and waits for its end. Short outputs only.
    private static func run(
        _ words: [Word], environment: [Word] = [], _ inherited: Signals.Inherited = plain
    ) throws -> Outcome {
        let (outputReader, outputWriter) = try Pipe().release()
        let (errorReader, errorWriter) = try Pipe().release()
        let output = Descriptor(owning: outputReader)
        let error = Descriptor(owning: errorReader)
        let pid: Int32
        do {
            let outputWriter = Descriptor(owning: outputWriter)
            let errorWriter = Descriptor(owning: errorWriter)
            var command = Command(words: words, environment: environment)
            command.output = outputWriter.number
            command.error = errorWriter.number
            pid = try command.spawn(inherited)
        }
        let (out, err) = (readAll(output.number), readAll(error.number))
        return Outcome(output: out, error: err, code: reap(pid))
    }

    private static func words(_ texts: String...) -> [Word] { texts.map { Word($0) } }

    @Test("the exit code comes back, whatever it is", arguments: [0, 1, 3, 126, 127, 255] as [Int32])
    func exitCode(_ code: Int32) throws {
        #expect(try Self.run(Self.words("sh", "-c", "exit \(code)")) == Outcome(code: code))
    }

    @Test("output and error go where they are told")
    func outputs() throws {
        let outcome = try Self.run(Self.words("sh", "-c", "printf out; printf err >&2"))
        #expect(outcome == Outcome(output: Array("out".utf8), error: Array("err".utf8), code: 0))
    }

    @Test("arguments arrive byte for byte: empty, odd, and not UTF-8")
    func arguments() throws {
        let odd = (1...255 as ClosedRange<UInt8>).map { $0 }
        let words = Self.words("sh", "-c", #"printf '%s|' "$@""#, "sh", "", "two words", "--", "-l")
        let outcome = try Self.run(words + [Word(bytes: odd), Word("👩‍👩‍👧")])
        #expect(outcome.output == Array("|two words|--|-l|".utf8) + odd + Array("|👩‍👩‍👧|".utf8))
    }

    @Test("the environment is the one given, byte for byte, and nothing else")
    func environment() throws {
        let odd = Word(bytes: Array("ODD=".utf8) + [0xff, 0xfe])
        let outcome = try Self.run(Self.words("env", "-0"), environment: [Word("A=b c"), odd])
        #expect(outcome.output == Array("A=b c\0ODD=".utf8) + [0xff, 0xfe, 0])
    }

    @Test("descriptors above 2 stay here, close-on-exec or not")
    func descriptors() throws {
        let inheritable = Descriptor(owning: fcntl(STDIN_FILENO, F_DUPFD, 50))
        let outcome = try Self.run(Self.words("sh", "-c", "echo /proc/$$/fd/*"))
        #expect(inheritable.number >= 50)
        let names = String(decoding: outcome.output, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        let numbers = names.compactMap { $0.split(separator: "/").last.flatMap { Int($0) } }
        // A shell holds the directory open while it lists it.
        #expect(Set(numbers).isSubset(of: [0, 1, 2, 3]))
        #expect(numbers.count >= 3)
    }

    @Test("the signals that were blocked at the start are blocked, and no others; SIGPIPE is as it was")
    func signals() throws {
        var mask = Self.emptySet
        // The set lives through the call that changes it.
        unsafe sigaddset(&mask, SIGUSR1)
        let inherited = Signals.Inherited(mask: mask, ignoredPipe: false)
        let outcome = try Self.run(Self.words("cat", "/proc/self/status"), inherited)
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        let blocked = lines.first { $0.hasPrefix("SigBlk:") }?.split(separator: "\t").last.flatMap {
            UInt64($0, radix: 16)
        }
        let ignored = lines.first { $0.hasPrefix("SigIgn:") }?.split(separator: "\t").last.flatMap {
            UInt64($0, radix: 16)
        }
        #expect(blocked == 1 << UInt64(SIGUSR1 - 1))
        #expect(ignored.map { $0 & 1 << UInt64(SIGPIPE - 1) } == 0)
    }

    @Test("it leads a process group of its own, which gets what is sent to the group")
    func group() throws {
        let pid = try Command(words: Self.words("sleep", "600"), environment: []).spawn(Self.plain)
        #expect(getpgid(pid) == pid)
        #expect(getpgid(0) != pid)
        try Signals.send(SIGTERM, toGroupOf: pid)
        #expect(reap(pid) == 128 + SIGTERM)
        #expect(throws: Never.self, "that nobody is there is no error") { try Signals.send(SIGCONT, toGroupOf: pid) }
    }

    @Test("what cannot be started throws what the kernel said, and starts nothing")
    func failures() throws {
        let directory = try TemporaryDirectory()
        let plain = try directory.write("plain", Array("x".utf8))
        let noFormat = try directory.write("noformat", Array("x".utf8), mode: 0o755)
        let noInterpreter = try directory.write("script", Array("#!/nonexistent/sh\n".utf8), mode: 0o755)
        let expected: [(String, Int32, Command.Trouble)] = [
            ("kapo-no-such-command", ENOENT, .notFound), ("/nonexistent/command", ENOENT, .notFound),
            ("", ENOENT, .notFound), (noInterpreter, ENOENT, .notFound), (plain, EACCES, .notExecutable),
            (directory.path, EACCES, .notExecutable), (plain + "/x", ENOTDIR, .notExecutable),
            (noFormat, ENOEXEC, .notExecutable),
        ]
        for (name, code, trouble) in expected {
            let error = #expect(throws: SystemError.self, "\(name)") {
                _ = try Command(words: [Word(name)], environment: []).spawn(Self.plain)
            }
            #expect(error == SystemError("posix_spawn", code), "\(name)")
            #expect(error.map(Command.Trouble.init) == trouble, "\(name)")
        }
    }

    @Test("a lack of resources is not the command's fault", arguments: [EAGAIN, ENOMEM, EMFILE, ENFILE])
    func resources(_ code: Int32) {
        #expect(Command.Trouble(SystemError("posix_spawn", code)) == .noResources)
    }
}

@Suite("Finding and following processes", .serialized)
struct ProcessListTests {
    @Test("a process is found by name and pid, with its true start, and its end is an event")
    func findAndFollow() throws {
        let directory = try TemporaryDirectory()
        // Tests of another work tree may run at the same time.
        let name = "a-name-longer-than-fifteen-\(getpid())"
        let path = directory.path + "/" + name
        let made = unsafe symlink("/bin/sleep", path)
        #expect(made == 0)
        let before = Clock.wall
        var mask = sigset_t()
        // The set lives through the call that fills it.
        unsafe sigemptyset(&mask)
        let inherited = Signals.Inherited(mask: mask, ignoredPipe: false)
        let pid = try Command(words: [Word(path), Word("600")], environment: []).spawn(inherited)
        var isReaped = false
        defer {
            if !isReaped {
                kill(pid, SIGKILL)
                _ = reap(pid)
            }
        }
        // The spawn returns a moment before the kernel has put the new arguments in place.
        #expect(holdsInTime { !ProcessList.find(ProcessName(Word(name)), pid: nil).isEmpty })
        let found = try #require(ProcessList.find(ProcessName(Word(name)), pid: nil).first)
        #expect(found.pid == pid)
        // The start is computed anew with each look and can differ in its last digits; the ticks cannot.
        let again = ProcessList.find(ProcessName(Word(name)), pid: pid)
        #expect(again.map(\.pid) == [pid])
        #expect(again.map(\.startTicks) == [found.startTicks])
        #expect(ProcessList.find(ProcessName(Word("other")), pid: pid) == [])
        // The kernel's tick is 10 ms, and the clocks are read one after the other.
        #expect(found.startedAt > before - 1_000_000_000 && found.startedAt < Clock.wall + 1_000_000_000)
        #expect(throws: SystemError("pidfd_open", ESRCH)) {
            _ = try ProcessList.follow(pid: pid, startTicks: found.startTicks + 1).release()
        }
        let follower = try ProcessList.follow(pid: pid, startTicks: found.startTicks)
        var wanted = pollfd(fd: follower.number, events: Int16(POLLIN), revents: 0)
        // The kernel reads and fills the one struct during the call.
        let early = unsafe poll(&wanted, 1, 0)
        #expect(early == 0)
        try Signals.send(SIGKILL, toGroupOf: pid)
        let late = unsafe poll(&wanted, 1, 20_000)
        #expect(late == 1)
        #expect(ProcessList.find(ProcessName(Word(name)), pid: pid) == [], "a zombie is not found")
        isReaped = true
        #expect(reap(pid) == 128 + SIGKILL)
        #expect(throws: SystemError("pidfd_open", ESRCH)) {
            _ = try ProcessList.follow(pid: pid, startTicks: found.startTicks).release()
        }
    }

    @Test("Kapo never finds itself")
    func itself() throws {
        let own = try File.read(Word("/proc/self/comm"), limit: 64).dropLast()
        #expect(ProcessList.find(ProcessName(Word(bytes: Array(own))), pid: getpid()) == [])
    }
}
