import Glibc
import Testing

@testable import Host

@Suite("A directory of small files")
struct SpoolDirectoryTests {
    /// All names but those with a `~`.
    private static func open(_ path: String, makes: Bool = false) throws(SystemError) -> SpoolDirectory {
        try SpoolDirectory(Word(path), makes: makes) { !$0.bytes.contains(UInt8(ascii: "~")) }
    }

    private static func names(_ changes: SpoolDirectory.Changes) -> [String] {
        changes.changed.keys.map(\.text).sorted()
    }

    @Test("a look has what is new, what has changed and what is gone, and nothing when nothing has happened")
    func look() throws {
        let place = try TemporaryDirectory()
        var spool = try Self.open(place.path)
        #expect(try spool.look() == SpoolDirectory.Changes())
        _ = try place.write("a", [1])
        _ = try place.write("b", [])
        #expect(try spool.look().changed == [Word("a"): .success([1]), Word("b"): .success([])])
        // Marks of this very moment are not trusted.
        usleep(50_000)
        _ = try spool.look()
        #expect(try spool.look() == SpoolDirectory.Changes())
        try spool.write(Word("a"), [2])
        try spool.remove(Word("b"))
        #expect(
            try spool.look()
                == SpoolDirectory.Changes(changed: [Word("a"): .success([2])], removed: [Word("b")]))
        #expect(File.names(in: Word(place.path)).map(\.text).sorted() == [".", "..", "a"])
    }

    @Test("of a thousand files of one size that are written in a moment, none is missed")
    func steps() throws {
        let place = try TemporaryDirectory()
        let path = try place.write("a", [0, 0])
        var spool = try Self.open(place.path)
        _ = try spool.look()
        let file = Descriptor(owning: unsafe Glibc.open(path, O_WRONLY))
        for turn in 0..<1000 {
            let bytes = [UInt8(turn & 0xff), UInt8(turn >> 8)]
            // The kernel reads both bytes during the call.
            #expect(unsafe pwrite(file.number, bytes, 2, 0) == 2)
            #expect(try spool.look().changed == [Word("a"): .success(bytes)])
        }
    }

    @Test("names that inotify has told are read anew, and others are not looked at")
    func named() throws {
        let place = try TemporaryDirectory()
        for name in ["a", "b", ".c", "d~"] { _ = try place.write(name, [1]) }
        var spool = try Self.open(place.path)
        #expect(
            try spool.look(at: [Word("a"), Word("none"), Word(".c"), Word("d~")]).changed == [Word("a"): .success([1])])
        usleep(50_000)
        #expect(Self.names(try spool.look()) == ["a", "b"])
        #expect(Self.names(try spool.look(at: [Word("a")])) == ["a"])
        try spool.remove(Word("a"))
        #expect(try spool.look(at: [Word("a")]) == SpoolDirectory.Changes(removed: [Word("a")]))
        #expect(try spool.look(at: [Word("a")]) == SpoolDirectory.Changes())
    }

    @Test("links, FIFOs, directories, sockets and devices are none of its files, and none is opened")
    func kinds() throws {
        let place = try TemporaryDirectory()
        let elsewhere = try TemporaryDirectory()
        let secret = try elsewhere.write("secret", Array("secret".utf8))
        _ = try place.write("file", [1])
        let made = unsafe [
            symlink(secret, place.path + "/link"), symlink("file", place.path + "/inner"),
            symlink("/nonexistent", place.path + "/dangling"), symlink("loop", place.path + "/loop"),
            mkfifo(place.path + "/fifo", 0o644), mkdir(place.path + "/directory", 0o755),
        ]
        #expect(made.allSatisfy { $0 == 0 })
        if geteuid() == 0 { _ = unsafe mknod(place.path + "/null", S_IFCHR | 0o666, 0x103) }
        var spool = try Self.open(place.path)
        #expect(try spool.look().changed == [Word("file"): .success([1])])
        for name in ["link", "inner", "dangling", "loop", "fifo", "directory", "null", "none"] {
            #expect(try spool.contents(of: Word(name)) == nil, "\(name)")
            #expect(try spool.look(at: [Word(name)]) == SpoolDirectory.Changes())
        }
        // What is in the place of a file is replaced or removed, never written to or followed.
        try spool.write(Word("link"), [2])
        try spool.write(Word("fifo"), [3])
        try spool.remove(Word("inner"))
        #expect(File.isRegular(Word(place.path + "/link")) && File.isRegular(Word(place.path + "/fifo")))
        #expect(try File.read(Word(secret), limit: 100) == Array("secret".utf8))
        #expect(throws: SystemError("rename", EISDIR)) { try Self.open(place.path).write(Word("directory"), [4]) }
        #expect(throws: SystemError("unlink", EISDIR)) { try Self.open(place.path).remove(Word("directory")) }
        unsafe rmdir(place.path + "/directory")
    }

    @Test("a file that becomes a link is gone, and comes back with itself")
    func swapped() throws {
        let place = try TemporaryDirectory()
        let path = try place.write("a", [1])
        var spool = try Self.open(place.path)
        _ = try spool.look()
        let swapped = unsafe [unlink(path), symlink("/etc/passwd", path)]
        #expect(swapped == [0, 0])
        #expect(try spool.look() == SpoolDirectory.Changes(removed: [Word("a")]))
        try spool.write(Word("a"), [5])
        #expect(try spool.look().changed == [Word("a"): .success([5])])
    }

    @Test(
        "a name that leads elsewhere is refused",
        arguments: ["", ".", "..", "../a", "a/b", "/etc/passwd", "a/", "./a", ".a", "/"])
    func names(_ name: String) throws {
        let place = try TemporaryDirectory()
        let spool = try Self.open(place.path)
        let word = Word(name)
        // Typed, because a value that is not copied cannot be captured by an escaping closure.
        for (call, outcome) in [
            ("open", Result { () throws(SystemError) in try spool.write(word, [1]) }),
            ("unlink", Result { () throws(SystemError) in try spool.remove(word) }),
            ("open", Result { () throws(SystemError) in _ = try spool.contents(of: word) }),
        ] {
            guard case .failure(let error) = outcome else { Issue.record("\(name)"); continue }
            #expect(error == SystemError(call, EINVAL))
        }
        #expect(File.names(in: Word(place.path)).count == 2)
    }

    @Test("a file has up to 64 KiB; one that is longer is there, and cannot be read")
    func size() throws {
        let place = try TemporaryDirectory()
        _ = try place.write("fits", [UInt8](repeating: 1, count: 65536))
        _ = try place.write("long", [UInt8](repeating: 1, count: 65537))
        var spool = try Self.open(place.path)
        let changed = try spool.look().changed
        #expect(changed[Word("fits")] == .success([UInt8](repeating: 1, count: 65536)))
        #expect(changed[Word("long")] == .failure(SystemError("read", EFBIG)))
    }

    @Test("of 10,003 files 10,000 are looked at, and those stay; the others are counted, and come when there is room")
    func number() throws {
        let place = try TemporaryDirectory()
        for number in 0..<10_000 { _ = try place.write("\(number)", []) }
        var spool = try Self.open(place.path)
        #expect(try spool.look().changed.count == 10_000 && spool.beyond == 0)
        for name in ["x", "y", "z"] { _ = try place.write(name, []) }
        #expect(try spool.look(at: [Word("x"), Word("y"), Word("z")]).changed.keys.allSatisfy { $0.text.count < 5 })
        #expect(spool.beyond == 3)
        for number in 0..<2 { try spool.remove(Word("\(number)")) }
        let changes = try spool.look(at: [Word("0")])
        #expect(Set(changes.removed) == [Word("0"), Word("1")] && spool.beyond == 1)
        #expect(changes.changed.keys.count { ["x", "y", "z"].contains($0.text) } == 2)
    }
}
