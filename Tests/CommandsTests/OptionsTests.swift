import Config
import Document
import Glibc
import Host
import Machine
import Program
import Testing

@testable import Commands

@Suite("What is written becomes options")
struct OptionsTests {
    private static func policy(_ line: String) throws -> ChildPolicy? {
        try options(line).child?.policy
    }

    @Test(
        "every global option, before the mode and behind it, long and short",
        arguments: [
            "-p 80 -i ::1 -bsSEL --log-format json --log-level debug run -w 1 ls",
            "run -w 1 -p 80 -i ::1 -b -s -S -E -L --log-format=json --log-level=debug ls",
            "-p80 -i::1 -bs run -SEL -w1 --log-format json --log-level debug -- ls",
            "--port 80 --interface ::1 --sidebind --socket-activation run --stdout --stderr --stdlog --wait 1 "
                + "--log-format json --log-level debug ls",
            "-bp 80 -si ::1 r --port=80 -SELw 1 --log-level debug --log-format json ls",
        ])
    func global(_ line: String) throws {
        let options = try options(line)
        #expect(options.listen.port == Port(80))
        #expect(options.listen.address == SocketAddress("::1"))
        #expect(options.listen.sidebind)
        #expect(options.listen.socketActivation)
        #expect(options.output.capturesStandardOutput)
        #expect(options.output.capturesStandardError)
        #expect(options.output.logsLines)
        #expect(options.log.format == .json)
        #expect(options.log.level == .debug)
        #expect(options.words == ["ls"])
    }

    @Test("what stands nearer to the command wins")
    func nearer() throws {
        let options = try options(
            "-p 80 -i 127.0.0.1 -b --no-stdout --log-format json --log-level error "
                + "run -p 81 -i ::1 --no-sidebind --stdout --log-format text --log-level trace ls")
        #expect(options.listen.port == Port(81))
        #expect(options.listen.address == SocketAddress("::1"))
        #expect(!options.listen.sidebind)
        #expect(options.output.capturesStandardOutput)
        #expect(options.log.format == .text)
        #expect(options.log.level == .trace)
    }

    @Test("run: time to live, grace period and wait")
    func run() throws {
        var policy = ChildPolicy(
            afterExit: .finish(afterNanoseconds: 250_000_000), graceNanoseconds: 2_500_000_000)
        policy.ttlSeconds = 30...30
        #expect(try Self.policy("run -t 30 --kill-after 2.5 -w 0.25 ls") == policy)
        #expect(try Self.policy("run -t 0 ls")?.ttlSeconds == 0...0)
    }

    @Test("a time to live, or a range that each run draws from", arguments: ["run", "r", "supervise", "s"])
    func range(_ mode: String) throws {
        #expect(try Self.policy("\(mode) -t 10-30 ls")?.ttlSeconds == 10...30)
        #expect(try Self.policy("\(mode) --ttl=5 ls")?.ttlSeconds == 5...5)
    }

    @Test("supervise: wait, fractions and 0 too", arguments: [("5", 5_000_000_000), ("0.5", 500_000_000), ("0", 0)])
    func supervise(_ text: String, _ wait: Int64) throws {
        for mode in ["supervise", "s"] {
            #expect(try options("\(mode) -w \(text) ls").restart == RestartPolicy(waitNanoseconds: wait))
        }
    }

    @Test("watch: -p is the pid behind the mode and the port before it")
    func watch() throws {
        for line in ["-p 80 watch -p 12 -w 2 name", "w --port 80 --pid 12 --wait 2 -- name"] {
            let options = try options(line)
            #expect(options.listen.port == Port(80))
            guard case .watch(let name, let pid, let interval) = options.job else { Issue.record("\(options)"); return }
            #expect(name == Word("name"))
            #expect(pid == 12)
            #expect(interval == 2_000_000_000)
        }
    }

    @Test("the command keeps what looks like an option of Kapo's")
    func command() throws {
        let options = try options("-p 80 run ls -p 81 --no-sidebind --help --version -- -w x")
        #expect(options.words == ["ls", "-p", "81", "--no-sidebind", "--help", "--version", "--", "-w", "x"])
        #expect(options.listen.port == Port(80))
        #expect(try parsed(["run", "--", "--help"]).words == ["--help"])
        #expect(try parsed(["run", "", " ", "-p"]).words == ["", " ", "-p"])
    }

    private func parsed(_ words: [String]) throws -> Options { try options(words) }

    @Test(
        "a bad value names the option and what is allowed, and exits 64",
        arguments: [
            ("-p x run ls", "-p", "whole number from 0 to 65535"),
            ("--port 65536 run ls", "--port", "whole number from 0 to 65535"),
            ("run -p -1 ls", "-p", "port"),
            ("-i localhost run ls", "-i", "IPv4 or IPv6 in digits"),
            ("run -t 30-10 ls", "-t", "range such as 10-30"),
            ("run -w -5 ls", "-w", "seconds from 0 to 1000000000"),
            ("run --kill-after 1e3 ls", "--kill-after", "seconds from 0 to 1000000000"),
            ("supervise -w x ls", "-w", "seconds from 0 to 1000000000"),
            ("watch -w 0 name", "-w", "seconds from 0.1"),
            ("watch --pid 0 name", "--pid", "1 to 4194304"),
            ("--log-format xml run ls", "--log-format", "text, json"),
            ("--log-level loud run ls", "--log-level", "trace, debug"),
        ])
    func bad(_ line: String, _ name: String, _ allowed: String) throws {
        let refusal = try #require(refusalOf(line.split(separator: " ").map(String.init)))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains(name), "\(refusal.message)")
        #expect(refusal.message.contains(allowed), "\(refusal.message)")
    }

    @Test(
        "without a command, with too much, or with an unknown option there is usage, and 64",
        arguments: [
            "", "run", "run --", "run -p 80", "supervise", "s --", "watch", "watch --", "watch one two", "watch /",
            "nomode ls",
            "run --unknown ls", "run -x", "-x run ls", "--unknown run ls", "run --sidebind=yes ls", "-p run ls",
        ])
    func usage(_ line: String) throws {
        let refusal = try #require(refusalOf(line.split(separator: " ").map(String.init)))
        #expect(refusal.code == 64, "\(refusal.message)")
        #expect(refusal.message.hasPrefix("Error: "), "\(refusal.message)")
        #expect(refusal.message.contains("Usage: kapo"), "\(refusal.message)")
    }

    @Test(
        "help and version are everywhere and exit 0", arguments: ["", "run ", "r ", "supervise ", "s ", "watch ", "w "])
    func help(_ mode: String) throws {
        for (option, expected) in [("--help", "OVERVIEW: "), ("-h", "OVERVIEW: "), ("--version", Kapo.version)] {
            let refusal = try #require(refusalOf((mode + option).split(separator: " ").map(String.init)))
            #expect(refusal.code == 0)
            #expect(refusal.message.hasPrefix(expected), "\(refusal.message)")
        }
    }
}
