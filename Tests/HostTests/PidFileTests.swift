import Glibc
import Testing

@testable import Host

@Suite("Files that name a process")
struct PidFileTests {
    private static func text(_ path: String) -> String? {
        (try? File.read(Word(path), limit: 100)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func mode(_ path: String) -> mode_t {
        var status = stat()
        let result = unsafe lstat(path, &status)
        #expect(result == 0)
        return status.st_mode
    }

    @Test("what is written is digits and a newline, may be read by all, and is read back", arguments: [2, 4_194_304])
    func written(_ pid: Int32) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/pid"
        try PidFile.write(pid, to: Word(path))
        #expect(Self.text(path) == "\(pid)\n")
        #expect(Self.mode(path) == S_IFREG | 0o644)
        #expect(PidFile.read(Word(path)) == pid)
        #expect(Set(File.names(in: Word(directory.path)).map(\.text)) == [".", "..", "pid"], "no draft is left")
    }

    @Test("a link in its place is replaced, not followed; a file is replaced whole")
    func replaced() throws {
        let directory = try TemporaryDirectory()
        let other = try directory.write("other", Array("precious and longer".utf8))
        let path = directory.path + "/pid"
        let linked = unsafe symlink(other, path)
        #expect(linked == 0)
        try PidFile.write(77, to: Word(path))
        #expect(Self.mode(path) & S_IFMT == S_IFREG)
        #expect(Self.text(other) == "precious and longer")
        let reader = Descriptor(owning: unsafe open(path, O_RDONLY | O_CLOEXEC))
        try PidFile.write(78, to: Word(path))
        #expect(readAll(reader.number) == Array("77\n".utf8), "who has the old file open reads the old bytes")
        #expect(PidFile.read(Word(path)) == 78)
    }

    @Test("a draft that somebody left is in nobody's way, be it a link")
    func draft() throws {
        let directory = try TemporaryDirectory()
        let other = try directory.write("other", Array("precious".utf8))
        let linked = unsafe symlink(other, "\(directory.path)/pid.\(getpid()).new")
        #expect(linked == 0)
        try PidFile.write(77, to: Word(directory.path + "/pid"))
        #expect(Self.text(other) == "precious")
        #expect(Self.text(directory.path + "/pid") == "77\n")
    }

    @Test("where no file can be, the call that failed is told, and nothing is left")
    func failures() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: SystemError("open", ENOENT)) { try PidFile.write(7, to: Word("/nonexistent/pid")) }
        let made = unsafe mkdir(directory.path + "/pid", 0o700)
        #expect(made == 0)
        #expect(throws: SystemError("rename", EISDIR)) { try PidFile.write(7, to: Word(directory.path + "/pid")) }
        #expect(File.names(in: Word(directory.path)).count == 3)
        unsafe rmdir(directory.path + "/pid")
    }

    @Test(
        "what is read has white space around it or none, and is a pid from 2 on",
        arguments: [
            ("7\n", 7), ("7", 7), (" \t7\r\n\n", 7), ("4194304\n", 4_194_304), ("0007\n", 7), ("4194305", nil),
            ("1\n", nil), ("0\n", nil), ("-7\n", nil), ("+7\n", nil), ("", nil), ("\n", nil), ("7 8\n", nil),
            ("7\n8\n", nil), ("seven", nil), ("7x", nil), ("99999999999999999999", nil), ("7\0", nil),
            (String(repeating: " ", count: 100) + "7", nil),
        ] as [(String, Int32?)])
    func read(_ text: String, _ expected: Int32?) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("pid", Array(text.utf8))
        #expect(PidFile.read(Word(path)) == expected)
    }

    @Test("what is no file names nobody")
    func noFile() throws {
        let directory = try TemporaryDirectory()
        #expect(PidFile.read(Word(directory.path)) == nil)
        #expect(PidFile.read(Word(directory.path + "/none")) == nil)
        #expect(PidFile.read(Word("/dev/zero")) == nil)
    }

    @Test(
        "root believes another user's file only of that user's processes",
        .enabled(if: getuid() == 0, "this is for root"))
    func foreignFile() throws {
        let directory = try TemporaryDirectory()
        let inherited = Signals.block([])
        for (owner, user, isNamed) in [(65533, 0, false), (65533, 65533, true), (0, 0, true), (0, 65533, true)] {
            var command = Command(words: [Word("/bin/sleep"), Word("600")], environment: [])
            command.account = user == 0 ? nil : try Account.find(user: Word("\(user)"), group: Word("\(user)"))
            let pid = try command.spawn(inherited)
            let path = try directory.write("pid", Array("\(pid)\n".utf8))
            unsafe chown(path, uid_t(owner), gid_t(owner))
            let found = PidFile.process(namedBy: Word(path))?.pid
            kill(pid, SIGKILL)
            _ = Children.succeeds(pid)
            unsafe unlink(path)
            #expect(found == (isNamed ? pid : nil), "file of \(owner), process of \(user)")
        }
    }
}
