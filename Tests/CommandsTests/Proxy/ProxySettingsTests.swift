import Checks
import Config
import Testing

@testable import Program

@Suite("What a configuration comes to, with the files that it names")
struct ProxySettingsTests {
    private static func settings(_ change: (inout ProxyFile) -> Void) throws -> ProxySettings {
        var file = ProxyFile()
        change(&file)
        return try ProxySettings(file)
    }

    /// Why it cannot be used; empty if it can.
    private static func refusal(_ change: (inout ProxyFile) -> Void) -> String {
        do {
            _ = try settings(change)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("the limits of the checker; failures are kept as long as the rest unless that is said")
    func limits() throws {
        let usual = try Self.settings { _ in }.limits
        #expect(
            usual
                == Checker.Limits(
                    timeout: 10_000_000_000, running: 512, cacheTime: 10_000_000_000, failureCacheTime: 10_000_000_000,
                    keepAlive: 100_000_000))
        let other = try Self.settings {
            ($0.cacheTime, $0.failureCacheTime) = (Seconds(7), Seconds(0))
            ($0.timeout, $0.mostChecks) = (CheckTimeout(2), 3)
        }.limits
        #expect(
            other
                == Checker.Limits(
                    timeout: 2_000_000_000, running: 3, cacheTime: 7_000_000_000, failureCacheTime: 0,
                    keepAlive: 100_000_000))
        let same = try Self.settings { $0.cacheTime = Seconds(0) }.limits
        #expect(same.cacheTime == 0 && same.failureCacheTime == 0)
    }

    @Test("servers hear Kapo's name and version")
    func userAgent() throws {
        #expect(try Self.settings { _ in }.means.userAgent == "kapo/\(Version.text)")
    }

    @Test("a token is the first line of its file, of 16 bytes at least")
    func token() throws {
        let files = try TestFiles()
        #expect(try Self.settings { _ in }.token == nil)
        for text in ["0123456789abcdef", "0123456789abcdef\n", "0123456789abcdef\r\nmore\n"] {
            let path = try files.path(text)
            #expect(try Self.settings { $0.spoolTokenFile = path }.token == Array("0123456789abcdef".utf8))
        }
        let short = try files.path("SECRET789012345\n0123456789abcdef")
        #expect(
            Self.refusal { $0.spoolTokenFile = short }
                == "remote_spool_token_file: \(short) has a token of 15 bytes; 16 at least")
        for (path, why) in [
            ("/nonexistent/token", ": no such file or directory"),
            (try files.path(String(repeating: "x", count: 5000)), ": file too large"),
        ] {
            #expect(Self.refusal { $0.spoolTokenFile = path } == "remote_spool_token_file: \(path)\(why)")
        }
        for text in ["", "\n0123456789abcdef", "\r\n", "0123456789abcdef\0"] {
            let path = try files.path(text)
            #expect(
                Self.refusal { $0.spoolTokenFile = path }
                    == "remote_spool_token_file: the first line of \(path) is empty, or no text")
        }
        #expect(Self.refusal { $0.spoolTokenFile = "/tmp" }.hasPrefix("remote_spool_token_file: "))
    }

    @Test("credentials are a user and a password, which may be in a file; one without the other is none")
    func credentials() throws {
        let files = try TestFiles()
        let path = try files.path("s3cret word\nmore\n")
        #expect(try Self.settings { _ in }.means.credentials == nil)
        #expect(try Self.settings { $0.mysqlUser = "u" }.means.credentials == nil)
        #expect(try Self.settings { $0.mysqlPassword = "p" }.means.credentials == nil)
        let plain = try Self.settings { ($0.mysqlUser, $0.mysqlPassword) = ("u", "") }.means.credentials
        #expect(plain == CheckMeans.Credentials(user: "u", password: ""))
        let read = try Self.settings { ($0.mysqlUser, $0.mysqlPasswordFile) = ("u", path) }.means.credentials
        #expect(read == CheckMeans.Credentials(user: "u", password: "s3cret word"))
        #expect(
            Self.refusal { $0.mysqlPasswordFile = "/nonexistent/p" }
                == "mysql_password_file: /nonexistent/p: no such file or directory")
        let empty = try files.path("")
        #expect(Self.refusal { $0.mysqlPasswordFile = empty }.hasPrefix("mysql_password_file: the first line of"))
    }

    @Test("authorities that cannot be read are told with their key and their path")
    func authorities() throws {
        let path = "/nonexistent/ca.pem"
        let refusal = Self.refusal { ($0.verifies, $0.authorities) = (true, path) }
        #expect(refusal.hasPrefix("ca_file: \(path): "), "\(refusal)")
        #expect(Self.refusal { $0.verifies = true } == "", "those of the host")
    }
}
