import Glibc
import Testing

@testable import Host

/// A file that another thread had open for writing when it started something could not be executed (ETXTBSY), so
/// these tests have processes of their own. Each ends with the line that failed.
@Suite("Finding a command along the PATH of its environment")
struct SpawnPathTests {
    /// What `tool` says, or the error of its start, with this PATH and from that directory.
    private static func tool(_ path: String?, in directory: Int32? = nil, named name: String = "tool") -> String {
        // Of several entries the first counts, as for getenv(3).
        let environment = path.map { [Word("OTHER=1"), Word("PATH=\($0)"), Word("PATH=/nonexistent")] } ?? []
        do {
            let outcome = try Start.run(Start.words(name), environment: environment, directory: directory)
            return String(decoding: outcome.output, as: UTF8.self)
        } catch let error as SystemError {
            return "\(error.call) \(error.code)"
        } catch {
            return "\(error)"
        }
    }

    private static func script(_ text: String) -> [UInt8] { Array("#!/bin/sh\necho \(text)\n".utf8) }

    private static func require(_ condition: Bool, line: Int32 = #line) {
        // An exit code has eight bits; no file of this project has more than 300 lines.
        if !condition { exit(line % 256) }
    }

    @Test("the first directory that has it wins, and what is not there or no directory is passed over")
    func order() async {
        await #expect(processExitsWith: .success) {
            let one = try TemporaryDirectory()
            let two = try TemporaryDirectory()
            let file = try one.write("tool", Self.script("one"), mode: 0o755)
            _ = try two.write("tool", Self.script("two"), mode: 0o755)
            let (first, second, none) = (one.path, two.path, "/nonexistent")
            Self.require(Self.tool(first) == "one\n")
            Self.require(Self.tool("\(first):\(second)") == "one\n")
            Self.require(Self.tool("\(second):\(first)") == "two\n")
            Self.require(Self.tool("\(none):\(second)") == "two\n")
            Self.require(Self.tool("\(file):\(second)") == "two\n")
            Self.require(Self.tool("\(file):\(none):\(second)/:\(first)") == "two\n")
            Self.require(Self.tool(none) == "execve \(ENOENT)")
            Self.require(Self.tool("\(none):\(none)") == "execve \(ENOENT)")
            Self.require(Self.tool("\(none):\(file)") == "execve \(ENOENT)")
            // A slash means that PATH is of no interest.
            Self.require(Self.tool(second, named: file) == "one\n")
        }
    }

    @Test("an entry that is empty is the directory that the command starts in, as is a relative one")
    func empty() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            _ = try directory.write("tool", Self.script("here"), mode: 0o755)
            let here = try openDirectory(directory.path)
            let none = "/nonexistent"
            for path in ["", ":", ":\(none)", "\(none):", "\(none)::\(none)", ".", "\(none):.", "./"] {
                Self.require(Self.tool(path, in: here.number) == "here\n")
                Self.require(Self.tool(path) == "execve \(ENOENT)")
            }
            Self.require(Self.tool(none, in: here.number) == "execve \(ENOENT)")
            Self.require(Self.tool(none, in: here.number, named: "./tool") == "here\n")
            Self.require(Self.tool("", named: "./tool") == "execve \(ENOENT)")
            unsafe chdir(directory.path)
            Self.require(Self.tool("") == "here\n")
        }
    }

    @Test("what may not be executed is passed over, and told at the end if nothing else is found")
    func denied() async {
        await #expect(processExitsWith: .success) {
            let plain = try TemporaryDirectory()
            let good = try TemporaryDirectory()
            let file = try plain.write("tool", Self.script("plain"), mode: 0o644)
            _ = try good.write("tool", Self.script("good"), mode: 0o755)
            let (no, yes, none) = (plain.path, good.path, "/nonexistent")
            Self.require(Self.tool("\(no):\(yes)") == "good\n")
            Self.require(Self.tool("\(no):\(none):\(yes)") == "good\n")
            for path in [no, "\(no):\(none)", "\(none):\(no)", "\(no):\(file)", "\(none):\(no):\(none)", "\(no):\(no)"]
            {
                Self.require(Self.tool(path) == "execve \(EACCES)")
            }
            // A directory of that name may not be executed either.
            Self.require(Self.tool("/", named: "proc") == "execve \(EACCES)")
            Self.require(Self.tool("/:\(none)", named: "proc") == "execve \(EACCES)")
        }
    }

    @Test("what the kernel cannot execute ends the search, and is not given to a shell")
    func noFormat() async {
        await #expect(processExitsWith: .success) {
            let odd = try TemporaryDirectory()
            let good = try TemporaryDirectory()
            _ = try odd.write("tool", Array("echo odd\n".utf8), mode: 0o755)
            _ = try good.write("tool", Self.script("good"), mode: 0o755)
            Self.require(Self.tool("\(odd.path):\(good.path)") == "execve \(ENOEXEC)")
            Self.require(Self.tool("/nonexistent:\(odd.path)") == "execve \(ENOEXEC)")
            Self.require(Self.tool("\(good.path):\(odd.path)") == "good\n")
        }
    }

    @Test("this process's own PATH is not asked")
    func own() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            _ = try directory.write("tool", Self.script("here"), mode: 0o755)
            unsafe setenv("PATH", directory.path, 1)
            Self.require(Self.tool(nil) == "execve \(ENOENT)")
            Self.require(Self.tool(directory.path) == "here\n")
        }
    }

    @Test("without PATH there are /bin and /usr/bin")
    func unset() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            _ = try directory.write("tool", Self.script("here"), mode: 0o755)
            let here = try openDirectory(directory.path)
            // And not the working directory.
            Self.require(Self.tool(nil, in: here.number) == "execve \(ENOENT)")
            Self.require(Self.tool(nil, in: here.number, named: "pwd") == "\(directory.path)\n")
        }
    }

    /// What a link to pwd says that lies in a directory of that name and is found along PATH, whole and relative.
    private static func outcomes(inDirectory name: [UInt8]) throws -> [Bool] {
        let directory = try TemporaryDirectory()
        let whole = Array("\(directory.path)/".utf8) + name
        let tool = Word(bytes: whole + Array("/tool".utf8))
        _ = unsafe withPath(Word(bytes: whole)) { unsafe mkdir($0, 0o755) }
        _ = unsafe withPath(tool) { unsafe symlink("/bin/pwd", $0) }
        defer {
            _ = unsafe withPath(tool) { unsafe unlink($0) }
            _ = unsafe withPath(Word(bytes: whole)) { unsafe rmdir($0) }
        }
        let here = try openDirectory(directory.path)
        let expected = Array("\(directory.path)\n".utf8)
        return [whole, Array("/nonexistent:".utf8) + name, name + Array(":/nonexistent".utf8)].map { path in
            let environment = [Word(bytes: Array("PATH=".utf8) + path)]
            let outcome = try? Start.run(Start.words("tool"), environment: environment, directory: here.number)
            return outcome?.output == expected
        }
    }

    @Test("a directory may have a name that is not UTF-8")
    func notUTF8() async {
        await #expect(processExitsWith: .success) {
            Self.require(try Self.outcomes(inDirectory: [0xff, 0xfe]) == [true, true, true])
        }
    }

    @Test("a colon is a byte: what follows it cannot make it a part of a letter")
    func colon() async {
        await #expect(processExitsWith: .success) {
            Self.require(try Self.outcomes(inDirectory: Array("\u{301}e".utf8)) == [true, true, true])
        }
    }
}
