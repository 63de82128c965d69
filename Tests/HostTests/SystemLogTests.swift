import Glibc
import Testing

@testable import Host

@Suite("The system's log", .serialized)
struct SystemLogTests {
    /// A log's end: a datagram socket at that path, which does not wait.
    private static func receiver(_ path: String) throws -> Descriptor {
        let flags = Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK
        let receiver = Descriptor(owning: socket(AF_UNIX, flags, 0))
        let address = try #require(UnixAddress(Array(path.utf8)))
        let result = unsafe address.withSockaddr { unsafe bind(receiver.number, $0, $1) }
        guard result == 0 else { throw SystemError("bind") }
        return receiver
    }

    /// The next message that has come; nil when none has.
    private static func message(_ receiver: borrowing Descriptor) -> String? {
        var buffer = [UInt8](repeating: 0, count: 100_000)
        // The kernel writes at most as many bytes as the array has.
        let count = unsafe recv(receiver.number, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    @Test(
        "a message is as syslog(3) writes it",
        arguments: [
            (.error, 27), (.warning, 28), (.notice, 29), (.info, 30), (.debug, 31),
        ] as [(SystemLog.Severity, Int)])
    func message(_ severity: SystemLog.Severity, _ number: Int) throws {
        let directory = try TemporaryDirectory()
        let receiver = try Self.receiver(directory.path + "/log")
        var log = try Self.log(directory.path)
        let times = [SystemLog.time(time(nil))]
        let isSent = log.send(severity, "worker[7] is up, naïvely")
        let later = times + [SystemLog.time(time(nil))]
        #expect(isSent)
        let said = Self.message(receiver) ?? ""
        #expect(later.map { "<\(number)>\($0) kapo[\(getpid())]: worker[7] is up, naïvely" }.contains(said), "\(said)")
    }

    private static func log(_ directory: String) throws -> SystemLog {
        guard let log = SystemLog(tag: "kapo", path: Word(directory + "/log")) else { throw SystemError("socket") }
        return log
    }

    @Test("the time is the local one, with a day of two places")
    func localTime() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("TZ", "XYZ-5:30", 1)
            unsafe setenv("LC_ALL", "de_DE.UTF-8", 1)
            guard SystemLog(tag: "kapo", path: Word("/nonexistent")) != nil else { exit(1) }
            // 2024-03-01T20:04:05Z and 2024-12-30T23:59:59Z.
            guard SystemLog.time(1_709_323_445) == "Mar  2 01:34:05" else { exit(2) }
            guard SystemLog.time(1_735_603_199) == "Dec 31 05:29:59" else { exit(3) }
            exit(0)
        }
    }

    @Test("a log that comes later, or is started anew, is found; what nobody took is counted")
    func reconnects() throws {
        let directory = try TemporaryDirectory()
        var log = try Self.log(directory.path)
        let early = log.send(.info, "nobody")
        #expect(!early && log.lost == 1)
        do {
            let first = try Self.receiver(directory.path + "/log")
            let isSent = log.send(.info, "one")
            #expect(isSent && Self.message(first)?.hasSuffix(": one") == true)
        }
        let between = log.send(.info, "nobody")
        #expect(!between && log.lost == 2)
        unsafe unlink(directory.path + "/log")
        let gone = log.send(.info, "nobody")
        #expect(!gone && log.lost == 3)
        let second = try Self.receiver(directory.path + "/log")
        let again = log.send(.info, "two")
        #expect(again && Self.message(second)?.hasSuffix(": two") == true)
        // Started anew between two messages: none is lost.
        unsafe unlink(directory.path + "/log")
        _ = consume second
        let third = try Self.receiver(directory.path + "/log")
        let last = log.send(.info, "three")
        #expect(last && Self.message(third)?.hasSuffix(": three") == true)
        #expect(log.lost == 3)
    }

    @Test("a log that does not read costs messages, not time, and gets later ones")
    func full() throws {
        let directory = try TemporaryDirectory()
        let receiver = try Self.receiver(directory.path + "/log")
        var log = try Self.log(directory.path)
        var sent = 0
        for number in 0..<10_000 where log.send(.info, "\(number)") { sent += 1 }
        #expect(sent > 0 && sent < 10_000)
        #expect(log.lost == 10_000 - sent)
        for number in 0..<sent { #expect(Self.message(receiver)?.hasSuffix(": \(number)") == true) }
        #expect(Self.message(receiver) == nil)
        let later = log.send(.info, "later")
        #expect(later && Self.message(receiver)?.hasSuffix(": later") == true)
    }

    @Test("a message stays one line, and is cut between two characters")
    func plain() {
        #expect(SystemLog.plain("a\nb\tc\0d\u{7f}é") == Array("a b c d é".utf8))
        let limit = SystemLog.mostBytes
        for length in limit - 3...limit + 3 {
            let text = String(repeating: "x", count: length - 3) + "€"
            let fits = length <= limit
            #expect(SystemLog.plain(text).count == (fits ? length : length - 3), "\(length)")
        }
        #expect(SystemLog.plain(String(repeating: "x", count: limit + 9)).count == limit)
    }

    @Test("a path that no socket can have has no log")
    func path() {
        let isNone = SystemLog(tag: "kapo", path: Word("/" + String(repeating: "x", count: 107))) == nil
        #expect(isNone)
    }
}
