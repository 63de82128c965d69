import Glibc
import Testing

@testable import Host

@Suite("Small files")
struct FileTests {
    @Test("a file is read up to the limit", arguments: [0, 1, 4095, 4096, 4097, 9999, 10_000, 10_001, 1_000_000])
    func read(_ limit: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let path = try directory.write("file", bytes)
        #expect(try File.read(Word(path), limit: limit) == Array(bytes.prefix(limit)))
    }

    @Test("a file that is not there is an error with the kernel's reason")
    func missing() {
        #expect(throws: SystemError("open", ENOENT)) { try File.read(Word("/nonexistent/file"), limit: 10) }
        #expect(throws: SystemError("open", ENOENT)) { try File.read(Word(""), limit: 10) }
    }

    @Test("a FIFO without a writer does not block")
    func fifo() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/fifo"
        let made = unsafe mkfifo(path, 0o600)
        #expect(made == 0)
        #expect(try File.read(Word(path), limit: 10) == [])
        #expect(!File.isRegular(Word(path)))
    }

    @Test("a link says where it points, byte for byte, whether that exists or not")
    func link() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/link"
        let made = unsafe symlink("/nonexistent/näme", path)
        #expect(made == 0)
        #expect(File.link(Word(path)) == Array("/nonexistent/näme".utf8))
        #expect(File.link(Word(directory.path)) == nil)
        #expect(File.link(Word("/nonexistent")) == nil)
        #expect(!File.exists(Word(path)))
    }

    @Test("regular files, directories and devices are told apart")
    func kinds() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("file", [])
        #expect(File.isRegular(Word(path)))
        #expect(!File.isRegular(Word(directory.path)))
        #expect(!File.isRegular(Word("/dev/null")))
        #expect(!File.isRegular(Word("/nonexistent")))
        for path in [path, directory.path, "/dev/null"] { #expect(File.exists(Word(path))) }
        #expect(!File.exists(Word("/nonexistent")))
    }

    @Test("what is there is seen from an open directory, unless the path begins at the root")
    func existsIn() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("file", [])
        let open = try openDirectory(directory.path)
        #expect(File.exists(Word("file"), in: open.number))
        #expect(File.exists(Word("./file"), in: open.number))
        #expect(File.exists(Word(path), in: open.number))
        #expect(!File.exists(Word("other"), in: open.number))
        #expect(!File.exists(Word("/file"), in: open.number))
        #expect(!File.exists(Word("file")), "nor is it in the working directory")
        #expect(File.exists(Word(".")))
        #expect(!File.exists(Word("")))
    }

    @Test("a directory lists its names, whatever bytes they are of")
    func names() throws {
        let directory = try TemporaryDirectory()
        let odd = Word(bytes: Array("\(directory.path)/".utf8) + [0xff, 0x20, 0x0a])
        let number = unsafe withPath(odd) { unsafe open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
        #expect(number >= 0)
        close(number)
        _ = try directory.write("plain", [])
        let names = File.names(in: Word(directory.path)).filter { $0.text != "." && $0.text != ".." }
        #expect(Set(names) == [Word("plain"), Word(bytes: [0xff, 0x20, 0x0a])])
        unsafe withPath(odd) { _ = unsafe unlink($0) }
        #expect(File.names(in: Word("/nonexistent")) == [])
    }
}
