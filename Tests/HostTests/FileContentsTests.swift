import Glibc
import Testing

@testable import Host

@Suite("The whole of a file")
struct FileContentsTests {
    @Test(
        "all of it comes, and nothing of what is longer than allowed", arguments: [0, 1, 65535, 65536, 65537, 200_000])
    func size(_ size: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let path = Word(try directory.write("file", bytes))
        #expect(try File.contents(of: path, limit: size) == bytes)
        #expect(try File.contents(of: path, limit: size + 1) == bytes)
        if size > 0 {
            #expect(throws: SystemError("read", EFBIG)) { try File.contents(of: path, limit: size - 1) }
        }
    }

    @Test("a relative path begins at the open directory")
    func relative() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("file", [1, 2])
        let here = try openDirectory(directory.path)
        #expect(try File.contents(of: Word("file"), in: here.number, limit: 9) == [1, 2])
        #expect(try File.contents(of: Word(path), in: here.number, limit: 9) == [1, 2])
        #expect(throws: SystemError("open", ENOENT)) { try File.contents(of: Word("file"), limit: 9) }
    }

    @Test("what is no regular file has none, and does not block")
    func kinds() throws {
        let directory = try TemporaryDirectory()
        let fifo = directory.path + "/fifo"
        let made = unsafe mkfifo(fifo, 0o600)
        #expect(made == 0)
        for path in [directory.path, fifo, "/dev/null"] {
            #expect(try File.contents(of: Word(path), limit: 9) == nil)
        }
    }
}
