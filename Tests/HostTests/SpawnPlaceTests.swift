import Glibc
import Testing

@testable import Host

@Suite("Where a command starts, and what a start leaves behind", .serialized)
struct SpawnPlaceTests {
    @Test("it starts in the directory that is given, and this process stays where it is")
    func directory() throws {
        let directory = try TemporaryDirectory()
        let here = try openDirectory(directory.path)
        let before = File.link(Word("/proc/self/cwd"))
        let outcome = try Start.run(Start.words("pwd"), directory: here.number)
        #expect(outcome == Outcome(output: Array("\(directory.path)\n".utf8), code: 0))
        #expect(File.link(Word("/proc/self/cwd")) == before)
        let other = try Start.run(Start.words("readlink", "/proc/self/cwd"))
        #expect(other.output.dropLast() == before?[...], "without one it is this process's own")
    }

    @Test("a relative path of the command begins there")
    func relative() throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("tool", Array("#!/bin/sh\necho \"$0\"\n".utf8), mode: 0o755)
        let here = try openDirectory(directory.path)
        #expect(try Start.run(Start.words("./tool"), directory: here.number).output == Array("./tool\n".utf8))
        #expect(throws: SystemError("execve", ENOENT)) { try Start.run(Start.words("./tool")) }
    }

    @Test("a directory that has been removed is one to start in")
    func removed() throws {
        let here: Descriptor
        do {
            let directory = try TemporaryDirectory()
            here = try openDirectory(directory.path)
        }
        let outcome = try Start.run(Start.words("readlink", "/proc/self/cwd"), directory: here.number)
        #expect(String(decoding: outcome.output, as: UTF8.self).hasSuffix(" (deleted)\n"))
    }

    @Test("the descriptor of a directory stays here, with all others above 2, however high they are")
    func descriptors() throws {
        let here = try openDirectory("/tmp")
        let high = Descriptor(owning: fcntl(STDIN_FILENO, F_DUPFD, Int32(Descriptor.limit) - 10))
        let inheritable = Descriptor(owning: fcntl(STDIN_FILENO, F_DUPFD, 3))
        let outcome = try Start.run(Start.words("ls", "/proc/self/fd"), directory: here.number)
        #expect(high.number > inheritable.number)
        // The last one is the directory that it lists.
        #expect(outcome.output == Array("0\n1\n2\n3\n".utf8))
    }

    @Test("the working directory is kept open when it is left")
    func leave() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            guard unsafe chdir(directory.path) == 0 else { exit(1) }
            let left = try WorkingDirectory.leave()
            guard File.link(Word("/proc/self/cwd")) == Array("/".utf8) else { exit(2) }
            let outcome = try Start.run(Start.words("pwd"), directory: left.number)
            guard outcome == Outcome(output: Array("\(directory.path)\n".utf8), code: 0) else { exit(3) }
            guard fcntl(left.number, F_GETFD) & FD_CLOEXEC != 0 else { exit(4) }
            // It is a directory to look in, too.
            _ = try directory.write("file", [])
            guard File.exists(Word("file"), in: left.number), !File.exists(Word("file")) else { exit(5) }
        }
    }

    @Test("one that nobody may read is left too: it need not be listed to start in it")
    func unreadable() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            guard unsafe chmod(directory.path, 0o111) == 0, unsafe chdir(directory.path) == 0 else { exit(1) }
            // Root may read everything; nobody may not.
            if getuid() == 0 { guard setuid(65534) == 0 else { exit(2) } }
            let left = try WorkingDirectory.leave()
            let outcome = try Start.run(Start.words("readlink", "/proc/self/cwd"), directory: left.number)
            guard outcome.output == Array("\(directory.path)\n".utf8) else { exit(3) }
            exit(0)
        }
    }

    @Test("what cannot be done for the command is named by its call")
    func failures() throws {
        let file = try Descriptor(owning: Pipe().release().readEnd)
        var command = Command(words: Start.words("true"), environment: [])
        command.directory = file.number
        #expect(Start.failure(command) == SystemError("fchdir", ENOTDIR))
        command.directory = 1_000_000
        #expect(Start.failure(command) == SystemError("fchdir", EBADF))
        command.directory = nil
        command.output = 1_000_000
        #expect(Start.failure(command) == SystemError("dup2", EBADF))
        command.output = nil
        command.error = 1_000_000
        #expect(Start.failure(command) == SystemError("dup2", EBADF))
        command.error = nil
        command.deathSignal = 99
        #expect(Start.failure(command) == SystemError("prctl", EINVAL))
    }

    @Test("words that are too many are the command's fault, and said")
    func tooLong() {
        let word = Word(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 200_000))
        let error = Start.failure(Command(words: [Word("true"), word], environment: []))
        #expect(error == SystemError("execve", E2BIG))
        #expect(error.map(Command.Trouble.init) == .notExecutable)
    }

    @Test("a start that fails leaves no child, no zombie and no descriptor")
    func nothingLeft() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let plain = try directory.write("plain", Array("x".utf8))
            let noFormat = try directory.write("noformat", Array("x".utf8), mode: 0o755)
            guard Children.next() == .noChild else { exit(1) }
            for _ in 0..<20 {
                for name in ["/nonexistent", "kapo-no-such-command", "", plain, noFormat] {
                    _ = Start.failure(Command(words: Start.words(name), environment: []))
                }
                var command = Command(words: Start.words("true"), environment: [])
                command.output = 1_000_000
                _ = Start.failure(command)
                guard Children.next() == .noChild else { exit(2) }
            }
            guard !Leftovers(ofGroup: getpid() + 1_000_000_000).areThere else { exit(3) }
            exit(0)
        }
    }
}
