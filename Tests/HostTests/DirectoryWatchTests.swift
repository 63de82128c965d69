import Glibc
import Testing

@testable import Host

@Suite("Watching a directory")
struct DirectoryWatchTests {
    /// All that there is to take. The kernel has it when the call that caused it returns.
    private static func changes(_ watch: inout DirectoryWatch) -> [DirectoryWatch.Change] {
        var changes: [DirectoryWatch.Change] = []
        while let change = watch.next() { changes.append(change) }
        return changes
    }

    private static func isReadable(_ number: Int32) -> Bool {
        var wanted = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // The kernel reads and fills the one struct during the call.
        return unsafe poll(&wanted, 1, 0) == 1
    }

    @Test("files that are written, moved and removed are told by name, and nothing else is")
    func names() throws {
        let directory = try TemporaryDirectory()
        let elsewhere = try TemporaryDirectory()
        let (a, b) = (Word("a.yml"), Word(bytes: Array("b".utf8) + [0xff, 0x0a]))
        var watch = try DirectoryWatch(path: Word(directory.path))
        let number = watch.number
        #expect(!Self.isReadable(number))
        let path = try directory.write("a.yml", [1])
        #expect(Self.isReadable(number))
        #expect(Self.changes(&watch) == [.created(a), .changed(a)])
        #expect(!Self.isReadable(number))
        _ = try File.read(Word(path), limit: 10)
        _ = File.names(in: Word(directory.path))
        #expect(!Self.isReadable(number), "who only reads changes nothing")
        let moved = unsafe withPath(Word(bytes: Array("\(directory.path)/".utf8) + b.bytes)) { unsafe rename(path, $0) }
        #expect(moved == 0)
        #expect(Self.changes(&watch) == [.removed(a), .changed(b)])
        let away = unsafe withPath(Word(bytes: Array("\(directory.path)/".utf8) + b.bytes)) {
            unsafe rename($0, elsewhere.path + "/c")
        }
        #expect(away == 0)
        #expect(Self.changes(&watch) == [.removed(b)])
        let back = unsafe rename(elsewhere.path + "/c", path)
        #expect(back == 0)
        #expect(Self.changes(&watch) == [.changed(a)])
        let rights = unsafe chmod(path, 0o600)
        #expect(rights == 0)
        #expect(Self.changes(&watch) == [.changed(a)])
        unsafe unlink(path)
        #expect(Self.changes(&watch).contains(.removed(a)))
        #expect(watch.next() == nil)
    }

    @Test("links are told when they are made, and when they are replaced, as a ConfigMap's are")
    func links() throws {
        let directory = try TemporaryDirectory()
        var watch = try DirectoryWatch(path: Word(directory.path))
        let made = unsafe symlink("2026_1", directory.path + "/..data")
        #expect(made == 0)
        #expect(Self.changes(&watch) == [.created(Word("..data"))])
        let next = unsafe symlink("2026_2", directory.path + "/..data_tmp")
        let swapped = unsafe rename(directory.path + "/..data_tmp", directory.path + "/..data")
        #expect(next == 0 && swapped == 0)
        #expect(Self.changes(&watch).last == .changed(Word("..data")))
    }

    @Test("a directory that is removed or moved is gone, once", arguments: [true, false])
    func gone(_ isMoved: Bool) throws {
        let parent = try TemporaryDirectory()
        let path = parent.path + "/services"
        let made = unsafe mkdir(path, 0o700)
        #expect(made == 0)
        var watch = try DirectoryWatch(path: Word(path))
        let result = isMoved ? unsafe rename(path, path + "2") : unsafe rmdir(path)
        #expect(result == 0)
        #expect(Self.changes(&watch) == [.gone])
        #expect(watch.next() == nil)
        unsafe rmdir(path + "2")
    }

    @Test("what the kernel could not keep is told as lost")
    func lost() throws {
        let directory = try TemporaryDirectory()
        let text = String(
            decoding: try File.read(Word("/proc/sys/fs/inotify/max_queued_events"), limit: 20), as: UTF8.self)
        let most = try #require(Int(text.dropLast()))
        try #require(most <= 100_000, "this test would take long")
        var watch = try DirectoryWatch(path: Word(directory.path))
        let (one, two) = (directory.path + "/one", directory.path + "/two")
        _ = try directory.write("one", [])
        // Two events each; the kernel joins only those that are equal.
        for _ in 0...most / 4 {
            unsafe rename(one, two)
            unsafe rename(two, one)
        }
        let changes = Self.changes(&watch)
        #expect(changes.last == .lost)
        #expect(changes.count > most / 2)
        _ = try directory.write("three", [])
        #expect(Self.changes(&watch).contains(.changed(Word("three"))), "and it goes on")
    }

    @Test("only a directory is watched; a link to one leads there")
    func kinds() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("file", [])
        #expect(throws: SystemError("inotify_add_watch", ENOTDIR)) { _ = try DirectoryWatch(path: Word(file)) }
        #expect(throws: SystemError("inotify_add_watch", ENOENT)) {
            _ = try DirectoryWatch(path: Word(directory.path + "/none"))
        }
        let other = try TemporaryDirectory()
        let made = unsafe symlink(directory.path, other.path + "/link")
        #expect(made == 0)
        var watch = try DirectoryWatch(path: Word(other.path + "/link"))
        _ = try directory.write("new", [])
        #expect(Self.changes(&watch).last == .changed(Word("new")))
    }
}

@Suite("The marks of a directory's files")
struct DirectoryMarksTests {
    private static func names(_ marks: [Word: DirectoryMarks.Mark]) -> [String] { marks.keys.map(\.text).sorted() }

    @Test("they are those of regular files of that ending, links followed, drafts left out")
    func kinds() throws {
        let directory = try TemporaryDirectory()
        let elsewhere = try TemporaryDirectory()
        let target = try elsewhere.write("target", [1])
        for name in ["a.yml", "b.yaml", ".c.yml", ".yml", "yml", "d.yml~", "e.YML"] {
            _ = try directory.write(name, [])
        }
        let links = unsafe [
            symlink(target, directory.path + "/link.yml"), symlink("/nonexistent", directory.path + "/dangling.yml"),
            mkdir(directory.path + "/directory.yml", 0o700), mkfifo(directory.path + "/fifo.yml", 0o600),
        ]
        #expect(links == [0, 0, 0, 0])
        #expect(Self.names(try DirectoryMarks.read(Word(directory.path))) == ["a.yml", "link.yml"])
        #expect(Self.names(try DirectoryMarks.read(Word(directory.path), suffix: ".yaml")) == ["b.yaml"])
        unsafe rmdir(directory.path + "/directory.yml")
    }

    @Test("a mark stays while the file does, and changes with its contents, its rights and what is in its place")
    func changes() throws {
        let directory = try TemporaryDirectory()
        let elsewhere = try TemporaryDirectory()
        let path = try directory.write("a.yml", [1])
        let target = try elsewhere.write("target", [1])
        let made = unsafe symlink(target, directory.path + "/b.yml")
        #expect(made == 0)
        var before = try DirectoryMarks.read(Word(directory.path))
        #expect(try DirectoryMarks.read(Word(directory.path)) == before)
        // The kernel's clock for files has steps.
        let a = { unsafe chmod(path, 0o600) == 0 }
        let b = { (try? File.replace(Word(path), with: [1])) != nil }
        let c = { (try? elsewhere.write("target", [1, 2])) != nil }
        let d = { unsafe rename(elsewhere.path + "/target", path) == 0 }
        for (change, names) in [(a, ["a.yml"]), (b, ["a.yml"]), (c, ["b.yml"]), (d, ["a.yml", "b.yml"])] {
            usleep(20_000)
            #expect(change())
            let now = try DirectoryMarks.read(Word(directory.path))
            let changed = Set(now.keys).union(before.keys).filter { now[$0] != before[$0] }
            #expect(changed.map(\.text).sorted() == names)
            before = now
        }
    }

    @Test("a directory that cannot be read is not an empty one")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        #expect(try DirectoryMarks.read(Word(directory.path)) == [:])
        #expect(throws: SystemError("opendir", ENOENT)) { try DirectoryMarks.read(Word(directory.path + "/none")) }
        let file = try directory.write("a.yml", [])
        #expect(throws: SystemError("opendir", ENOTDIR)) { try DirectoryMarks.read(Word(file)) }
    }
}
