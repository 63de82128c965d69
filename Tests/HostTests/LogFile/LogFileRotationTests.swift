import Glibc
import Testing

@testable import Host

@Suite("Log files are rotated by size and by age")
struct LogFileRotationTests {
    @Test("without size and age a file is appended to, and never rotated")
    func never() throws {
        let rig = try LogFileRig()
        try rig.make("log", "before\n")
        rig.age("log", seconds: 1_000_000_000)
        try rig.open(number: 3)
        for _ in 0..<100 { rig.write("line\n") }
        #expect(rig.text() == "before\n" + String(repeating: "line\n", count: 100))
        #expect(rig.text("log.1") == nil)
    }

    @Test("a file is as long as its size at most, the newest is .1, and the oldest goes")
    func size() throws {
        let rig = try LogFileRig()
        try rig.open(size: 10, number: 3)
        for number in 0..<11 { rig.write("line\(number % 10)\n") }
        #expect(rig.all(most: 5) == ["line7\n", "line8\n", "line9\n", "line0\n"])
        rig.write("a\nb\nc\n")
        #expect(rig.all(most: 5) == ["line8\n", "line9\n", "line0\na\nb\n", "c\n"])
        #expect(rig.news == [])
    }

    @Test("many lines that come at once are cut where the files end")
    func chunk() throws {
        let rig = try LogFileRig()
        try rig.open(size: 6, number: 9)
        rig.write("1\n2\n3\n4\n5\n6\n7\n8\n")
        #expect(rig.all(most: 9) == ["1\n2\n3\n", "4\n5\n6\n", "7\n8\n"])
    }

    @Test("seven are kept if nothing is said, and none if 0 is")
    func number() throws {
        let rig = try LogFileRig()
        try rig.open("seven", size: 2)
        try rig.open("seven", size: 2)
        for number in 0..<10 { rig.write("\(number)\n") }
        #expect(rig.all(of: "seven", most: 9) == (2..<10).map { "\($0)\n" })
        try rig.open("none", size: 2, number: 0)
        for number in 0..<10 { rig.write("\(number)\n") }
        #expect(rig.all(of: "none", most: 9) == ["9\n"])
    }

    @Test("a line longer than the size makes the file longer, and has it for itself")
    func longLine() throws {
        let rig = try LogFileRig()
        try rig.open(size: 5, number: 9)
        rig.write("a\nlonger than five\nb\n")
        #expect(rig.all(most: 9) == ["a\n", "longer than five\n", "b\n"])
    }

    @Test("a line that comes in parts stays in one file, and the rotation waits for its end")
    func parts() throws {
        let rig = try LogFileRig()
        try rig.open(size: 5, number: 9)
        rig.write("ab")
        #expect(rig.text() == "ab")
        for part in ["cdef", "ghi", "jkl\nm", "n\n"] { rig.write(part) }
        #expect(rig.all(most: 9) == ["abcdefghijkl\n", "mn\n"])
    }

    @Test("a file that ends within a line is gone on with, though it is too long already")
    func foundWithinLine() throws {
        let rig = try LogFileRig()
        try rig.make("log", "a line that")
        try rig.open(size: 5, number: 2)
        rig.write(" goes on\nnext\n")
        #expect(rig.all(most: 2) == ["a line that goes on\n", "next\n"])
    }

    @Test("a file is rotated when it is old, at the end of a line")
    func age() throws {
        let rig = try LogFileRig()
        try rig.open(age: 60 * LogFileRig.second, number: 2)
        rig.write("first\n")
        rig.now += 59 * LogFileRig.second
        rig.write("begun ")
        rig.now += LogFileRig.second
        rig.write("and ended\nnext\n")
        #expect(rig.all(most: 2) == ["first\nbegun and ended\n", "next\n"])
        rig.now += 61 * LogFileRig.second
        rig.write("last\n")
        #expect(rig.all(most: 2) == ["first\nbegun and ended\n", "next\n", "last\n"])
    }

    @Test("an empty file is not rotated, however old it is")
    func emptyFile() throws {
        let rig = try LogFileRig()
        try rig.make("log", "")
        rig.age("log", seconds: 1000)
        try rig.open(age: 60 * LogFileRig.second)
        rig.write("a\n")
        rig.now += 30 * LogFileRig.second
        rig.write("b\n")
        #expect(rig.all(most: 7) == ["a\nb\n"])
    }

    @Test("a file that was there is rotated before the first line, if it is too old or too long")
    func found() throws {
        let rig = try LogFileRig()
        for (name, age, size) in [("old", 60, nil), ("young", 4000, nil), ("long", nil, 5), ("short", nil, 10)] {
            try rig.make(name, "before\n")
            rig.age(name, seconds: 3600)
            try rig.open(name, size: size, age: age.map { Int64($0) * LogFileRig.second })
            rig.write("a\n")
        }
        for name in ["old", "long"] { #expect(rig.all(of: name, most: 7) == ["before\n", "a\n"], "\(name)") }
        for name in ["young", "short"] { #expect(rig.all(of: name, most: 7) == ["before\na\n"], "\(name)") }
    }

    @Test("mode and owner stay, a link stays a link, and the files are where the link leads")
    func link() throws {
        let rig = try LogFileRig()
        try rig.make("real", "before\n")
        #expect(unsafe chmod(rig.path("real"), 0o600) == 0)
        #expect(unsafe symlink("real", rig.path("middle")) == 0)
        #expect(unsafe symlink(rig.path("middle"), rig.path("log")) == 0)
        try rig.open(size: 3)
        rig.write("a\n")
        #expect(rig.all(of: "real", most: 7) == ["before\n", "a\n"])
        #expect(rig.all(most: 7) == ["a\n"])
        var status = stat()
        // The kernel fills the struct during the call.
        #expect(unsafe lstat(rig.path("log"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(unsafe stat(rig.path("real"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("a relative path begins at the directory that was given, wherever that is now")
    func directory() throws {
        let rig = try LogFileRig()
        let number = unsafe open(rig.path("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let directory = Descriptor(owning: try #require(number >= 0 ? number : nil))
        try rig.open("log", size: 2, in: directory.number)
        for number in 0..<3 { rig.write("\(number)\n") }
        #expect(rig.all(most: 7) == ["0\n", "1\n", "2\n"])
    }

    @Test("however often a file is rotated or opened anew, one descriptor is open")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            let rig = try LogFileRig()
            try rig.open(size: 3)
            // In this process others open descriptors while it starts: those of these files count.
            func count() -> Int {
                (0..<1000).count { number in
                    let link = File.link(Word("/proc/self/fd/\(number)"))
                    return link.map { String(decoding: $0, as: UTF8.self).hasPrefix(rig.path("log")) } ?? false
                }
            }
            for number in 0..<20 {
                rig.write("\(number % 10)\n")
                rig.now += LogFileRig.second
                if number % 3 == 0 { rig.move("log", "moved") }
            }
            rig.write("last\n")
            #expect(count() == 1)
        }
    }

    @Test("a rotation that fails is said once, tried each second, and lines go on to be written")
    func failing() throws {
        let rig = try LogFileRig()
        try rig.open(size: 2, number: 1)
        // A directory that is not empty: nothing can be renamed to it.
        #expect(unsafe mkdir(rig.path("log.1"), 0o755) == 0)
        try rig.make("log.1/file", "")
        for number in 0..<3 { rig.write("\(number)\n") }
        rig.now += 2 * LogFileRig.second
        rig.write("3\n4\n")
        #expect(rig.text() == "0\n1\n2\n3\n4\n")
        #expect(rig.news == ["not rotated: rename: Is a directory"])
        rig.remove("log.1/file")
        #expect(unsafe rmdir(rig.path("log.1")) == 0)
        rig.now += 2 * LogFileRig.second
        rig.write("5\n")
        #expect(rig.all(most: 7) == ["0\n1\n2\n3\n4\n", "5\n"])
        #expect(rig.news.count == 1)
    }
}
