import Chance
import Glibc
import Testing

@testable import Host

@Suite("A line of /proc/PID/stat")
struct ProcessStatTests {
    /// What follows the name: state, then fields 4 to 21, then the start, then more.
    private static let tail =
        " S 1 2 3 4 -1 4194560 6 7 8 9 10 11 12 13 20 0 1 0 987654321 5000000 300 18446744073709551615 0 0 0\n"

    private static func stat(_ line: String) -> ProcessStat? {
        ProcessStat(line: Array(line.utf8))
    }

    @Test("this process's own line says its pid, its name and that it lives")
    func own() throws {
        let line = try File.read(Word("/proc/self/stat"), limit: 4096)
        let stat = try #require(ProcessStat(line: line))
        #expect(stat.pid == getpid())
        #expect(!stat.isDead)
        #expect(stat.parent == getppid())
        #expect(stat.group == getpgrp())
        #expect(stat.startTicks > 0)
        let name = try File.read(Word("/proc/self/comm"), limit: 64)
        #expect(stat.name == name.dropLast())
    }

    @Test("every process of this system can be read")
    func everyProcess() {
        let pids = File.names(in: Word("/proc")).compactMap { Int32($0.text) }
        #expect(pids.contains(getpid()))
        for pid in pids {
            // A process can end between the list and the read.
            guard let line = try? File.read(Word("/proc/\(pid)/stat"), limit: 4096), !line.isEmpty else { continue }
            #expect(ProcessStat(line: line)?.pid == pid, "\(String(decoding: line, as: UTF8.self))")
        }
    }

    @Test(
        "the name is everything between the first and the last parenthesis",
        arguments: [
            "kapo", "", " ", "two words", "a) R 1 (b", "((()", ")))", ") Z 1", "(sd-pam)", "a\nb", "naïve",
            "exactly15chars_",
        ])
    func name(_ name: String) throws {
        let stat = try #require(Self.stat("4194304 (\(name))" + Self.tail))
        #expect(stat.pid == 4_194_304)
        #expect(stat.name == Array(name.utf8))
        #expect(stat.state == UInt8(ascii: "S"))
        #expect(stat.parent == 1)
        #expect(stat.group == 2)
        #expect(stat.startTicks == 987_654_321)
    }

    @Test("a name that is not UTF-8 is kept byte for byte")
    func bytes() {
        let line = Array("7 (".utf8) + [0xff, 0xfe, 0x29, 0xc3] + Array((")" + Self.tail).utf8)
        #expect(ProcessStat(line: line)?.name == [0xff, 0xfe, 0x29, 0xc3])
    }

    @Test("a process that has no parent or no group that is seen here says 0 or -1")
    func noParent() {
        let stat = Self.stat("2 (kthreadd) S 0 -1" + Self.tail.dropFirst(6))
        #expect(stat?.parent == 0)
        #expect(stat?.group == -1)
        #expect(stat?.startTicks == 987_654_321)
    }

    @Test("zombies and the dead are dead, everything else lives")
    func state() {
        for state in "RSDTtIWPZXx" {
            let stat = Self.stat("1 (a) \(state)" + Self.tail.dropFirst(2))
            #expect(stat?.isDead == "ZXx".contains(state), "\(state)")
        }
    }

    @Test("a first thread that has ended does not make a process of living threads dead")
    func threads() {
        let line = { (state: String, threads: Int) in
            "1 (a) \(state) 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 \(threads) 18 19 20"
        }
        #expect(Self.stat(line("Z", 1))?.isDead == true)
        #expect(Self.stat(line("Z", 0))?.isDead == true)
        #expect(Self.stat(line("Z", 2))?.isDead == false)
        #expect(Self.stat(line("Z", 2))?.threads == 2)
        #expect(Self.stat(line("X", 2))?.isDead == true)
        #expect(Self.stat(line("S", 1))?.isDead == false)
    }

    @Test("a line cut before the start is none, and one cut behind it says the same, at every length")
    func truncated() throws {
        let line = Array("42 (a) R 1 (b)\(Self.tail)".utf8)
        let whole = try #require(ProcessStat(line: line))
        let digits = Array("987654321".utf8)
        let start = try #require(line.indices.first { line[$0...].starts(with: digits) })
        for length in 0..<line.count {
            let stat = ProcessStat(line: Array(line.prefix(length)))
            if length <= start { #expect(stat == nil, "\(length) bytes") }
            if length >= start + 9 { #expect(stat == whole, "\(length) bytes") }
        }
    }

    @Test(
        "what is no such line is none",
        arguments: [
            "", " ", "\n", "(", ")", "()", ")(", "1 ()", "(a)" + tail, "x (a)" + tail, "-- (a)" + tail,
            "99999999999 (a)" + tail, "1 )a(" + tail, "1 a" + tail, "1 (a) SS" + tail.dropFirst(2),
            "1 (a) S x" + tail.dropFirst(4), "1 (a) S 1 x" + tail.dropFirst(6),
            "1 (a) S 99999999999" + tail.dropFirst(4),
            "1 (a) S 1 2 3", "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -5 0",
            "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 99999999999999999999 0",
            "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 0",
        ])
    func nonsense(_ line: String) {
        #expect(Self.stat(line) == nil)
    }

    @Test("no change of bytes makes it crash, or invent a name that is not there", arguments: 0..<50 as Range<UInt64>)
    func mutated(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var line = Array("42 (a) R 1 (b)\(Self.tail)".utf8)
            for _ in 0..<Int.random(in: 1...8, using: &random) where !line.isEmpty {
                let index = Int.random(in: 0..<line.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: line[index] = UInt8.random(in: 0...255, using: &random)
                case 1: line.remove(at: index)
                case 2: line.insert(UInt8(ascii: ")"), at: index)
                default: line.insert(UInt8(ascii: "("), at: index)
                }
            }
            guard let stat = ProcessStat(line: line) else { continue }
            let name = [UInt8(ascii: "(")] + stat.name + [UInt8(ascii: ")")]
            #expect(line.indices.contains { line[$0...].starts(with: name) })
        }
    }
}
