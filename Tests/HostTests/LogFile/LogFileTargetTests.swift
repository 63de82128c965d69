import Glibc
import Testing

@testable import Host

@Suite("A log may be a device or a FIFO, and says why it cannot be opened")
struct LogFileTargetTests {
    @Test("/dev/null takes everything, and is never rotated")
    func null() throws {
        let rig = try LogFileRig()
        try rig.open("/dev/null", size: 1, age: 1)
        rig.now += LogFileRig.second
        for _ in 0..<1000 { rig.write("line\n") }
        #expect(rig.news == [])
        #expect(File.exists(Word("/dev/null.1")) == false)
    }

    @Test("a FIFO holds what it can, reader or not; what it does not take is lost, and counted")
    func fifo() throws {
        let rig = try LogFileRig()
        #expect(unsafe mkfifo(rig.path("log"), 0o600) == 0)
        try rig.open(size: 1)
        let line = String(repeating: "x", count: 1023) + "\n"
        rig.write(String(repeating: line, count: 80))
        #expect(rig.news == ["losing: Resource temporarily unavailable"])
        let number = unsafe open(rig.path("log"), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let reader = Descriptor(owning: try #require(number >= 0 ? number : nil))
        #expect(readAll(reader.number).count == 65536)
        rig.write("lost too\n")
        rig.now += LogFileRig.second
        rig.write("after\n")
        let text = String(decoding: readAll(reader.number), as: UTF8.self)
        #expect(text == "kapo: 17 lines were lost: The reader is too slow\nafter\n")
        #expect(rig.news.last == "regained after 17")
        #expect(rig.text("log.1") == nil)
    }

    @Test(
        "a link of this user is followed, one of another user is not", .enabled(if: getuid() == 0, "this is for root"))
    func links() throws {
        let rig = try LogFileRig()
        try rig.make("precious", "")
        for (name, target) in [("link", "precious"), ("chain", "link"), ("new", "created")] {
            #expect(unsafe symlink(target, rig.path(name)) == 0)
            try rig.open(name)
            rig.write("\(name)\n")
        }
        #expect(rig.text("precious") == "link\nchain\n" && rig.text("created") == "new\n")
        #expect(unsafe lchown(rig.path("link"), 65533, 65533) == 0)
        for name in ["link", "chain"] {
            do {
                try rig.open(name)
                Issue.record("\(name) was opened")
            } catch {
                #expect("\(error)".hasSuffix("(links that another user has made are not followed)"), "\(error)")
            }
        }
        #expect(rig.text("precious") == "link\nchain\n")
    }

    @Test("an error names the file and what is wrong")
    func errors() throws {
        let rig = try LogFileRig()
        #expect(throws: LogFile.Failure.self) { try rig.open("none/log") }
        for (name, said) in [
            ("none/log", "No such file or directory (its directory must be there)"), (".", "Is a directory"),
        ] {
            do { try rig.open(name) } catch {
                #expect("\(error)" == "cannot open the log file '\(rig.path(name))': \(said)")
            }
        }
    }
}
