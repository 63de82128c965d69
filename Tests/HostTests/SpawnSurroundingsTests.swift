import Glibc
import Testing

@testable import Host

/// What capabilities(7) lets this process do: root in a container may do less than root.
private enum Powers {
    /// CAP_SETGID and CAP_SETUID.
    static let changesUser = has([6, 7])
    /// CAP_SYS_NICE.
    static let isNice = has([23])
    /// CAP_CHOWN.
    static let ownsPipes = has([0])

    private static func has(_ numbers: [UInt64]) -> Bool {
        let bytes = (try? File.read(Word("/proc/self/status"), limit: 100_000)) ?? []
        let mask = Outcome(output: bytes, code: 0).mask("CapEff") ?? 0
        return numbers.allSatisfy { mask & 1 << $0 != 0 }
    }
}

@Suite("User, limits, nice value, umask and directory of a command", .serialized)
struct SpawnSurroundingsTests {
    private static func limit(_ name: String, _ soft: UInt64?, _ hard: UInt64?) throws -> Limit {
        try #require(Limit(name: name, soft: soft, hard: hard))
    }

    /// What a shell says with the command changed like that, without the newline.
    private static func say(_ script: String, _ change: (inout Command) throws -> Void) throws -> String {
        let outcome = try Start.run(Start.words("sh", "-c", script), environment: []) { try change(&$0) }
        return String(decoding: outcome.output.dropLast(), as: UTF8.self)
    }

    private static func nobody(_ groups: [UInt32]) -> Account {
        Account(
            name: Array("nobody".utf8), user: 65534, group: 65533, groups: groups, home: Array("/".utf8),
            shell: Array("/bin/sh".utf8))
    }

    @Test("limits are set, soft and hard, and those of this process stay")
    func limits() throws {
        let before = Descriptor.limit
        let said = try Self.say("ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Ht") {
            $0.limits = [
                try Self.limit("nofile", 64, 65), try Self.limit("core", 0, 0), try Self.limit("cpu", 1000, 2000),
            ]
        }
        #expect(said == "64\n65\n0\n2000")
        #expect(Descriptor.limit == before)
    }

    @Test("a number of the kernel's that is not a limit is unlimited")
    func unlimited() throws {
        let said = try Self.say("ulimit -St; ulimit -Ht") { $0.limits = [try Self.limit("cpu", nil, nil)] }
        #expect(said == "unlimited\nunlimited")
    }

    @Test("a resource has its number, and what is none has none")
    func resources() throws {
        #expect(try Self.limit("nofile", 1, 1).values.resource == 7)
        #expect(try Self.limit("rttime", 1, 1).values.resource == 15)
        for name in ["", "nofil", "nofiles", "NOFILE", "setrlimit nofile"] {
            #expect(Limit(name: name, soft: 1, hard: 1) == nil)
        }
    }

    @Test("a limit that is refused is named by its resource")
    func refusedLimit() throws {
        var command = Command(words: Start.words("true"), environment: [])
        command.limits = [try Self.limit("core", 0, 0), try Self.limit("stack", 2, 1)]
        #expect(Start.failure(command) == SystemError("setrlimit stack", EINVAL))
    }

    @Test("the nice value is set, not added, and this process keeps its own")
    func nice() throws {
        #expect(try Self.say("nice") { $0.nice = 19 } == "19")
        let own = getpriority(Int32(PRIO_PROCESS.rawValue), 0)
        #expect(try Self.say("nice") { _ in } == "\(own)")
    }

    @Test("the umask is set, and this process keeps its own")
    func umask() throws {
        let before = try Self.say("umask") { _ in }
        #expect(try Self.say("umask") { $0.umask = 0o137 } == "0137")
        #expect(try Self.say("umask") { $0.umask = 0 } == "0000")
        #expect(try Self.say("umask") { _ in } == before)
    }

    @Test("it enters the directory that it is to work in; a relative one begins where it starts")
    func directory() throws {
        let directory = try TemporaryDirectory()
        let root = try openDirectory("/")
        let relative = String(directory.path.dropFirst())
        #expect(try Self.say("pwd") { $0.workingDirectory = Word(directory.path) } == directory.path)
        let said = try Self.say("pwd") { ($0.directory, $0.workingDirectory) = (root.number, Word(relative)) }
        #expect(said == directory.path)
    }

    @Test("a directory that cannot be entered is named by its call, and does not make the command one that is missing")
    func noDirectory() throws {
        var command = Command(words: Start.words("true"), environment: [])
        command.workingDirectory = Word("/nonexistent")
        let error = Start.failure(command)
        #expect(error == SystemError("chdir", ENOENT))
        #expect(error.map(Command.Trouble.init) == .notExecutable)
    }

    @Test(
        "a change of user changes all its numbers and groups, and nothing of this process",
        .enabled(if: Powers.changesUser, "root changes the user")
    )
    func user() throws {
        let status = "/proc/self/status"
        let own = try File.read(Word(status), limit: 100_000).split(separator: 10).filter {
            $0.starts(with: "Uid".utf8)
        }
        let said = try Self.say("grep -E '^(Uid|Gid|Groups|CapPrm|CapEff|NoNewPrivs):' \(status)") {
            $0.account = Self.nobody([65533, 4, 100])
        }
        let lines = said.split(separator: "\n").map { $0.split { $0 == "\t" || $0 == " " }.joined(separator: " ") }
        #expect(lines.contains("Uid: 65534 65534 65534 65534"))
        #expect(lines.contains("Gid: 65533 65533 65533 65533"))
        #expect(lines.contains("Groups: 4 100 65533"))
        #expect(lines.contains("CapPrm: 0000000000000000"))
        #expect(lines.contains("CapEff: 0000000000000000"))
        #expect(lines.contains("NoNewPrivs: 1"))
        let now = try File.read(Word(status), limit: 100_000).split(separator: 10).filter {
            $0.starts(with: "Uid".utf8)
        }
        #expect(now == own)
    }

    @Test(
        "limits and nice value come before the user, the directory after",
        .enabled(if: Powers.changesUser, "root changes the user"))
    func order() throws {
        // Only root may go so low.
        if Powers.isNice {
            #expect(try Self.say("nice") { ($0.account, $0.nice) = (Self.nobody([65533]), -5) } == "-5")
        }

        let directory = try TemporaryDirectory()
        var command = Command(words: Start.words("true"), environment: [])
        command.account = Self.nobody([65533])
        command.workingDirectory = Word(directory.path)
        // The directory is its owner's alone.
        #expect(Start.failure(command) == SystemError("chdir", EACCES))
        let here = try openDirectory(directory.path)
        let inside = try Self.say("readlink /proc/self/cwd") {
            ($0.account, $0.directory) = (command.account, here.number)
        }
        #expect(inside == directory.path, "where it starts is open already")
    }

    @Test(
        "pipes for its output are its own: it may open them by name",
        .enabled(if: Powers.changesUser && Powers.ownsPipes, "root gives its pipes away"))
    func pipes() throws {
        let outcome = try Start.run(Start.words("sh", "-c", "echo out > /dev/stdout; echo err > /dev/stderr")) {
            $0.account = Self.nobody([65533])
        }
        #expect(outcome == Outcome(output: Array("out\n".utf8), error: Array("err\n".utf8), code: 0))
    }

    @Test("who may not change the user is told by which call")
    func notAllowed() async {
        await #expect(processExitsWith: .success) {
            if getuid() == 0 { guard setgid(65533) == 0, setuid(65534) == 0 else { exit(1) } }
            var command = Command(words: Start.words("true"), environment: [])
            command.account = Self.nobody([65533])
            guard Start.failure(command) == SystemError("setgroups", EPERM) else { exit(2) }
            command.account = nil
            command.nice = -20
            guard let error = Start.failure(command), error.call == "setpriority" else { exit(3) }
            guard Command.Trouble(error) == .notExecutable else { exit(4) }
            exit(0)
        }
    }
}
