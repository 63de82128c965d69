import Testing

@testable import Config

@Suite("What is wrong with the configuration of a proxy")
struct ProxyFileMistakeTests {
    private static func mistakes(_ text: String) -> [String] {
        do {
            _ = try readProxy(text)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    private static let network = "a network such as 10.0.0.0/8"

    @Test(
        "is said with its place, and with what is allowed",
        arguments: [
            ("- a", "1:1: a configuration is a mapping such as 'cache_time: 10', not a list"),
            ("cache_time", "1:1: a configuration is a mapping such as 'cache_time: 10', not 'cache_time'"),
            ("cache_time: -1", "1:13: 'cache_time' is a number of seconds from 0 to 1000000000, not '-1'"),
            ("cache_time: 10s", "1:13: 'cache_time' is a number of seconds from 0 to 1000000000, not '10s'"),
            ("cache_time: [1]", "1:13: 'cache_time' is a number of seconds from 0 to 1000000000, not a list"),
            ("cache_time_failure: x", "1:21: 'cache_time_failure' is a number of seconds"),
            ("healthcheck_timeout: 0", "1:22: 'healthcheck_timeout' is a number of seconds from 0.001 to 1000000000"),
            ("healthcheck_timeout: 0.0009", "1:22: 'healthcheck_timeout' is a number of seconds from 0.001"),
            ("max_clients: 0", "1:14: 'max_clients' is a number of checks from 1 to 100000, not '0'"),
            ("max_clients: -5", "1:14: 'max_clients' is a number of checks from 1 to 100000, not '-5'"),
            ("max_clients: 100001", "1:14: 'max_clients' is 100000 at most, not 100001"),
            ("max_clients: max", "1:14: 'max_clients' is a number of checks from 1 to 100000, not 'max'"),
            ("service_name_header: 'X Service'", "1:22: 'service_name_header' is the name of a header"),
            ("service_name_header: [a]", "1:22: 'service_name_header' is the name of a header"),
            ("http_headers_to_copy: {a: b}", "1:23: 'http_headers_to_copy' is a list of headers, not a mapping"),
            (
                "http_headers_to_copy: [Host, 'a:b']",
                "1:30: an item of 'http_headers_to_copy' is the name of a header"
            ),
            ("http_headers_to_copy: [~]", "1:24: an item of 'http_headers_to_copy' is the name of a header"),
            ("http_headers_to_copy: [[a]]", "1:24: an item of 'http_headers_to_copy' is the name of a header"),
            ("log_path: ''", "1:11: 'log_path' is 'stdout', 'stderr' or the path of a file, not an empty text"),
            ("log_path: \"a\\0\"", "1:11: 'log_path' is 'stdout', 'stderr' or the path of a file, not a text with"),
            ("rlimit_nofile: 63", "1:16: 'rlimit_nofile' is 'max', or a number of files from 64 to 1000000000"),
            ("rlimit_nofile: min", "1:16: 'rlimit_nofile' is 'max', or a number of files from 64 to 1000000000"),
            ("rlimit_nofile: 1e6", "1:16: 'rlimit_nofile' is 'max', or a number of files from 64 to 1000000000"),
            ("allow_remote_spool_changes: 1", "1:29: 'allow_remote_spool_changes' is true or false, not '1'"),
            ("verify: maybe", "1:9: 'verify' is true or false, not 'maybe'"),
            ("remote_spool_from: {a: b}", "1:20: 'remote_spool_from' is a list of networks, not a mapping"),
            (
                "remote_spool_from: [10.0.0.0/33]",
                "1:21: an item of 'remote_spool_from' is \(network), not '10.0.0.0/33'"
            ),
            ("remote_spool_from:\n- 10.0.0.1\n- host", "3:3: an item of 'remote_spool_from' is \(network), not 'host'"),
            (
                "allowed_targets: all",
                "1:18: an item of 'allowed_targets' is \(network), with ports such as 10.0.0.0/8:"
            ),
            ("allowed_targets: ['10.0.0.0/8:9-1']", "1:19: an item of 'allowed_targets' is \(network), with ports"),
            ("ca_file: ''\nverify: true", "1:10: 'ca_file' is the path of a file, not an empty text"),
            ("ca_file: /ca.pem", "1:1: 'ca_file' goes with 'verify: true'"),
            ("ca_file: /ca.pem\nverify: false", "1:1: 'ca_file' goes with 'verify: true'"),
            ("agent_port: 65536", "1:13: 'agent_port' is a port from 0 to 65535, not '65536'"),
            ("agent_port: -1", "1:13: 'agent_port' is a port from 0 to 65535, not '-1'"),
            ("remote_spool_token_file: []", "1:26: 'remote_spool_token_file' is the path of a file, not a list"),
            ("mysql_password_file: {}", "1:22: 'mysql_password_file' is the path of a file, not a mapping"),
            ("mysql_password: SECRET\nmysql_password_file: /p", "2:1: 'mysql_password' is there too: one of the two"),
            ("mysql_password_file: /p\nmysql_password: SECRET", "1:1: 'mysql_password' is there too: one of the two"),
            ("mysql_password: [SECRET]", "1:17: 'mysql_password' is a text without zero bytes"),
            ("mysql_password: {SECRET: SECRET}", "1:17: 'mysql_password' is a text without zero bytes"),
            ("mysql_password: \"SECRET\\0\"", "1:17: 'mysql_password' is a text without zero bytes"),
            ("mysql_username: [SECRET]", "1:17: 'mysql_username' is a text without zero bytes"),
            ("cache_time: 1\ncache_time: 2", "2:1: 'cache_time' comes again; the first is in line 1"),
        ])
    func one(_ text: String, _ expected: String) {
        let mistakes = Self.mistakes(text)
        #expect(mistakes.first?.hasPrefix("hacheck.yml:\(expected)") == true, "\(mistakes)")
        #expect(mistakes.count == 1 && !mistakes.contains { $0.contains("SECRET") })
    }

    @Test("all that is wrong is said at once, in the order of the file, and unknown keys are not part of it")
    func several() {
        let text = """
            agent_port: x
            cache_tim: 5
            max_clients: 0
            allowed_targets: [a, 10.0.0.1, b]
            mysql_password: SECRET
            mysql_password_file: /p
            """
        let mistakes = Self.mistakes(text)
        #expect(mistakes.map { $0.dropFirst("hacheck.yml:".count).prefix(2) } == ["1:", "3:", "4:", "4:", "6:"])
        #expect(!mistakes.joined().contains("SECRET") && !mistakes.joined().contains("cache_tim'"))
    }

    @Test("a file that is no YAML, or too long, is told so")
    func noYAML() {
        #expect(Self.mistakes("cache_time: [").first?.hasPrefix("hacheck.yml:") == true)
        #expect(Self.mistakes("a: &b c").first?.hasPrefix("hacheck.yml:1:") == true)
        let long = "# " + String(repeating: "x", count: ProxyFile.mostBytes)
        #expect(Self.mistakes(long).first?.contains("bytes; 1048576 at most") == true)
    }

    @Test("keys that nothing knows are warnings, with the nearest one, and the rest is read")
    func unknown() throws {
        let file = try readProxy(
            "cache_tim: 5\nhaproxy: {a: b}\nmax_clients: 3\nMAX_CLIENTS: 4\nmysql_pasword: SECRET\n")
        #expect(file.mostChecks == 3 && file.mysqlPassword == nil)
        #expect(
            file.warnings.map(\.description) == [
                "hacheck.yml:1:1: 'cache_tim' is no key that can stand here; the nearest one is 'cache_time'",
                "hacheck.yml:2:1: 'haproxy' is no key that can stand here",
                "hacheck.yml:4:1: 'MAX_CLIENTS' is no key that can stand here; the nearest one is 'max_clients'",
                "hacheck.yml:5:1: 'mysql_pasword' is no key that can stand here; the nearest one is 'mysql_password'",
            ])
    }

    @Test(
        "a header that frames the message is not sent on, whatever its case",
        arguments: [
            "Connection", "content-length", "EXPECT", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
            "transfer-encoding", "Upgrade",
        ])
    func framing(_ name: String) {
        for key in ["http_headers_to_copy", "service_name_header"] {
            let mistakes = Self.mistakes("\(key): \(name)")
            #expect(mistakes.count == 1 && mistakes[0].contains("none of those that frame a message"), "\(mistakes)")
        }
    }
}

@Suite("The name of a header")
struct HeaderNameTests {
    @Test("is a token of 1 to 128 bytes")
    func tokens() {
        let marks = "!#$%&'*+-.^_`|~0aZ"
        #expect(reading(marks, as: HeaderName.self).map(\.text) == .success(marks))
        #expect(reading(String(repeating: "x", count: 128), as: HeaderName.self).map(\.text.count) == .success(128))
        for bad in [
            "", " ", "a b", "a:", "a\r", "a\n", "a\0", "\u{e9}", "(a)", "a,b", "a/b", "\"a\"", "a;", "a=", "a@", "[a]",
            "a\\b", "{a}", "<a>", "a?", "\u{7f}", String(repeating: "x", count: 129),
        ] {
            guard case .failure(let error) = reading(bad, as: HeaderName.self) else {
                Issue.record("'\(bad)' is a name")
                continue
            }
            #expect("\(error)".contains("the name of a header"), "\(error)")
        }
    }

    @Test("Host is known in any case")
    func host() throws {
        for text in ["Host", "host", "HOST"] { #expect(try HeaderName(text: text).isHost) }
        for text in ["Hosts", "X-Host", "Hos"] { #expect(try !HeaderName(text: text).isHost) }
        #expect(HeaderName.host.text == "Host")
    }
}
