import Glibc
import Testing

@testable import Host

@Suite("The place of a spool")
struct SpoolPlaceTests {
    private static func open(_ path: String, makes: Bool = false) throws(SystemError) -> SpoolDirectory {
        try SpoolDirectory(Word(path), makes: makes) { _ in true }
    }

    private static func failure(_ path: String, makes: Bool = false) -> SystemError? {
        do throws(SystemError) { _ = try open(path, makes: makes) } catch { return error }
        return nil
    }

    @Test("it is made when it is asked for, 0750, but not its parents")
    func made() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/spool"
        #expect(Self.failure(path) == SystemError("open", ENOENT))
        #expect(Self.failure(path + "/inner", makes: true) == SystemError("mkdir", ENOENT))
        for _ in 0..<2 { #expect(Self.failure(path, makes: true) == nil) }
        var status = stat()
        // The kernel fills the struct during the call.
        #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o7777 == 0o750)
        #expect(try Self.open(path).isOwn)
        unsafe rmdir(path)
        let file = try place.write("file", [])
        #expect(Self.failure(file, makes: true) == SystemError("open", ENOTDIR))
    }

    @Test("a directory that is replaced is not left, and it is known that another one is there")
    func replaced() throws {
        let place = try TemporaryDirectory()
        let path = place.path + "/spool"
        var spool = try Self.open(path, makes: true)
        let wasCurrent = spool.isCurrent
        let moved = unsafe [rename(path, path + ".old"), symlink("/tmp", path)]
        #expect(moved == [0, 0])
        let isCurrent = spool.isCurrent
        #expect(wasCurrent && !isCurrent)
        try spool.write(Word("a"), [1])
        #expect(try File.read(Word(path + ".old/a"), limit: 10) == [1])
        var watch = try DirectoryWatch(path: spool.watchPath)
        try spool.write(Word("b"), [1])
        var heard: Set<Word> = []
        while let change = watch.next() { if case .changed(let name) = change { heard.insert(name) } }
        #expect(heard.contains(Word("b")))
        #expect(try spool.look(at: heard).changed[Word("b")] == .success([1]))
        for name in ["a", "b"] { try spool.remove(Word(name)) }
        unsafe rmdir(path + ".old")
        #expect(try spool.look() == SpoolDirectory.Changes(removed: [Word("b")]))
    }

    @Test("a file that is replaced while it is read is the old one or the new one, never a part, never gone")
    func whileRead() throws {
        let place = try TemporaryDirectory()
        let path = place.path
        let (one, two) = ([UInt8](repeating: 1, count: 60_000), [UInt8](repeating: 2, count: 50_000))
        var spool = try Self.open(path)
        for name in ["a", ".one"] { try File.replace(Word("\(path)/\(name)"), with: one) }
        try File.replace(Word(path + "/.two"), with: two)
        // A process of its own: the threads of this one belong to other tests, too.
        let writer = """
            cd '\(path)'
            i=0; while [ $i -lt 300 ]; do
                i=$((i + 1)); cp .two .draft; mv .draft a; cp .one .draft; mv .draft a
            done
            : >.draft; mv .draft end
            """
        // The C library keeps the stream until pclose, which waits for the process.
        guard let stream = unsafe popen(writer, "r") else {
            Issue.record("popen: \(errno)")
            return
        }
        defer { unsafe pclose(stream) }
        var seen = 0
        // Ends: when the writer has.
        while true {
            let changes = try spool.look()
            #expect(changes.removed.isEmpty)
            if let contents = changes.changed[Word("a")] {
                #expect(contents == .success(one) || contents == .success(two))
                seen += 1
            }
            if changes.changed[Word("end")] != nil { break }
        }
        #expect(try spool.look(at: [Word("a")]).changed == [Word("a"): .success(one)])
        #expect(seen > 10)
    }

    /// unshare(2), CLONE_NEWNS, which Glibc's module leaves out.
    private static func unshareMounts() -> Int32 {
        guard let symbol = unsafe dlsym(nil, "unshare") else { return -1 }
        // The C library's function takes one int and returns one.
        return unsafe unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)(0x20000)
    }

    @Test(
        "a full disk and one that is read-only are errors, and leave what was there",
        .enabled(if: geteuid() == 0, "this is for root"))
    func full() async {
        await #expect(processExitsWith: .success) {
            let place = try TemporaryDirectory()
            try #require(Self.unshareMounts() == 0)
            try #require(unsafe mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil) == 0)
            try #require(unsafe mount("none", place.path, "tmpfs", 0, "size=64k") == 0)
            var spool = try Self.open(place.path)
            try spool.write(Word("a"), [1])
            _ = try place.write("filler", [UInt8](repeating: 0, count: 4096 * 14))
            #expect(throws: SystemError("write", ENOSPC)) {
                try Self.open(place.path).write(Word("a"), [UInt8](repeating: 2, count: 20_000))
            }
            #expect(try spool.look().changed[Word("a")] == .success([1]))
            #expect(File.names(in: Word(place.path)).map(\.text).sorted() == [".", "..", "a", "filler"])
            let flags = UInt(MS_REMOUNT | MS_RDONLY)
            try #require(unsafe mount("none", place.path, nil, flags, nil) == 0)
            #expect(throws: SystemError("open", EROFS)) { try Self.open(place.path).write(Word("a"), [2]) }
            #expect(throws: SystemError("unlink", EROFS)) { try Self.open(place.path).remove(Word("a")) }
            #expect(Self.failure(place.path + "/made", makes: true) == SystemError("mkdir", EROFS))
            #expect(Self.failure(place.path, makes: true) == nil)
            #expect(unsafe umount2(place.path, Int32(MNT_DETACH)) == 0)
        }
    }

    @Test(
        "a file that nobody may read is there, and is read as soon as that is allowed",
        .enabled(if: geteuid() == 0, "only root becomes another user"))
    func unreadable() async {
        await #expect(processExitsWith: .success) {
            let place = try TemporaryDirectory()
            let path = try place.write("a", [1], mode: 0o600)
            let opened = unsafe chmod(place.path, 0o755)
            var spool = try Self.open(place.path)
            try #require(opened == 0 && seteuid(65534) == 0)
            #expect(try spool.look().changed == [Word("a"): .failure(SystemError("open", EACCES))])
            let isOwn = spool.isOwn
            #expect(!isOwn)
            #expect(throws: SystemError("open", EACCES)) { try Self.open(place.path).write(Word("b"), [1]) }
            #expect(throws: SystemError("unlink", EACCES)) { try Self.open(place.path).remove(Word("a")) }
            try #require(seteuid(0) == 0)
            let allowed = unsafe chmod(path, 0o644)
            try #require(allowed == 0 && seteuid(65534) == 0)
            #expect(try spool.look().changed == [Word("a"): .success([1])])
            try #require(seteuid(0) == 0)
        }
    }
}
