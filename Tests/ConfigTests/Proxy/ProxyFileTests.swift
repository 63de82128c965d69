import Testing

@testable import Config

/// What a configuration of the proxy says.
func readProxy(_ text: String) throws(ProxyFile.Mistakes) -> ProxyFile {
    try ProxyFile(bytes: Array(text.utf8), file: "hacheck.yml")
}

@Suite("The configuration of a proxy")
struct ProxyFileTests {
    private static func networks(_ texts: String...) throws -> [Network] { try texts.map { try Network(text: $0) } }

    @Test("a file that says nothing is the manual's defaults", arguments: ["", "# a\n", "~", "---\n...\n", "{}"])
    func empty(_ text: String) throws {
        let file = try readProxy(text)
        #expect(file == ProxyFile())
        #expect(file.cacheTime == Seconds(10) && file.failureCacheTime == nil && file.timeout == CheckTimeout(10))
        #expect(file.mostChecks == 512 && file.serviceNameHeader == nil && file.copiedHeaders == [.host])
        #expect(file.log == .standardError && file.mysqlUser == nil && file.mysqlPassword == nil)
        #expect(file.mysqlPasswordFile == nil && file.descriptors == nil && !file.allowsSpoolChanges)
        #expect(file.spoolChangers == [] && file.spoolTokenFile == nil && file.allowedTargets == nil)
        #expect(!file.verifies && file.authorities == nil && file.agentPort == nil && file.warnings == [])
    }

    @Test("every key")
    func all() throws {
        let file = try readProxy(
            """
            cache_time: 2.5
            cache_time_failure: 1
            healthcheck_timeout: 3
            max_clients: 7
            service_name_header: X-Service
            http_headers_to_copy: [Host, X-Request-Id]
            log_path: /var/log/hacheck.log
            mysql_username: checker
            mysql_password: "s: #3cret"
            rlimit_nofile: 4096
            allow_remote_spool_changes: true
            remote_spool_from:
              - 10.0.0.0/8
              - 2001:db8::/32
            remote_spool_token_file: /etc/token
            allowed_targets: [10.0.0.0/8:8000-8999, 192.168.0.1]
            verify: true
            ca_file: /etc/ca.pem
            agent_port: 3334
            """)
        var expected = ProxyFile()
        expected.cacheTime.nanoseconds = 2_500_000_000
        expected.failureCacheTime = Seconds(1)
        expected.timeout = CheckTimeout(3)
        expected.mostChecks = 7
        expected.serviceNameHeader = try HeaderName(text: "X-Service")
        expected.copiedHeaders = [.host, try HeaderName(text: "X-Request-Id")]
        expected.log = .file("/var/log/hacheck.log")
        (expected.mysqlUser, expected.mysqlPassword) = ("checker", "s: #3cret")
        expected.descriptors = .number(4096)
        expected.allowsSpoolChanges = true
        expected.spoolChangers = try Self.networks("10.0.0.0/8", "2001:db8::/32")
        expected.spoolTokenFile = "/etc/token"
        expected.allowedTargets = try Self.networks("10.0.0.0/8:8000-8999", "192.168.0.1")
        (expected.verifies, expected.authorities, expected.agentPort) = (true, "/etc/ca.pem", Port(3334))
        #expect(file == expected)
    }

    @Test("hacheck's own file: numbers with a point, and keys without a value")
    func hacheck() throws {
        let file = try readProxy(
            """
            # /etc/hacheck.yaml
            cache_time: 10.0
            healthcheck_timeout: 10.0
            max_clients: 10
            service_name_header: null
            log_path: stdout
            mysql_username: ~
            mysql_password:
            rlimit_nofile: max
            allow_remote_spool_changes: no
            http_headers_to_copy: ['Host']
            """)
        var expected = ProxyFile()
        expected.mostChecks = 10
        expected.log = .standardOutput
        expected.descriptors = .most
        expected.timeout = try CheckTimeout(text: "10.0")
        #expect(file == expected && file.cacheTime == Seconds(10) && file.timeout.nanoseconds == 10_000_000_000)
    }

    @Test("a list of one may be written as that one, and a key without a value says nothing")
    func scalars() throws {
        let file = try readProxy(
            """
            http_headers_to_copy: X-Id
            remote_spool_from: 10.1.2.3
            allowed_targets: ::1
            """)
        #expect(file.copiedHeaders == [try HeaderName(text: "X-Id")])
        #expect(try file.spoolChangers == Self.networks("10.1.2.3"))
        #expect(try file.allowedTargets == Self.networks("::1"))
        let keys = [
            "cache_time", "cache_time_failure", "healthcheck_timeout", "max_clients", "service_name_header",
            "http_headers_to_copy", "log_path", "mysql_username", "mysql_password", "mysql_password_file",
            "rlimit_nofile", "allow_remote_spool_changes", "remote_spool_from", "remote_spool_token_file",
            "allowed_targets", "verify", "agent_port",
        ]
        #expect(try readProxy(keys.map { "\($0):\n" }.joined()) == ProxyFile())
        let none = try readProxy("http_headers_to_copy: []\nallowed_targets: []\nremote_spool_from: []")
        #expect(none.copiedHeaders == [] && none.allowedTargets == [] && none.spoolChangers == [])
    }

    @Test(
        "a switch has the words of YAML 1.1",
        arguments: [
            ("true", true), ("yes", true), ("on", true), ("Y", true), ("TRUE", true), ("'true'", true),
            ("false", false),
            ("no", false), ("Off", false), ("n", false),
        ])
    func switches(_ text: String, _ value: Bool) throws {
        let file = try readProxy("verify: \(text)\nallow_remote_spool_changes: \(text)")
        #expect(file.verifies == value && file.allowsSpoolChanges == value)
    }

    @Test("the bounds of numbers are good numbers")
    func bounds() throws {
        let least = try readProxy(
            "cache_time: 0\ncache_time_failure: 0\nhealthcheck_timeout: 0.001\nmax_clients: 1\nrlimit_nofile: 64\n"
                + "agent_port: 0")
        #expect(least.cacheTime == Seconds(0) && least.failureCacheTime == Seconds(0))
        #expect(least.timeout.nanoseconds == 1_000_000 && least.mostChecks == 1)
        #expect(least.descriptors == .number(64) && least.agentPort == Port(0))
        let most = try readProxy(
            "cache_time: 1000000000\nhealthcheck_timeout: 1000000000\nmax_clients: 100000\n"
                + "rlimit_nofile: 1000000000\nagent_port: 65535")
        #expect(most.cacheTime == Seconds(1_000_000_000) && most.mostChecks == 100_000)
        #expect(most.descriptors == .number(1_000_000_000) && most.agentPort == Port(65535))
    }

    @Test("a password is any text: a number, a word of YAML, an empty one between quotes")
    func passwords() throws {
        for (written, password) in [
            ("12345", "12345"), ("'~'", "~"), ("yes", "yes"), ("''", ""), ("'it''s'", "it's"),
            ("\"\\u00e9\"", "\u{e9}"),
        ] {
            let file = try readProxy("mysql_username: \(written)\nmysql_password: \(written)")
            #expect(file.mysqlUser == password && file.mysqlPassword == password)
        }
        #expect(try readProxy("mysql_password_file: /a b").mysqlPasswordFile == "/a b")
    }
}
