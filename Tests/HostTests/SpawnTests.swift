import Glibc
import Testing

@testable import Host

@Suite("Starting a command", .serialized)
struct SpawnTests {
    @Test("the exit code comes back, whatever it is", arguments: [0, 1, 3, 126, 127, 255] as [Int32])
    func exitCode(_ code: Int32) throws {
        #expect(try Start.run(Start.words("sh", "-c", "exit \(code)")) == Outcome(code: code))
    }

    @Test("output and error go where they are told")
    func outputs() throws {
        let outcome = try Start.run(Start.words("sh", "-c", "printf out; printf err >&2"))
        #expect(outcome == Outcome(output: Array("out".utf8), error: Array("err".utf8), code: 0))
    }

    @Test("arguments arrive byte for byte: empty, odd, and not UTF-8")
    func arguments() throws {
        let odd = (1...255 as ClosedRange<UInt8>).map { $0 }
        let words = Start.words("sh", "-c", #"printf '%s|' "$@""#, "sh", "", "two words", "--", "-l")
        let outcome = try Start.run(words + [Word(bytes: odd), Word("👩‍👩‍👧")])
        #expect(outcome.output == Array("|two words|--|-l|".utf8) + odd + Array("|👩‍👩‍👧|".utf8))
    }

    @Test("the environment is the one given, byte for byte, and nothing else")
    func environment() throws {
        let odd = Word(bytes: Array("ODD=".utf8) + [0xff, 0xfe])
        let outcome = try Start.run(Start.words("env", "-0"), environment: [Word("A=b c"), odd])
        #expect(outcome.output == Array("A=b c\0ODD=".utf8) + [0xff, 0xfe, 0])
    }

    @Test("descriptors above 2 stay here, close-on-exec or not")
    func descriptors() throws {
        let inheritable = Descriptor(owning: fcntl(STDIN_FILENO, F_DUPFD, 50))
        let outcome = try Start.run(Start.words("sh", "-c", "echo /proc/$$/fd/*"))
        #expect(inheritable.number >= 50)
        let names = String(decoding: outcome.output, as: UTF8.self).split { $0 == " " || $0 == "\n" }
        let numbers = names.compactMap { $0.split(separator: "/").last.flatMap { Int($0) } }
        // A shell holds the directory open while it lists it.
        #expect(Set(numbers).isSubset(of: [0, 1, 2, 3]))
        #expect(numbers.count >= 3)
    }

    @Test("it leads a process group of its own, which gets what is sent to the group")
    func group() throws {
        let pid = try Command(words: Start.words("sleep", "600"), environment: []).spawn(Start.plain)
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
                _ = try Command(words: [Word(name)], environment: []).spawn(Start.plain)
            }
            #expect(error == SystemError("execve", code), "\(name)")
            #expect(error.map(Command.Trouble.init) == trouble, "\(name)")
        }
    }

    @Test("a lack of resources is not the command's fault", arguments: [EAGAIN, ENOMEM, EMFILE, ENFILE])
    func resources(_ code: Int32) {
        #expect(Command.Trouble(SystemError("clone", code)) == .noResources)
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
        let pid = try Command(words: [Word(path), Word("600")], environment: []).spawn(Start.plain)
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
            _ = try ProcessList.follow(pid: pid, startTicks: found.startTicks + 1)
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
            _ = try ProcessList.follow(pid: pid, startTicks: found.startTicks)
        }
    }

    @Test("Kapo never finds itself")
    func itself() throws {
        let own = try File.read(Word("/proc/self/comm"), limit: 64).dropLast()
        #expect(ProcessList.find(ProcessName(Word(bytes: Array(own))), pid: getpid()) == [])
    }
}
