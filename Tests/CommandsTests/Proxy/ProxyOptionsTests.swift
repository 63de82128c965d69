import ArgumentParser
import Config
import Document
import Host
import Program
import Testing

@testable import Commands

@Suite("What is written becomes a proxy")
struct ProxyOptionsTests {
    @Test("every option, long and short, joined and apart, by both names")
    func all() throws {
        let files = try TestFiles()
        let path = try files.path("cache_time: 5\nlog_path: stdout\nagent_port: 7\n")
        for line in [
            "proxy --config-file \(path) --port 1 --port 2 --port=3 --bind-address ::1 --spool-root /s --workers 4 "
                + "--log-format json --log-level error",
            "proxy -c \(path) -p 1 -p2 -p 3 -B ::1 --spool-root=/s -n 4 --log-format=json --log-level=error",
            "proxy -c\(path) -p1 -p2 -p3 -B::1 --spool-root /s -n4 --log-level error --log-format json",
            "-i ::1 --log-format json --log-level error proxy -c \(path) -p1 -p2 -p3 --spool-root /s -n4",
        ] {
            let options = try options(line)
            let proxy = try #require(options.proxy)
            #expect(proxy.path == Word(path) && proxy.spoolRoot == Word("/s") && proxy.workers == 4)
            #expect(proxy.file.cacheTime == Seconds(5))
            #expect(options.listen.port == Port(1) && options.listen.furtherPorts == [Port(2), Port(3)])
            #expect(options.listen.address == SocketAddress("::1") && options.listen.agentPort == nil)
            #expect(options.log.target == .standardOutput && options.log.format == .json)
            #expect(options.log.level == .error)
        }
    }

    @Test("nothing said is hacheck's defaults")
    func defaults() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            let options = try options("proxy")
            let proxy = try #require(options.proxy)
            #expect(proxy.path == nil && proxy.file == ProxyFile() && proxy.workers == nil)
            #expect(proxy.spoolRoot == Word("/var/spool/hacheck"))
            #expect(options.listen.port == Port(3333) && options.listen.furtherPorts == [])
            #expect(options.listen.address == .any && options.listen.replays && options.listen.isWanted)
            #expect(options.log.target == .standardError && options.log.format == .text && options.log.level == .info)
            #expect(options.listen.rememberedAnswers > 8)
        }
    }

    @Test("each variable is read, and an option counts more")
    func variables() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            let files = try TestFiles()
            let path = try files.path("cache_time: 5\n")
            for (name, value) in [
                ("KAPO_PROXY_CONFIG", path), ("KAPO_PORT", "80"), ("KAPO_INTERFACE", "127.0.0.1"),
                ("KAPO_SPOOL_ROOT", "/s"), ("KAPO_LOG_FORMAT", "json"), ("KAPO_LOG_LEVEL", "error"),
                ("KAPO_REPLAY", "0"),
            ] { set(name, value) }
            let said = try options("proxy")
            #expect(said.proxy?.path == Word(path) && said.proxy?.file.cacheTime == Seconds(5))
            #expect(said.listen.port == Port(80) && said.listen.address == SocketAddress("127.0.0.1"))
            #expect(said.proxy?.spoolRoot == Word("/s") && !said.listen.replays)
            #expect(said.log.format == .json && said.log.level == .error)
            let other = try files.path("cache_time: 6\n")
            let near = try options(
                "proxy -c \(other) -p 81 -B ::1 --spool-root /t --log-format text --log-level trace")
            #expect(near.proxy?.file.cacheTime == Seconds(6) && near.listen.port == Port(81))
            #expect(near.listen.furtherPorts == [] && near.listen.address == SocketAddress("::1"))
            #expect(near.proxy?.spoolRoot == Word("/t") && near.log.format == .text && near.log.level == .trace)
            #expect(try options("-p 82 proxy").listen.port == Port(82))
        }
    }

    @Test("a value may be joined to its option, though kapo itself knows letters of it")
    func joined() throws {
        let files = try TestFiles()
        // It has a p in it.
        let path = try files.path("cache_time: 5\n")
        let line = try options("proxy -c\(path) -p1 --spool-root=/p -B::b -n2 -v")
        #expect(line.listen.port == Port(1) && line.listen.furtherPorts == [] && line.proxy?.workers == 2)
        #expect(line.proxy?.path == Word(path) && line.listen.address == SocketAddress("::b"))
    }

    @Test("-v is debug, whatever else says")
    func verbose() throws {
        for line in ["proxy -v", "proxy --verbose", "proxy -v --log-level error", "--log-level error proxy -v"] {
            #expect(try options(line).log.level == .debug)
        }
    }

    @Test(
        "a bad value names the option and what is allowed, and exits 64",
        arguments: [
            ("proxy -p x", "-p", "whole number from 0 to 65535"), ("proxy -p 1 -p 65536", "-p", "whole number from 0"),
            ("proxy --port=-1", "--port", "whole number from 0"),
            ("proxy -B localhost", "-B", "IPv4 or IPv6 in digits"),
            ("proxy -n x", "-n", "a number of processes from 0 to 1024"), ("proxy -n 1025", "-n", "from 0 to 1024"),
            ("proxy -n -1", "--workers", "from 0 to 1024"), ("proxy -n +1", "-n", "from 0 to 1024"),
            ("proxy --log-level loud", "--log-level", "trace, debug"),
            ("proxy --log-format xml", "--log-format", "text, json"), ("proxy -c", "-c", "-c"),
            ("proxy web", "web", "Unexpected argument"), ("proxy --sidebind", "--sidebind", "means nothing to a proxy"),
        ])
    func bad(_ line: String, _ name: String, _ allowed: String) throws {
        let refusal = try #require(refusalOf(line.split(separator: " ").map(String.init)))
        #expect(refusal.code == 64)
        #expect(refusal.message.contains(name) && refusal.message.contains(allowed), "\(refusal.message)")
    }

    @Test("a bad variable is found, although an option says something better")
    func badVariables() async {
        await #expect(processExitsWith: .success) {
            unsetVariables()
            for (name, value) in [
                ("KAPO_PORT", "x"), ("KAPO_INTERFACE", "x"), ("KAPO_LOG_LEVEL", "x"), ("KAPO_LOG_FORMAT", "x"),
                ("KAPO_REPLAY", "x"),
            ] {
                set(name, value)
                let refusal = try #require(
                    refusalOf(["proxy", "-p", "1", "-B", "::1", "--log-level", "info", "--log-format", "text"]))
                #expect(refusal.code == 64 && refusal.message.contains(name), "\(refusal.message)")
                unsetVariables()
            }
        }
    }

    @Test("a configuration that cannot be read, or is wrong, is told with its path, and exits 64")
    func badFiles() throws {
        let files = try TestFiles()
        let wrong = try files.path("cache_time: x\nmax_clients: 0\n")
        for (path, text) in [
            ("/nonexistent.yml", "/nonexistent.yml: no such file or directory"), ("/tmp", "/tmp is no regular file"),
            ("/dev/null", "/dev/null is no regular file"), (wrong, "\(wrong):1:13: 'cache_time' is a number"),
            (wrong, "\(wrong):2:14: 'max_clients' is a number of checks from 1"),
            (try files.path([UInt8](repeating: 0x23, count: 1_048_577)), "file too large"),
        ] {
            let refusal = try #require(refusalOf(["proxy", "-c", path]))
            #expect(refusal.code == 64 && refusal.message.contains(text), "\(refusal.message)")
        }
    }

    @Test("help and version exit 0, and by hacheck's name it is the same")
    func names() throws {
        for (option, expected) in [
            ("--help", "OVERVIEW: Answer"), ("-h", "OVERVIEW: Answer"), ("--version", Kapo.version),
        ] {
            let refusal = try #require(refusalOf(["proxy", option]))
            #expect(refusal.code == 0 && refusal.message.hasPrefix(expected), "\(refusal.message)")
        }
        for name in ["hacheck", "/usr/bin/hacheck", "./hacheck"] {
            let words = CalledName.words([name, "-p", "1"].map { Word($0) })
            #expect(words.map(\.text) == ["proxy", "-p", "1"])
        }
        #expect(CalledName.words([Word("kapo"), Word("hacheck")]).map(\.text) == ["hacheck"])
    }
}
